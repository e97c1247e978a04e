"""Ageing: how late an account is, from its schedule, its payments and its pauses (handbook section 3).

Pure: dates in the portfolio's own zone, money in minor units. Payments are applied oldest due first; what is paid
ahead goes to the next instalments; what is left over is `overpaid`. Nothing is stored that a later, backdated
payment could make wrong: everything follows from the records each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple


class Instalment(NamedTuple):
    due_on: date
    amount: int
    """Amount due, minor units."""


class Paid(NamedTuple):
    """A payment that stands (not reversed), on the local day it was made."""

    on: date
    amount: int


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


def apply_payments(instalments: Sequence[Instalment], payments: Sequence[Paid]) -> tuple[list[Applied], int]:
    """Payments oldest due first over the schedule; also what is left over. Both inputs in any order."""
    queue = sorted(payments)
    applied: list[Applied] = []
    position, left = 0, 0
    for due_on, amount in sorted(instalments):
        missing, whole_on = amount, None
        if missing == 0:
            whole_on = due_on
        while missing and (left or position < len(queue)):
            if not left:
                left = queue[position].amount
                position += 1
                continue
            used = min(left, missing)
            left -= used
            missing -= used
            if not missing:
                whole_on = queue[position - 1].on
        applied.append(Applied(due_on, amount, amount - missing, whole_on))
    return applied, left + sum(payment.amount for payment in queue[position:])


def age(instalments: Sequence[Instalment], payments: Sequence[Paid], grace_days: int, day: date) -> Ageing:
    """The account on that day: only payments made up to and including it count."""
    counted = [payment for payment in payments if payment.on <= day]
    applied, overpaid = apply_payments(instalments, counted)
    past = [line for line in applied if line.due_on < day]
    late = [line for line in past if line.paid < line.amount]
    today = [line for line in applied if line.due_on == day and line.paid < line.amount]
    ahead = [line for line in applied if line.due_on > day and line.paid < line.amount]
    owed = sum(line.amount - line.paid for line in applied)
    next_due_on = ahead[0].due_on if ahead else None
    return Ageing(
        oldest_unpaid_due=late[0].due_on if late else today[0].due_on if today else None,
        overdue=sum(line.amount - line.paid for line in late),
        due_today=sum(line.amount - line.paid for line in today),
        owed=owed,
        overpaid=overpaid,
        next_due_on=next_due_on,
        next_due_amount=sum(line.amount - line.paid for line in ahead if line.due_on == next_due_on),
        missed_consecutive=_consecutive(past, grace_days, day),
        missed_cumulative=sum(1 for line in past if _missed(line, grace_days, day)),
        last_paid_on=max((payment.on for payment in counted), default=None),
        cured_on=_cured_on(past) if not late else None,
        settled_on=_settled_on(applied) if applied and not owed else None,
        fresh_until=_fresh_until(applied, payments, grace_days, day),
    )


def _missed(line: Applied, grace_days: int, day: date) -> bool:
    """Still unpaid after due date plus grace: now, or when it was paid at last."""
    end = line.due_on + timedelta(days=grace_days)
    return (line.whole_on or day) > end


def _consecutive(past: Sequence[Applied], grace_days: int, day: date) -> int:
    count = 0
    for line in reversed(past):
        if line.due_on + timedelta(days=grace_days) >= day:
            continue  # still in grace: neither missed nor the end of a row
        if line.paid >= line.amount:
            break
        count += 1
    return count


def _cured_on(past: Sequence[Applied]) -> date | None:
    return max((line.whole_on for line in past if line.whole_on and line.whole_on > line.due_on), default=None)


def _settled_on(applied: Sequence[Applied]) -> date | None:
    return max((line.whole_on for line in applied if line.whole_on), default=None)


def _fresh_until(applied: Sequence[Applied], payments: Iterable[Paid], grace_days: int, day: date) -> date | None:
    """Days on which time alone changes the answer: a due date, the day after it, the end of its grace, and the
    day of a payment that is dated ahead."""
    turns: set[date] = {payment.on for payment in payments if payment.on > day}
    for line in applied:
        if line.paid >= line.amount:
            continue
        turns |= {line.due_on, line.due_on + timedelta(days=1), line.due_on + timedelta(days=grace_days + 1)}
    return min((turn for turn in turns if turn > day), default=None)


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
