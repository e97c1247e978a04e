"""Pure decisions of the legal room."""

from collector.legal.rules.alarms import AHEAD, PASSED, Alarm, alarms_due, first_ahead
from collector.legal.rules.completeness import percent_of_papers
from collector.legal.rules.referral import decide, evidence, is_new
from collector.legal.rules.routes import Proposed, Route, RouteReason, propose_route

__all__ = [
    "AHEAD",
    "PASSED",
    "Alarm",
    "Proposed",
    "Route",
    "RouteReason",
    "alarms_due",
    "decide",
    "evidence",
    "first_ahead",
    "is_new",
    "percent_of_papers",
    "propose_route",
]
