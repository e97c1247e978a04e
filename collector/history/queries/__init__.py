"""Reads of what happened."""

from collector.history.queries.promises import open_promises, promises_due

__all__ = ["open_promises", "promises_due"]
