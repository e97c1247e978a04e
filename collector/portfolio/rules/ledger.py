"""The creditor's ledger against ours: whether both say the same of a day, and what a difference looks like.

Pure. Money in minor units, the day local to the portfolio. A difference is theirs less ours: above zero they say that
more is owed. What it looks like is a likely cause, which a person confirms (handbook section 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from collector.portfolio.rules.ageing import Instalment, Paid, Reported, Waived, age, lowering


class LedgerState(StrEnum):
    """Of a line of the creditor's statement."""

    new = "new"
    """Not compared yet."""
    agrees = "agrees"
    differs = "differs"
    silent = "silent"
    """It says nothing that can be compared, or we can not tell of that day."""


class DifferenceKind(StrEnum):
    """What a difference looks like."""

    we_lack_payment = "we_lack_payment"
    they_lack_payment = "they_lack_payment"
    schedule_differs = "schedule_differs"
    fees_unknown = "fees_unknown"
    account_unknown = "account_unknown"
    missing_there = "missing_there"


class Theirs(NamedTuple):
    """What the creditor says of an account at the end of a day; None: not said."""

    principal: int | None = None
    interest: int | None = None
    penalty: int | None = None
    fees: int | None = None
    balance: int | None = None
    overdue: int | None = None

    @property
    def total(self) -> int | None:
        """All that is owed: as said, else the sum of the parts where principal and interest are among them."""
        if self.balance is not None:
            return self.balance
        if self.principal is None or self.interest is None:
            return None
        return self.principal + self.interest + self.beside

    @property
    def beside(self) -> int:
        """Penalty and fees."""
        return (self.penalty or 0) + (self.fees or 0)


class Ours(NamedTuple):
    """What our records say of the same day. `recent`: our payments since the last balance that agreed."""

    owed: int
    overdue: int
    recent: tuple[int, ...] = ()


class Compared(NamedTuple):
    """Both sides. `gap`: theirs less ours in all, `overdue_gap` of what is overdue; None: they do not say.

    `size`: what the difference is listed by, 0 where they agree."""

    state: LedgerState
    kind: DifferenceKind | None
    size: int
    gap: int | None
    overdue_gap: int | None


def compare(theirs: Theirs, ours: Ours | None, tolerance: int) -> Compared:
    """`ours` None: there is no such account here. `tolerance` [config]: a smaller difference is none, minor units."""
    total = theirs.total
    if total is None and theirs.overdue is None:
        return Compared(LedgerState.silent, None, 0, None, None)
    owed, overdue = (ours.owed, ours.overdue) if ours else (0, 0)
    gap = None if total is None else total - owed
    late = None if theirs.overdue is None else theirs.overdue - overdue
    if ours is None:
        size = next((one for one in (gap, late) if one is not None), 0)
        if size <= tolerance:  # nothing is owed there, and nothing here
            return Compared(LedgerState.silent, None, 0, gap, late)
        return Compared(LedgerState.differs, DifferenceKind.account_unknown, size, gap, late)
    if abs(gap or 0) <= tolerance and abs(late or 0) <= tolerance:
        return Compared(LedgerState.agrees, None, 0, gap, late)
    if gap is not None and abs(gap) <= tolerance:
        return Compared(LedgerState.differs, DifferenceKind.schedule_differs, late or 0, gap, late)
    size = gap if gap is not None else late or 0
    return Compared(LedgerState.differs, _kind(size, theirs, ours, tolerance), size, gap, late)


def missing_there(ours: Ours) -> Compared:
    """An account of ours that their statement does not name."""
    return Compared(LedgerState.differs, DifferenceKind.missing_there, -ours.owed, -ours.owed, -ours.overdue)


def _kind(size: int, theirs: Theirs, ours: Ours, tolerance: int) -> DifferenceKind:
    """They say less: money came there that did not come here. They say more: a payment of ours that makes it up, else
    penalty and fees that we do not keep, else another schedule."""
    if size < 0:
        return DifferenceKind.we_lack_payment
    if makes_up(ours.recent, size, tolerance):
        return DifferenceKind.they_lack_payment
    if theirs.beside and size <= theirs.beside + tolerance:
        return DifferenceKind.fees_unknown
    says_parts = theirs.penalty is not None or theirs.fees is not None
    if not says_parts and ours.overdue and size < ours.overdue:
        return DifferenceKind.fees_unknown
    return DifferenceKind.schedule_differs


def makes_up(recent: Sequence[int], size: int, tolerance: int) -> bool:
    """Whether one payment, or the newest few together, are that size. `recent`: oldest first."""
    if any(abs(amount - size) <= tolerance for amount in recent):
        return True
    total = 0
    for amount in reversed(recent):
        total += amount
        if abs(total - size) <= tolerance:
            return True
    return False


def ours_at(
    instalments: Sequence[Instalment],
    payments: Sequence[Paid],
    reported: Reported | None,
    day: date,
    agreed_on: date | None = None,
    waived: Sequence[Waived] = (),
) -> Ours | None:
    """Our side at the end of a day: by the schedule, else by what the creditor reported before, less what was paid
    since; nothing at all where there is neither. None: what was reported is of a later day. `recent` begins after
    `agreed_on`."""
    made = sorted(payment for payment in payments if payment.on <= day)
    recent = tuple(one.amount for one in made if agreed_on is None or one.on > agreed_on)
    if instalments:
        known = age(instalments, made, 0, day, waived)
        return Ours(known.owed, known.overdue, recent)
    if reported is None:
        return Ours(0, 0, recent)
    if reported.as_of > day:
        return None
    paid = sum(one.amount for one in lowering(made, waived, day) if one.on > reported.as_of)
    return Ours(max(reported.balance - paid, 0), max(reported.overdue - paid, 0), recent)


def is_whole(named: int, missing: int) -> bool:
    """Whether a statement is of the whole book: one that names fewer accounts than it lacks is a part of it, and what
    it lacks is no difference."""
    return missing <= named
