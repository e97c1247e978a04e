"""Pure decisions about matters."""

from collector.legal.matters.rules.costs import Net, net_of, total_of
from collector.legal.matters.rules.dates import COURT_AHEAD, alarm_of, calendar_order
from collector.legal.matters.rules.stages import (
    NEXT,
    Lack,
    Step,
    happening_of,
    lacks,
    next_stages,
    stage_of,
    why_not_step,
)
from collector.legal.matters.rules.words import (
    Advancer,
    CostKind,
    DateEnd,
    DateKind,
    MatterOutcome,
    MatterStage,
)

__all__ = [
    "COURT_AHEAD",
    "NEXT",
    "Advancer",
    "CostKind",
    "DateEnd",
    "DateKind",
    "Lack",
    "MatterOutcome",
    "MatterStage",
    "Net",
    "Step",
    "alarm_of",
    "calendar_order",
    "happening_of",
    "lacks",
    "net_of",
    "next_stages",
    "stage_of",
    "total_of",
    "why_not_step",
]
