"""One total, one day: what waivers and settlements ask for, and what becomes of them (handbook section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from collector.foundation.errors import BadInput
from collector.strategy.rules import TermsPolicy
from collector.terms.rules.parts import Line, Parts, waive
from collector.terms.rules.words import TermsKind, TermsState


class Reduction(NamedTuple):
    """That total by that day, and `waived` of what is `owed` is given up. Parts sum exactly: owed = total + waived."""

    owed: Parts
    waived: Parts
    total: int
    due_on: date


def in_scope(kind: TermsKind, lines: Sequence[Line], due_on: date) -> list[Line]:
    """The instalments that the total is for: all of them in a settlement, what falls due by the day in a waiver."""
    return [line for line in lines if kind is TermsKind.settlement or line.due_on <= due_on]


def reduction(owed: Parts, total: int, today: date, due_on: date, policy: TermsPolicy) -> Reduction:
    """What would be given up for that total, or a `BadInput` that says what is wrong with it."""
    if not owed.total:
        raise BadInput("nothing is owed by that day; there is nothing to waive")
    if total < 0:
        raise BadInput("ask for a total of 0 or more")
    if total >= owed.total:
        raise BadInput("the total is all that is owed, or more; nothing would be waived")
    if not today <= due_on <= today + timedelta(days=policy.offer_days):
        raise BadInput(f"choose a day from today to {policy.offer_days} days ahead")
    return Reduction(owed, waive(owed, owed.total - total), total, due_on)


def left_to_pay(total: int, paid_before: int, paid: int) -> int:
    """What is missing of the total. `paid_before`: all payments of the account that were known when it was proposed;
    `paid`: those known now, made by the day. Whatever lowered the debt since counts, whenever its file came; of what
    was taken back since, that much more is missing."""
    return max(total - (paid - paid_before), 0)


def settled(missing: int, covered: bool) -> TermsState:
    """Fulfilled once nothing is missing; lapsed when the day is over and every payment made by it is loaded."""
    if missing <= 0:
        return TermsState.fulfilled
    return TermsState.lapsed if covered else TermsState.offered
