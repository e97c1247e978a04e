"""May this record go, or must it? Every reason to keep is asked; the longest wins, and is named. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from collector.compliance.rules import Retained, Since, Term
from collector.dispatch.rules import add_years


class Bar(StrEnum):
    """Why something stays whatever its term says, the strongest reason first: no term runs out against these."""

    regulator = "regulator"
    """Two people put a hold on it: a regulator, a court or an inquiry may ask for it."""
    legal_matter = "legal_matter"
    dispute = "dispute"
    complaint = "complaint"
    clock = "clock"
    """A limitation, a guarantee period or a term of court or enforcement has not run out."""
    terms = "terms"
    """Terms are proposed, agreed to or offered."""
    original_out = "original_out"
    """An original of the account is on loan or lost."""
    owed = "owed"
    """Something is owed: the claim needs its proof."""
    unknown = "unknown"
    """It is not known whose it is or when its term began: never removed."""


NOT_OF_RECORDINGS = frozenset({Bar.owed, Bar.original_out})
"""A recording has a term from its call on, whatever is owed; its call is proved by the attempt."""


class Fate(StrEnum):
    """What a rule says of a record."""

    keep = "stays"
    may_go = "may_go"
    must_go = "must_go"


class PurgeState(StrEnum):
    """How far a purge is. `planned`: counted, nothing asked."""

    planned = "planned"
    asked = "asked"
    approved = "approved"
    running = "running"
    done = "done"
    refused = "refused"


PURGE_MOVES: Final = {
    PurgeState.planned: frozenset({PurgeState.asked}),
    PurgeState.asked: frozenset({PurgeState.approved, PurgeState.refused}),
    PurgeState.approved: frozenset({PurgeState.running}),
    PurgeState.running: frozenset({PurgeState.running, PurgeState.done}),
    PurgeState.done: frozenset(),
    PurgeState.refused: frozenset(),
}


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What retention reads of an account. `active_on`: the last day anything happened about it; `closed_on`: the day
    nothing was owed any more; None: not known, or not closed."""

    account_id: int
    portfolio_id: int
    pack: str
    debt_type: str
    active_on: date | None
    closed_on: date | None
    bars: frozenset[Bar]


@dataclass(frozen=True, slots=True)
class Record:
    """One thing with a term. `accounts`: all that it is about, or that its person ever had to do with; `on`: the day of
    the contact itself; `promised`: the day up to which it was said to be kept when it was made."""

    kind: Retained
    id: int
    accounts: Sequence[AccountFacts]
    on: date | None = None
    promised: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`by`: the term or the bar that decides; `until`: its last day, None where it has none (yet)."""

    fate: Fate
    by: str
    until: date | None = None


def decide(record: Record, terms: Mapping[str, Sequence[Term]], today: date) -> Decision:
    """What becomes of a record today. `terms`: by pack."""
    bar = _barred(record)
    if bar is not None:
        return Decision(Fate.keep, bar.value)
    asked = list(_asked(record, terms))
    for_ever = next((term for term, _ in asked if term.keep_years is None), None)
    ended = [(until, term) for term, until in asked if until is not None]
    if for_ever is not None or len(ended) < len(asked) or not asked:
        return Decision(Fate.keep, for_ever.id if for_ever else Bar.unknown.value)
    until, term = max(ended, key=lambda one: (one[0], one[1].id))
    if record.promised is not None and record.promised > until:
        until = record.promised
    if today <= until:
        return Decision(Fate.keep, term.id, until)
    must = any(one.must_go for _, one in ended)
    return Decision(Fate.must_go if must else Fate.may_go, term.id, until)


def _barred(record: Record) -> Bar | None:
    """The strongest reason of any of its accounts, or None."""
    if not record.accounts:
        return Bar.unknown
    found = {bar for account in record.accounts for bar in account.bars}
    if record.kind is Retained.recording:
        found -= NOT_OF_RECORDINGS
    return next((bar for bar in Bar if bar in found), None) if found else None


def _asked(record: Record, terms: Mapping[str, Sequence[Term]]) -> Iterator[tuple[Term, date | None]]:
    """Every term that speaks of it, with its last day; None: for ever, or its beginning is not known."""
    for account in record.accounts:
        for term in terms[account.pack]:
            if term.binds(record.kind, account.debt_type):
                yield term, _last_day(term, record, account)


def _last_day(term: Term, record: Record, account: AccountFacts) -> date | None:
    begins = {
        Since.contact: record.on or account.active_on,
        Since.last_activity: record.on if record.kind is Retained.recording else account.active_on,
        Since.closing: account.closed_on,
    }[term.since]
    if begins is None or term.keep_years is None:
        return None
    return add_years(begins, term.keep_years)
