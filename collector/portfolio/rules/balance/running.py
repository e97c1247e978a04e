"""The days of an account played through: what falls due, what is paid, what accrues in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from collector.law.rules import ClaimPart, Sweep
from collector.portfolio.rules.balance.days import YEAR, days_between, exact, half_up
from collector.portfolio.rules.balance.shapes import (
    Accrual,
    Accruing,
    Allocation,
    Given,
    PartBalance,
    RateStep,
    Received,
    Scheduled,
    Terms,
)

DROPPED = (ClaimPart.interest, ClaimPart.fee)
"""What a call takes away of instalments that were not due: they were for time that the borrower does not get."""


@dataclass(slots=True)
class Open:
    """An instalment while days are played through. `since`: from when its penalty is not yet a line."""

    number: int
    due_on: date
    late_on: date
    """From this day on it carries penalty."""
    parts: dict[ClaimPart, PartBalance]
    since: date

    def base(self, penalty_on: Sequence[ClaimPart]) -> int:
        return sum(self.parts[part].left for part in penalty_on)


def opened(line: Scheduled, grace_days: int) -> Open:
    """The instalment with nothing paid. What its parts leave of its amount is `unsplit`; parts beyond the amount are
    lowered to it, principal last, since the ledger counts the amount."""
    rest, parts = line.amount, {part: PartBalance() for part in ClaimPart}
    for part, given in (
        (ClaimPart.principal, line.principal),
        (ClaimPart.interest, line.interest),
        (ClaimPart.fee, line.fee),
    ):
        parts[part].asked = min(max(given or 0, 0), rest)
        rest -= parts[part].asked
    parts[ClaimPart.unsplit].asked = rest
    late_on = line.due_on + timedelta(days=grace_days)
    return Open(line.number, line.due_on, late_on, parts, late_on)


@dataclass(slots=True)
class Run:
    """Everything up to `as_of`. After `play`, the lists are the statement's lines."""

    terms: Terms
    as_of: date
    lines: list[Open]
    accruals: list[Accrual] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)
    spare: list[Received] = field(default_factory=list)
    """Money that found nothing to pay yet, oldest first."""
    dropped: int = 0
    lent: Fraction = Fraction(0)
    """What the cap of the whole allows, to this day."""

    moot: int = 0
    """Given up of what is no more asked."""

    def play(self, payments: Iterable[Received], waived: Iterable[Given] = ()) -> None:
        """Day by day of those on which something changes: what is given up on a day goes before its payments."""
        made = sorted(one for one in payments if one.on <= self.as_of)
        given = sorted(one for one in waived if one.on <= self.as_of)
        called = self.terms.called_on
        days = {one.on for one in made} | {one.on for one in given}
        days |= {called} if called is not None and called <= self.as_of else set()
        before = self.terms.opened_on
        for day in sorted(days):
            self._lend(before, day)
            before = max(before, day) if before is not None else None
            if day == called:
                self._call(day)
            for one in (one for one in given if one.on == day):
                self._waive(one)
            for payment in (one for one in made if one.on == day):
                self._pay(payment)
        self._lend(before, self.as_of)
        for line in self.lines:
            self._accrue(line, self.as_of)

    def _lend(self, first: date | None, end: date) -> None:
        """What the cap allows for the principal that is out between two days."""
        if first is None or end <= first or not self.terms.caps:
            return
        out = sum(line.parts[ClaimPart.principal].left for line in self.lines)
        for start, stop in _cut(first, end, (step.from_on for step in self.terms.caps)):
            cap = _cap(self.terms, start)
            if cap is not None:
                days = days_between(start, stop, self.terms.day_count)
                self.lent += exact(out, cap[0], days, self.terms.day_count)

    def _accrue(self, line: Open, end: date) -> None:
        """The penalty of one instalment up to that day, as lines; its base has not changed since the last."""
        base = line.base(self.terms.penalty_on)
        first, line.since = line.since, max(line.since, end)
        for accrual in self._lines(line.number, Accruing.penalty, base, first, end):
            line.parts[ClaimPart.penalty].asked += accrual.amount

    def _lines(self, number: int, what: Accruing, base: int, first: date, end: date) -> Iterator[Accrual]:
        if base <= 0 or end <= first:
            return
        terms = self.terms
        turns = {step.from_on for step in terms.rates} | {step.from_on for step in terms.caps}
        for start, stop, percent, rule, source in _same_rate(terms, what, _cut(first, end, turns)):
            days = days_between(start, stop, terms.day_count)
            amount = half_up(exact(base, percent, days, terms.day_count))
            year = YEAR[terms.day_count]
            accrual = Accrual(number, what, start, stop, days, base, percent, year, amount, rule, source)
            self.accruals.append(accrual)
            yield accrual

    def _pay(self, payment: Received) -> None:
        left = payment.amount
        for line, part in self._targets(payment.on):
            if not left:
                return
            self._accrue(line, payment.on)
            balance = line.parts[part]
            taken = min(left, balance.left)
            if taken > 0:
                balance.paid += taken
                left -= taken
                self.allocations.append(Allocation(payment.on, payment.label, line.number, part, taken))
        if left:
            self.spare.append(payment._replace(amount=left))

    def _waive(self, given: Given) -> None:
        """Off each part, oldest instalment first; what a part does not hold, off what the creditor did not split."""
        left = 0
        for part in (ClaimPart.fee, ClaimPart.interest, ClaimPart.principal):
            left += self._give_up(part, getattr(given, part.value), given.on)
        self.moot += self._give_up(ClaimPart.unsplit, left, given.on)
        self._give_up(ClaimPart.penalty, given.penalty, given.on)

    def _give_up(self, part: ClaimPart, amount: int, on: date) -> int:
        """What could not be given up, since so much is not owed."""
        for line in self.lines:
            if amount:
                self._accrue(line, on)
                taken = min(amount, line.parts[part].left)
                line.parts[part].waived += taken
                amount -= taken
        return amount

    def _targets(self, on: date) -> Iterator[tuple[Open, ClaimPart]]:
        due = [line for line in self.lines if line.due_on <= on]
        if self.terms.sweep is Sweep.instalments:
            yield from ((line, part) for line in due for part in self.terms.order)
        else:
            yield from ((line, part) for part in self.terms.order for line in due)
        ahead = (line for line in self.lines if line.due_on > on)
        yield from ((line, part) for line in ahead for part in self.terms.order)

    def _call(self, on: date) -> None:
        """Everything not yet due falls due; its later interest and fees go, and interest runs to this day instead. What
        was paid ahead to them is paid again to what is asked."""
        last = max((line.due_on for line in self.lines if line.due_on <= on), default=self.terms.opened_on or on)
        returned = self.spare
        self.spare = []
        for line in (one for one in self.lines if one.due_on > on):
            returned += self._drop(line)
            line.due_on = line.late_on = line.since = on
            base = line.parts[ClaimPart.principal].left
            for accrual in self._lines(line.number, Accruing.running, base, last, on):
                line.parts[ClaimPart.interest].asked += accrual.amount
        for payment in sorted(returned):
            self._pay(payment._replace(on=on))

    def _drop(self, line: Open) -> list[Received]:
        returned = []
        for part in DROPPED:
            balance = line.parts[part]
            self.dropped += balance.asked
            self.moot += balance.waived
            if balance.paid:
                returned += self._take_back(line.number, part)
            line.parts[part] = PartBalance()
        return returned

    def _take_back(self, number: int, part: ClaimPart) -> list[Received]:
        back = [one for one in self.allocations if (one.number, one.part) == (number, part)]
        self.allocations = [one for one in self.allocations if (one.number, one.part) != (number, part)]
        return [Received(one.on, one.amount, one.label) for one in back]


def _cut(first: date, end: date, turns: Iterable[date]) -> Iterator[tuple[date, date]]:
    yield from pairwise(sorted({first, end, *(turn for turn in turns if first < turn < end)}))


def _same_rate(
    terms: Terms, what: Accruing, stretches: Iterable[tuple[date, date]]
) -> Iterator[tuple[date, date, Fraction, str, str]]:
    """Stretches with their rate, neighbours of one rate joined; those without a rate are left out."""
    held: tuple[date, date, Fraction, str, str] | None = None
    for start, stop in stretches:
        rate = _rate(terms, what, start)
        if held is not None and rate == held[2:] and held[1] == start:
            held = (held[0], stop, *held[2:])
            continue
        if held is not None:
            yield held
        held = (start, stop, *rate) if rate is not None else None
    if held is not None:
        yield held


def _rate(terms: Terms, what: Accruing, on: date) -> tuple[Fraction, str, str] | None:
    """Percent a year on that day, the rule it stands under and where it comes from: the contract's rate, or the cap
    where that is lower."""
    step = rate_on(terms.rates, on)
    percent = None if step is None else step.penalty if what is Accruing.penalty else step.annual
    if step is None or not percent:
        return None
    cap = _cap(terms, on)
    if cap is not None and cap[0] < percent:
        return (*cap, cap[1])
    return percent, terms.day_count.value, step.penalty_by if what is Accruing.penalty else step.annual_by


def rate_on(rates: Sequence[RateStep], on: date) -> RateStep | None:
    """The rates in force; before the first step, those of the first."""
    before = [step for step in rates if step.from_on <= on]
    return before[-1] if before else rates[0] if rates else None


def _cap(terms: Terms, on: date) -> tuple[Fraction, str] | None:
    before = [step for step in terms.caps if step.from_on <= on]
    return (before[-1].percent, before[-1].rule) if before else None
