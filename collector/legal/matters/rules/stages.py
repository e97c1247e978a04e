"""Which stage may follow which, and what each needs before it is believed (handbook section 8). Pure.

A matter moves forward only. A stage may be entered again while it is the last: a hearing is adjourned, a second
defendant served, a higher court gives its own judgment. What was entered in error is struck, and the stage before it is
the last again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from collector.law.rules import Happening
from collector.legal.matters.rules.words import MatterOutcome, MatterStage

S, Out = MatterStage, MatterOutcome

NEXT: Mapping[MatterStage, frozenset[MatterStage]] = {
    S.preparing: frozenset({S.preparing, S.filed, S.enforcement, S.closed}),
    S.filed: frozenset({S.filed, S.served, S.heard, S.judgment, S.closed}),
    S.served: frozenset({S.served, S.heard, S.judgment, S.closed}),
    S.heard: frozenset({S.heard, S.judgment, S.closed}),
    S.judgment: frozenset({S.judgment, S.enforcement, S.closed}),
    S.enforcement: frozenset({S.enforcement, S.closed}),
    S.closed: frozenset(),
}
"""From preparing straight to enforcement: a notarised deed is enforced without a judgment. From filed to judgment: a
payment order, or a judgment in default."""
TITLED = frozenset({S.judgment, S.enforcement})
"""There is something to enforce from."""
WITHOUT_JUDGMENT = frozenset({Out.settled, Out.withdrawn, Out.dismissed})
"""Outcomes with which a suit ends though nobody gave a judgment: limitation counts anew from then."""


class Lack(StrEnum):
    """What a step still needs."""

    court = "court"
    case_no = "case_no"
    claimed = "claimed"
    awarded = "awarded"
    paper = "paper"
    """The judgment, or that it is still to come."""
    deed = "deed"
    """What is enforced without a judgment."""
    outcome = "outcome"
    no_judgment = "no_judgment"
    """The outcome speaks of a judgment, and there is none."""
    no_enforcement = "no_enforcement"
    only_closed = "only_closed"
    only_judgment = "only_judgment"


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the history. Money in minor units, days of the portfolio."""

    stage: MatterStage
    on: date
    court: str = ""
    case_no: str = ""
    counsel: str = ""
    document_id: int | None = None
    paper_to_come: bool = False
    """The judgment was given, and its paper is not here yet; said in so many words."""
    is_final: bool = False
    """The judgment binds: `on` is the last day on which it was to be performed."""
    claimed: int | None = None
    """What the suit asks for."""
    awarded: int | None = None
    outcome: MatterOutcome | None = None


def stage_of(history: Sequence[Step]) -> MatterStage:
    """How far the matter is; `history`: what stands, in the order of entry. One that was only accepted is preparing."""
    return history[-1].stage if history else S.preparing


def next_stages(history: Sequence[Step]) -> list[MatterStage]:
    """What may be entered next, in order."""
    return [stage for stage in S if stage in NEXT[stage_of(history)]]


def why_not_step(step: Step, history: Sequence[Step], today: date) -> str:
    """Why it can not be entered now whatever it brings; "": it can."""
    if step.stage not in NEXT[stage_of(history)]:
        return "a matter only moves forward; strike what was entered in error, with the reason"
    if step.on > today:
        return "a stage has been reached: give a day that has come, and keep days ahead in the court calendar"
    if history and step.on < history[-1].on:
        return "that day is before the stage it follows; look at both days"
    return ""


def lacks(step: Step, history: Sequence[Step]) -> list[Lack]:
    """What it needs and does not bring. Court and case number of a judgment are those of the filing, if not given."""
    return [*_needs(step, history), *_strays(step)]


def _needs(step: Step, history: Sequence[Step]) -> Iterator[Lack]:
    court, case_no = (_known(name, step, history) for name in ("court", "case_no"))
    if step.stage in {S.filed, S.served, S.heard, S.judgment, S.enforcement} and not court:
        yield Lack.court
    if step.stage in {S.filed, S.enforcement} and not step.case_no:
        yield Lack.case_no
    if step.stage is S.judgment and not case_no:
        yield Lack.case_no
    if step.stage is S.filed and step.claimed is None:
        yield Lack.claimed
    if step.stage is S.judgment and step.awarded is None:
        yield Lack.awarded
    if step.stage is S.judgment and (step.document_id is None) is not step.paper_to_come:
        yield Lack.paper
    if step.stage is S.enforcement and not _reached(S.judgment, history) and step.document_id is None:
        yield Lack.deed
    if step.stage is S.closed:
        yield from _outcome(step, history)


def _outcome(step: Step, history: Sequence[Step]) -> Iterator[Lack]:
    if step.outcome is None:
        yield Lack.outcome
    elif step.outcome is Out.judgment_for and not _reached(S.judgment, history):
        yield Lack.no_judgment
    elif step.outcome not in WITHOUT_JUDGMENT | {Out.judgment_for} and not _reached(S.enforcement, history):
        yield Lack.no_enforcement


def _strays(step: Step) -> Iterator[Lack]:
    if step.outcome is not None and step.stage is not S.closed:
        yield Lack.only_closed
    if step.stage is not S.judgment and (step.is_final or step.paper_to_come or step.awarded is not None):
        yield Lack.only_judgment


def _known(name: str, step: Step, history: Sequence[Step]) -> str:
    said = [getattr(one, name) for one in (*history, step)]
    return next((one for one in reversed(said) if one), "")


def _reached(stage: MatterStage, history: Sequence[Step]) -> bool:
    return any(one.stage is stage for one in history)


def happening_of(step: Step, history: Sequence[Step]) -> Happening | None:
    """What the step is to the clocks of the law, so that nobody tells it twice; None: nothing."""
    if step.stage is S.filed:
        return Happening.filed
    if step.stage is S.judgment:
        return Happening.judgment_final if step.is_final else Happening.judgment_served
    if step.stage is S.enforcement:
        return Happening.enforcement_filed
    ended_early = step.stage is S.closed and _reached(S.filed, history) and not any(s.stage in TITLED for s in history)
    return Happening.suit_ended if ended_early else None
