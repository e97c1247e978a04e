"""When the present spell of lateness began: what was tried before it belongs to another one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from collector.portfolio.rules import Instalment, Paid, apply_payments


def spell_since(instalments: Sequence[Instalment], payments: Sequence[Paid], day: date) -> date | None:
    """The day after which contacts belong to the account's present spell; None: all of them do.

    Late: the due date since which the account has been late without a break. Not late: the due date before the
    first one not yet paid, or the day the last lateness ended, whichever is later.
    """
    applied, _ = apply_payments(instalments, [payment for payment in payments if payment.on <= day])
    started: date | None = None
    ended = date.min
    before = date.min
    for line in applied:
        whole = line.paid >= line.amount
        if not whole and line.due_on >= day:
            break
        until = line.whole_on if whole and line.whole_on else date.max
        if until > line.due_on:
            started = line.due_on if started is None or line.due_on >= ended else started
            ended = max(ended, until)
        before = line.due_on
    if ended == date.max:
        return started
    latest = max(before, ended)
    return None if latest == date.min else latest
