"""Pure decisions of the legal room."""

from collector.legal.rules.alarms import AHEAD, PASSED, Alarm, alarms_due, first_ahead
from collector.legal.rules.completeness import percent_of_papers
from collector.legal.rules.referral import decide, evidence, is_new
from collector.legal.rules.routes import best_route, case_of, propose_routes, runs_out

__all__ = [
    "AHEAD",
    "PASSED",
    "Alarm",
    "alarms_due",
    "best_route",
    "case_of",
    "decide",
    "evidence",
    "first_ahead",
    "is_new",
    "percent_of_papers",
    "propose_routes",
    "runs_out",
]
