"""Ageing: how late an account is, from its schedule, its payments and its pauses (handbook section 3).

Pure: dates in the portfolio's own zone, money in minor units. Payments are applied oldest due first; what is paid
ahead goes to the next instalments; what is left over is `overpaid`. Nothing is stored that a later, backdated
payment could make wrong: everything follows from the records each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)


class Instalment(NamedTuple):
    due_on: date
    amount: int
    """Amount due, minor units."""


class Paid(NamedTuple):
    """A payment that stands (not reversed), on the local day it was made."""

    on: date
    amount: int


class Waived(NamedTuple):
    """A part of the debt that was given up from a day on. `ended_on`: from that day it is owed again."""

    on: date
    amount: int
    ended_on: date | None = None


class Pause(NamedTuple):
    """Days that do not age, both ends included."""

    first: date
    last: date


class Reported(NamedTuple):
    """How late the creditor says an account was on a day, when there is no schedule to compute it from.

    A coarse source gives a range: `days_max` None means "or more". Nothing more precise is ever made of it.
    """

    as_of: date
    days_min: int
    days_max: int | None
    overdue: int
    balance: int


class Applied(NamedTuple):
    """One instalment after payments: what was paid towards it, and the day it became whole (None: it is not)."""

    due_on: date
    amount: int
    paid: int
    whole_on: date | None


class Ageing(NamedTuple):
    """The state of an account on one day. Money in minor units."""

    oldest_unpaid_due: date | None
    """Due date of the oldest instalment that is due and not whole; None when nothing is late or due today."""
    overdue: int
    """Unpaid part of everything due before today."""
    due_today: int
    owed: int
    """Unpaid part of the whole schedule."""
    overpaid: int
    next_due_on: date | None
    """The next due date after today with something still to pay."""
    next_due_amount: int
    missed_consecutive: int
    """Instalments unpaid now in a row, counted back from the newest past due plus grace (连三)."""
    missed_cumulative: int
    """Instalments that stayed unpaid after due date plus grace, even if paid since (累六)."""
    last_paid_on: date | None
    cured_on: date | None
    """The day the last overdue instalment became whole, when nothing is overdue now."""
    settled_on: date | None
    fresh_until: date | None
    """First later day on which this could read differently without any new record; None: never."""


def apply_payments(instalments: Iterable[Instalment], payments: Iterable[Paid]) -> tuple[list[Applied], int]:
    """Payments oldest due first over the schedule; also what is left over. Both inputs in any order."""
    queue = sorted(payments)
    applied: list[Applied] = []
    position, left, waiting = 0, 0, len(queue)
    on: date | None = None
    for due_on, amount in sorted(instalments):
        missing, whole_on = amount, None if amount else due_on
        while missing and (left or position < waiting):
            if not left:
                on, left = queue[position]
                position += 1
            elif left < missing:
                missing -= left
                left = 0
            else:
                left -= missing
                missing, whole_on = 0, on
        applied.append(Applied(due_on, amount, amount - missing, whole_on))
    return applied, left + sum(payment.amount for payment in queue[position:])


def lowering(payments: Sequence[Paid], waived: Sequence[Waived], day: date) -> list[Paid]:
    """What lowers the debt on that day: payments made up to it, and what is waived then, as if it were paid."""
    counted = [payment for payment in payments if payment.on <= day]
    if waived:
        standing = (one for one in waived if one.on <= day and (one.ended_on is None or one.ended_on > day))
        counted += [Paid(one.on, one.amount) for one in standing]
    return counted


def age(
    instalments: Sequence[Instalment],
    payments: Sequence[Paid],
    grace_days: int,
    day: date,
    waived: Sequence[Waived] = (),
) -> Ageing:
    """The account on that day: only payments made up to and including it count, and what is waived then. A waiver
    makes an instalment whole, oldest due first as a payment does, and is no payment. Computed for every account of a
    book each night: every line is looked at once for each question, and no more."""
    counted = [payment for payment in payments if payment.on <= day]
    applied, overpaid = apply_payments(instalments, lowering(counted, waived, day) if waived else counted)
    late_since, today_since, overdue, due_today = _late(applied, day)
    next_due_on, next_due_amount, ahead = _ahead(applied, day)
    consecutive, cumulative = _missed(applied, timedelta(days=grace_days), day)
    owed = overdue + due_today + ahead
    return Ageing(
        late_since or today_since,
        overdue,
        due_today,
        owed,
        overpaid,
        next_due_on,
        next_due_amount,
        consecutive,
        cumulative,
        max(counted).on if counted else None,
        None if late_since else _cured_on(applied, day),
        None if owed or not applied else _settled_on(applied),
        _fresh_until(applied, _turns(payments, waived, day), timedelta(days=grace_days + 1), day),
    )


def _late(applied: Sequence[Applied], day: date) -> tuple[date | None, date | None, int, int]:
    """What is not whole of what fell due before the day, and on it: since when, and how much."""
    late_since: date | None = None
    today_since: date | None = None
    overdue = due_today = 0
    for due_on, amount, paid, _ in applied:
        if due_on > day:
            break
        if paid >= amount:
            continue
        if due_on < day:
            late_since = late_since or due_on
            overdue += amount - paid
        else:
            today_since = due_on
            due_today += amount - paid
    return late_since, today_since, overdue, due_today


def _ahead(applied: Sequence[Applied], day: date) -> tuple[date | None, int, int]:
    """The next due date after the day with something to pay, how much then, and how much in all."""
    first: date | None = None
    at_first = rest = 0
    for due_on, amount, paid, _ in applied:
        if due_on > day and paid < amount:
            first = first or due_on
            rest += amount - paid
            if due_on == first:
                at_first += amount - paid
    return first, at_first, rest


def _missed(applied: Sequence[Applied], grace: timedelta, day: date) -> tuple[int, int]:
    """In a row now, and ever. Missed: still unpaid after due date plus grace, now or when it was paid at last. What is
    still in grace is neither missed nor the end of a row."""
    consecutive = cumulative = 0
    for due_on, amount, paid, whole_on in applied:
        if due_on >= day:
            break
        end = due_on + grace
        if (whole_on or day) > end:
            cumulative += 1
        if end < day:
            consecutive = consecutive + 1 if paid < amount else 0
    return consecutive, cumulative


def _cured_on(applied: Sequence[Applied], day: date) -> date | None:
    late = (line for line in applied if line.due_on < day)
    return max((line.whole_on for line in late if line.whole_on and line.whole_on > line.due_on), default=None)


def _settled_on(applied: Sequence[Applied]) -> date | None:
    return max((line.whole_on for line in applied if line.whole_on), default=None)


def _turns(payments: Iterable[Paid], waived: Iterable[Waived], day: date) -> list[date]:
    """Later days on which a payment or a waiver that is dated ahead comes to count, or a waiver ends."""
    turns = [payment.on for payment in payments if payment.on > day]
    for one in waived:
        turns += [turn for turn in (one.on, one.ended_on) if turn is not None and turn > day]
    return turns


def _fresh_until(applied: Sequence[Applied], turns: list[date], past_grace: timedelta, day: date) -> date | None:
    """Days on which time alone changes the answer: a due date, the day after it, the end of its grace, and the days of
    `_turns`. What is whole after something unpaid (it asked for nothing) ends a row when its own grace is over."""
    is_behind = False
    for due_on, amount, paid, _ in applied:
        if paid >= amount:
            if is_behind and due_on + past_grace > day:
                turns.append(due_on + past_grace)
            continue
        is_behind = True
        if due_on > day:
            turns.append(due_on)
            break  # those after it turn later
        turn = due_on + (past_grace if due_on < day else DAY)
        if turn > day:
            turns.append(turn)
    return min(turns, default=None)


def days_past_due(oldest_unpaid_due: date | None, pauses: Sequence[Pause], day: date) -> int:
    """Days from the oldest unpaid due date to the day, less the paused days in between; 0 when not late.

    A pause removes only the days of lateness that it overlaps: days in (due date, day].
    """
    if oldest_unpaid_due is None or day <= oldest_unpaid_due:
        return 0
    return (day - oldest_unpaid_due).days - _paused_days(oldest_unpaid_due, pauses, day)


def _paused_days(after: date, pauses: Sequence[Pause], day: date) -> int:
    removed, covered_to = 0, after
    for first, last in sorted(pauses):
        start, end = max(first, covered_to + timedelta(days=1)), min(last, day)
        if end >= start:
            removed += (end - start).days + 1
            covered_to = end
    return removed


def reported_days(reported: Reported, pauses: Sequence[Pause], day: date) -> tuple[int, int | None]:
    """The range of days past due that a report implies on a later day: both ends age with the calendar.

    An account reported on time stays 0: nobody said when its next instalment is due.
    """
    if reported.days_min <= 0 and not reported.overdue:
        return 0, 0
    if day <= reported.as_of:
        return reported.days_min, reported.days_max
    elapsed = (day - reported.as_of).days - _paused_days(reported.as_of, pauses, day)
    return reported.days_min + elapsed, None if reported.days_max is None else reported.days_max + elapsed
