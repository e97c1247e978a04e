"""Pure shapes and decisions of the law of the debt."""

from collector.law.rules.source import Evidence, Source

__all__ = ["Evidence", "Source"]
