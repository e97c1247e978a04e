"""Pure rules of terms: components, what is given up, schedules, who agrees, and how terms move."""

from collector.terms.rules.approving import who_may, why_not_approve
from collector.terms.rules.parts import NOTHING, Line, Parts, parts_left, taken, waive
from collector.terms.rules.reducing import Done, Reduction, completed, in_scope, reduction, settled
from collector.terms.rules.schedules import (
    MOST_INSTALMENTS,
    check_asked,
    extended,
    kept_lines,
    months_after,
    restructured,
)
from collector.terms.rules.words import LIVE, MOVES, REDUCTIONS, SCHEDULES, TermsKind, TermsState, move_terms

__all__ = [
    "LIVE",
    "MOST_INSTALMENTS",
    "MOVES",
    "NOTHING",
    "REDUCTIONS",
    "SCHEDULES",
    "Done",
    "Line",
    "Parts",
    "Reduction",
    "TermsKind",
    "TermsState",
    "check_asked",
    "completed",
    "extended",
    "in_scope",
    "kept_lines",
    "months_after",
    "move_terms",
    "parts_left",
    "reduction",
    "restructured",
    "settled",
    "taken",
    "waive",
    "who_may",
    "why_not_approve",
]
