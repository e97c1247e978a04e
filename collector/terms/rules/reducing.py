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


class Done(NamedTuple):
    """When a total was paid: the day, and all payments of the account till then, in minor units."""

    on: date
    paid: int


def completed(
    total: int, paid_before: int, payments: Sequence[tuple[date, int]], due_on: date, told_on: date
) -> Done | None:
    """The payment with which nothing was missing of the total; None: something is.

    `paid_before`: all payments of the account that were known when it was proposed. `payments`: those known now, in the
    order they were made. Whatever lowered the debt since counts by its own day, whenever its file came; of what was
    taken back since, that much more is missing. Nothing is paid before the borrower was told, on `told_on`."""
    wanted, sum_ = paid_before + total, 0
    if wanted <= 0:
        return Done(told_on, 0)
    for on, amount in payments:
        if on > due_on:
            break
        sum_ += amount
        if sum_ >= wanted:
            return Done(max(on, told_on), sum_)
    return None


def settled(done: Done | None, covered: bool) -> TermsState:
    """Fulfilled once nothing is missing; lapsed when the day is over and every payment made by it is loaded."""
    if done is not None:
        return TermsState.fulfilled
    return TermsState.lapsed if covered else TermsState.offered
