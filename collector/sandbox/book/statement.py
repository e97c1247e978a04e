"""The make-believe creditor's own ledger at the end of a day: mostly as ours, with the slips that real ones have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from collector.foundation.clock import local_day
from collector.portfolio.rules import Instalment, Paid, ours_at
from collector.sandbox.book.world import BookSpec, Loan, Payment

SLIPS: Final = (
    # up to this share of the accounts, what their ledger does
    (0.010, "has a payment more"),
    (0.018, "lacks our last payment"),
    (0.032, "counts fees"),
    (0.036, "does not name it"),
)
STRANGERS: Final = 2
LONE: Final = 3
"""Reversals of payments that never came."""
GONE: Final = {"cn": "他行退汇，原交易不详", "us": "returned, original unknown"}
Line = tuple[str, date, int, int, int, int]
"""Account, day, penalty, fees, balance, overdue."""


def statement(loans: Sequence[Loan], spec: BookSpec, day: date, rng: Random) -> Iterator[Line]:
    """A line for each account, but for some."""
    for loan in loans:
        share = rng.random()
        slip = next((what for limit, what in SLIPS if share < limit), "")
        if slip != "does not name it":
            yield _line(loan, spec, day, slip)
    for number in range(STRANGERS):
        yield f"OLD-{number + 1:03d}", day, 0, 0, 1_250_00 * (number + 1), 1_250_00


def _line(loan: Loan, spec: BookSpec, day: date, slip: str) -> Line:
    paid = sorted(_standing(loan, spec))
    if slip == "has a payment more" and loan.oldest_unpaid is not None:
        paid.append(Paid(day, loan.instalments[loan.oldest_unpaid].amount))
    if slip == "lacks our last payment":
        paid = paid[:-1]
    instalments = [Instalment(line.due_on, line.amount) for line in loan.instalments]
    known = ours_at(instalments, paid, None, day)
    owed, overdue = (known.owed, known.overdue) if known else (0, 0)
    penalty = overdue * 3 // 100 if slip == "counts fees" else 0
    fees = 2_000 if penalty else 0
    return loan.account_no, day, penalty, fees, owed + penalty + fees, overdue


def _standing(loan: Loan, spec: BookSpec) -> Iterator[Paid]:
    """Payments that nobody took back."""
    taken = {one.reverses for one in loan.payments if one.reverses}
    for one in loan.payments:
        if one.kind == "payment" and one.reference not in taken:
            yield Paid(local_day(one.paid_at, spec.zone), one.amount)


def lone_reversals(loans: Iterable[Loan], spec: BookSpec, now: datetime, rng: Random) -> Iterator[Payment]:
    """The bank takes back what it never told us of; one of them is the payment we have under another reference."""
    settled = [loan for loan in loans if loan.payments and loan.oldest_unpaid is not None]
    for number, loan in enumerate(rng.sample(settled, min(LONE, len(settled)))):
        last = loan.payments[-1]
        yield Payment(
            reference=f"V{number + 1:04d}",
            account_no=loan.account_no,
            card_no=loan.card_no,
            payer=loan.borrower.name,
            amount=last.amount if not number else last.amount - 1_00,
            paid_at=now - timedelta(hours=rng.randint(20, 60)),
            kind="reversal",
            reverses=f"B{rng.randint(10**7, 10**8 - 1)}",
            reason=GONE[spec.jurisdiction],
        )
