"""The guarantee period: when it ends, by what it is kept, and what runs then (handbook section 8; CN-GUAR).

None agreed: months from maturity. A joint guarantor is asked inside it; before a general one the debtor is sued inside
it. Later letters do not revive it: nothing moves its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from collector.law.rules.clocks.days import add_months
from collector.law.rules.clocks.limitation import Claim, law_of, run
from collector.law.rules.clocks.words import Clock, ClockKind, ClockReason, Event, Happening, Move
from collector.law.rules.source import Evidence, Source
from collector.law.rules.statute import Statute

JOINT, GENERAL = "joint", "general"
AGREED = Source("GUARANTEE-AGREED", "the contract", Evidence.house, "No law of this place is known here; the term is.")


@dataclass(frozen=True, slots=True)
class Guarantor:
    """As the book names one. `until`: the agreed last day."""

    person_id: int
    kind: str | None = None
    until: date | None = None


def guarantee(statute: Statute, claim: Claim, who: Guarantor, events: Sequence[Event]) -> tuple[Clock, ...]:
    """The guarantee period; once it was kept, the limitation of the claim on the guarantor instead. Nothing where no
    end is known. `events`: those that stand, in order."""
    ends = _ends(statute, claim, who, events)
    if ends is None:
        return ()
    legal_on, cautious_on, reasons = ends
    term = statute.guarantee
    kind = term.kind_of(who.kind, claim.opened_on) if term else who.kind or GENERAL
    acts = [one for one in events if _is_act(one, who.person_id, kind)]
    kept = next((one for one in acts if one.on <= legal_on and one.evidence), None)
    moves = tuple(Move(one, None, None, _why_not(one, legal_on)) for one in acts if one is not kept)
    period = Clock(
        kind=ClockKind.guarantee,
        legal_on=legal_on,
        cautious_on=cautious_on,
        source=term.source if term else AGREED,
        reasons=(kind, *reasons),
        moves=moves,
        met=kept,
        person_id=who.person_id,
    )
    return (period, *_after(statute, who, kept, events))


def _ends(
    statute: Statute, claim: Claim, who: Guarantor, events: Sequence[Event]
) -> tuple[date, date, tuple[str, ...]] | None:
    """The legal and the cautious last day, and why. A term that ends before maturity, or with it, is none (692)."""
    matures = claim.last_due
    if who.until is not None and (matures is None or statute.guarantee is None or who.until > matures):
        return who.until, who.until, (ClockReason.agreed,)
    if statute.guarantee is None or matures is None:
        return None
    legal_on = add_months(matures, statute.guarantee.months)
    called = min((one.on for one in events if one.kind is Happening.accelerated), default=matures)
    cautious_on = min(legal_on, add_months(called, statute.guarantee.months))
    return legal_on, cautious_on, (ClockReason.none_agreed, *((ClockReason.accelerated,) if called < matures else ()))


def _is_act(one: Event, person_id: int, kind: str) -> bool:
    """Whether it is the claim that this kind of guarantee asks for: a joint guarantor is sued or asked, a general one
    has the debtor sued."""
    if one.kind is Happening.filed:
        return True if kind == GENERAL else one.person_id == person_id
    return kind == JOINT and one.kind is Happening.demand_arrived and one.person_id == person_id


def _why_not(one: Event, legal_on: date) -> str:
    if one.on > legal_on:
        return ClockReason.after_the_end
    return ClockReason.moves_nothing if one.evidence else ClockReason.no_evidence


def _after(statute: Statute, who: Guarantor, kept: Event | None, events: Sequence[Event]) -> tuple[Clock, ...]:
    """From the claim on, limitation runs for the guarantor (Civil Code 694): moved only by what was done to, or by,
    the guarantor."""
    term = law_of(statute, events)
    if kept is None or term is None:
        return ()
    own = [one for one in events if one.person_id == who.person_id and one.kind is not Happening.accelerated]
    if kept.kind is Happening.filed:
        own = sorted({*own, kept}, key=lambda one: (one.on, one.number))
    return (run(term, kept.on, kept.on, own, (ClockReason.guarantee_kept,), who.person_id),)
