"""The words of a matter."""

from enum import StrEnum


class MatterStage(StrEnum):
    """How far a matter has come, in this order."""

    preparing = "preparing"
    filed = "filed"
    served = "served"
    heard = "heard"
    judgment = "judgment"
    enforcement = "enforcement"
    closed = "closed"


class MatterOutcome(StrEnum):
    """What came of a matter that is closed."""

    judgment_for = "judgment_for"
    settled = "settled"
    withdrawn = "withdrawn"
    dismissed = "dismissed"
    enforced_fully = "enforced_fully"
    enforced_partly = "enforced_partly"
    nothing_to_enforce = "nothing_to_enforce"


class CostKind(StrEnum):
    """What money was spent on."""

    court_fee = "court_fee"
    counsel_fee = "counsel_fee"
    preservation_fee = "preservation_fee"
    travel = "travel"
    notary = "notary"
    appraisal = "appraisal"
    announcement = "announcement"
    """Service by publication."""
    other_cost = "other_cost"


class Advancer(StrEnum):
    """Who paid it for now."""

    creditor = "creditor"
    agency = "agency"
    counsel = "counsel"


class DateKind(StrEnum):
    """What a day at court is for."""

    hearing = "hearing"
    deadline = "deadline"
    errand = "errand"


class DateEnd(StrEnum):
    """How a day at court ended."""

    done = "done"
    moved = "moved"
    cancelled = "cancelled"
    missed = "missed"
