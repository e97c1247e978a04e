"""Writing plans: the night plan, one person's day anew, and what time takes away."""

from collector.planning.actions.night import RunResult, plan
from collector.planning.actions.rehearse import SHOWN, Compared, Flow, Rehearsal, rehearse
from collector.planning.actions.replan import PersonNote, replan
from collector.planning.actions.tend import Expired, cancel, cancel_tasks, expire

__all__ = [
    "SHOWN",
    "Compared",
    "Expired",
    "Flow",
    "PersonNote",
    "Rehearsal",
    "RunResult",
    "cancel",
    "cancel_tasks",
    "expire",
    "plan",
    "rehearse",
    "replan",
]
