"""Reads of what happened."""

from collector.history.queries.archive import originals_out
from collector.history.queries.clocks import called_on
from collector.history.queries.holdings import collected_by, holdings_of, keeps_of
from collector.history.queries.promises import open_promises, promises_due

__all__ = ["called_on", "collected_by", "holdings_of", "keeps_of", "open_promises", "originals_out", "promises_due"]
