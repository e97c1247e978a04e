"""The statement: an account's balance to the day by principal, interest, penalty and fees (handbook section 8).

The ledger counts the schedule and the payments; penalty is in no schedule. So the schedule less payments is the
ledger's `owed` to the cent, whatever order payments are taken in, and penalty stands on top: `Bridge` shows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from collector.law.rules import ClaimPart
from collector.portfolio.rules.ageing import Instalment, Paid, Waived, age
from collector.portfolio.rules.balance.running import Run, opened, rate_on
from collector.portfolio.rules.balance.shapes import (
    Accruing,
    Bridge,
    Gap,
    Given,
    InstalmentBalance,
    Received,
    Scheduled,
    Statement,
    Terms,
)

COST = (ClaimPart.penalty, ClaimPart.fee, ClaimPart.interest)
"""What a cap limits, and the order in which it takes off: what the contract adds last goes first."""


def balance(
    schedule: Iterable[Scheduled],
    payments: Iterable[Received],
    terms: Terms,
    as_of: date,
    waived: Iterable[Given] = (),
) -> Statement:
    """The balance at the end of that day: payments up to and including it count; penalty runs to it. `waived`: what is
    given up on that day. Instalments, payments and waivers in any order."""
    given = sorted(schedule, key=lambda one: (one.due_on, one.number))
    made, off = sorted(payments), sorted(waived)
    ordered = replace(terms, rates=tuple(sorted(terms.rates)), caps=tuple(sorted(terms.caps)))
    run = Run(ordered, as_of, [opened(line, terms.grace_days) for line in given])
    run.play(made, off)
    allowed = _allowed(run)
    cost = _cost(run)
    over = max(cost - allowed, 0) if allowed is not None else 0
    taken = _take_off(run, over)
    return Statement(
        as_of=as_of,
        terms=ordered,
        instalments=tuple(InstalmentBalance(line.number, line.due_on, line.parts) for line in run.lines),
        accruals=tuple(sorted(run.accruals, key=lambda one: (one.first, one.number, one.what))),
        allocations=tuple(run.allocations),
        bridge=_bridge(given, made, off, run, taken),
        allowed=allowed,
        cost=cost,
        gaps=_gaps(run, is_over=over > taken),
    )


def _allowed(run: Run) -> int | None:
    """Rounded down: a cap is never stretched."""
    knows = run.terms.opened_on is not None and not _unsplit(run)
    return int(run.lent) if run.terms.caps and knows else None


def _cost(run: Run) -> int:
    """Interest, penalty and fees of what is due, paid or not, less what was given up."""
    return sum(
        line.parts[part].asked - line.parts[part].waived
        for line in run.lines
        if line.due_on <= run.as_of
        for part in COST
    )


def _take_off(run: Run, over: int) -> int:
    """Lowers what is still owed of the cost until the cap is kept; returns how much that was."""
    left = over
    for part in COST:
        for line in run.lines:
            if line.due_on <= run.as_of:
                taken = min(left, line.parts[part].left)
                line.parts[part].taken_off += taken
                left -= taken
    return over - left


def _bridge(given: list[Scheduled], made: list[Received], off: list[Given], run: Run, taken: int) -> Bridge:
    ledger = age(
        [Instalment(line.due_on, line.amount) for line in given],
        [Paid(one.on, one.amount) for one in made],
        0,
        run.as_of,
        [Waived(one.on, one.amount) for one in off],
    )
    return Bridge(
        owed=ledger.owed,
        overpaid=ledger.overpaid,
        penalty=sum(line.parts[ClaimPart.penalty].asked for line in run.lines),
        running=sum(one.amount for one in run.accruals if one.what is Accruing.running),
        dropped=run.dropped,
        taken_off=taken,
        unallocated=sum(one.amount for one in run.spare) + run.moot,
        waived_penalty=sum(line.parts[ClaimPart.penalty].waived for line in run.lines),
    )


def _unsplit(run: Run) -> bool:
    return any(line.parts[ClaimPart.unsplit].asked for line in run.lines)


def _gaps(run: Run, *, is_over: bool) -> tuple[Gap, ...]:
    rates = rate_on(run.terms.rates, run.as_of)
    is_late = any(line.late_on < run.as_of for line in run.lines)
    is_called = run.terms.called_on is not None and run.terms.called_on <= run.as_of
    told = {
        Gap.no_schedule: not run.lines,
        Gap.unsplit: _unsplit(run),
        Gap.no_penalty_rate: is_late and (rates is None or not rates.penalty),
        Gap.no_annual_rate: is_called and (rates is None or not rates.annual),
        Gap.cap_unchecked: bool(run.terms.caps) and _allowed(run) is None and bool(run.lines),
        Gap.paid_over_cap: is_over,
    }
    return tuple(gap for gap, holds in told.items() if holds)
