"""Sums and lists, of the portfolios of a scope."""

from collector.reports.queries.books import Chosen, choose, offered
from collector.reports.queries.collected import Day, collected
from collector.reports.queries.differing import DifferenceLine
from collector.reports.queries.funnel import Step, funnel
from collector.reports.queries.hours import Hours, hours
from collector.reports.queries.ledger import find_exports, ledger, rows_out, unspent
from collector.reports.queries.listing import Line, count_rows, listed
from collector.reports.queries.promises import Week, promises_due
from collector.reports.queries.rolls import Rolls, rolls, size

__all__ = [
    "Chosen",
    "Day",
    "DifferenceLine",
    "Hours",
    "Line",
    "Rolls",
    "Step",
    "Week",
    "choose",
    "collected",
    "count_rows",
    "find_exports",
    "funnel",
    "hours",
    "ledger",
    "listed",
    "offered",
    "promises_due",
    "rolls",
    "rows_out",
    "size",
    "unspent",
]
