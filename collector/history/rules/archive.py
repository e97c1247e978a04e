"""Originals on paper: their level, where they lie, and who may take which of them out (handbook section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from collector.foundation.errors import BadInput, Conflict
from collector.history.rules.documents import DocumentKind


class ArchiveLevel(StrEnum):
    """Where an original belongs: one of title (一级) in the vault, a working paper (二级) with the archivist."""

    vault = "vault"
    working = "working"


OF_TITLE = frozenset(
    {
        DocumentKind.contract,
        DocumentKind.signature,
        DocumentKind.disbursement,
        DocumentKind.assignment,
        DocumentKind.guarantee,
        DocumentKind.guarantor_consent,
        DocumentKind.collateral,
        DocumentKind.agreement,
        DocumentKind.court,
    }
)
"""Kinds on which a right rests: without the original it may not be proved."""


def level_of(kind: DocumentKind) -> ArchiveLevel:
    """The level of an original of that kind."""
    return ArchiveLevel.vault if kind in OF_TITLE else ArchiveLevel.working


class ArchiveStep(StrEnum):
    """What happens to an original. `released`: given away for good, as collateral papers after the debt is settled."""

    placed = "put_on_its_shelf"
    lent = "lent"
    returned = "brought_back"
    released = "given_away"
    destroyed = "destroyed"


class Condition(StrEnum):
    """In what state an original came back."""

    whole = "whole"
    damaged = "damaged"
    incomplete = "incomplete"
    lost = "lost"


ARCHIVE_MOVES = {
    None: frozenset({ArchiveStep.placed}),
    ArchiveStep.placed: frozenset({ArchiveStep.placed, ArchiveStep.lent, ArchiveStep.released, ArchiveStep.destroyed}),
    ArchiveStep.lent: frozenset({ArchiveStep.returned}),
    ArchiveStep.returned: frozenset(
        {ArchiveStep.placed, ArchiveStep.lent, ArchiveStep.released, ArchiveStep.destroyed}
    ),
    ArchiveStep.released: frozenset(),
    ArchiveStep.destroyed: frozenset(),
}
"""Which step may follow which; None: nothing was recorded yet."""

REASONS = {
    ArchiveStep.lent: "this original is on loan; record its return first",
    ArchiveStep.released: "this original was given away for good; it is not in the archive",
    ArchiveStep.destroyed: "this original was destroyed; it is not in the archive",
}
LONGEST_LOAN = 180
"""Days that an original may be out; a court that keeps it longer has it lent again after a look at where it is."""


@dataclass(frozen=True, slots=True)
class Handover:
    """One step as somebody reports it. `whom`: who took it or brought it; `due_on`: when a loan ends."""

    step: ArchiveStep
    on: date
    place: str = ""
    whom: str = ""
    why: str = ""
    due_on: date | None = None
    condition: Condition | None = None


def require_archive_step(before: ArchiveStep | None, is_lost: bool, wanted: Handover, since: date | None) -> None:
    """Raises `Conflict` where this can not follow what was recorded last, `BadInput` where it does not say enough.
    `since`: the day of the last step; `is_lost`: it did not come back from its last loan."""
    if wanted.step not in ARCHIVE_MOVES[before]:
        told = REASONS.get(before) if before else None
        raise Conflict(told or "a loan is returned; this original is not on loan")
    if is_lost and wanted.step is not ArchiveStep.placed:
        raise Conflict("this original is lost; if it was found, say where it lies now")
    if since is not None and wanted.on < since:
        raise BadInput("this day is before the last step of this original; look at its history")
    _require_words(wanted)


def _require_words(wanted: Handover) -> None:
    if wanted.step is ArchiveStep.placed and not wanted.place:
        raise BadInput("say where it lies: vault or room, box and shelf")
    if wanted.step is ArchiveStep.returned and wanted.condition is None:
        raise BadInput("say in what state it came back")
    if wanted.step is not ArchiveStep.placed and not wanted.whom:
        raise BadInput("say who took it or brought it back, by name")
    if wanted.step in (ArchiveStep.lent, ArchiveStep.released, ArchiveStep.destroyed) and not wanted.why:
        raise BadInput("say what it was taken for")
    if wanted.step is ArchiveStep.lent:
        _require_term(wanted)


def _require_term(wanted: Handover) -> None:
    if wanted.due_on is None or wanted.due_on < wanted.on:
        raise BadInput("say by which day it is due back: not before the day it is lent")
    if (wanted.due_on - wanted.on).days > LONGEST_LOAN:
        raise BadInput(f"an original is lent for at most {LONGEST_LOAN} days; lend it again when they are over")


def days_overdue(step: ArchiveStep, due_on: date | None, today: date) -> int:
    """How many days a loan is past its day; 0: it is not out, or still in time."""
    if step is not ArchiveStep.lent or due_on is None:
        return 0
    return max(0, (today - due_on).days)
