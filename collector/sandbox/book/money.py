"""What was paid so far: on time or late, by debit or by hand, some of it taken back, some of it matching nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from collector.foundation.clock import at_local
from collector.sandbox.book.people import People
from collector.sandbox.book.world import BookSpec, Instalment, Loan, Payment

DEBIT_AT: Final = time(6, 10)
DAYS_EARLY_OR_LATE: Final = (-3, -2, -1, -1, 0, 0, 0, 0, 1, 2, 4, 9, 16)
BY_CARD_ONLY: Final = 0.04
REVERSED: Final = 0.01
UNKNOWN_ROWS: Final = 8
BANK_SAYS: Final = {
    "cn": (
        "余额不足",
        "余额不足",
        "可用余额不足",
        "余额不足",
        "账户已冻结",
        "超过单笔限额",
        "系统超时，请重试",
        "代扣协议已解除",
    ),
    "us": ("insufficient funds", "R01 NSF", "insufficient funds", "R02 account closed", "timed out", "R07 revoked"),
}
"""Why a debit failed, the likely words more than once."""
TAKEN_BACK: Final = {"cn": "他行退汇", "us": "returned by the bank"}


def payments_of(loan: Loan, spec: BookSpec, rng: Random, now: datetime) -> Iterator[Payment]:
    """Every instalment before the first unpaid one was paid; a debit that failed left its mark."""
    paid = loan.instalments[: loan.oldest_unpaid]
    for line in paid:
        yield _payment(loan, spec, line, rng, now)
    if loan.oldest_unpaid is None:
        return
    unpaid = loan.instalments[loan.oldest_unpaid]
    if loan.late > 0 and loan.autopay:
        yield _failed(loan, spec, unpaid)
    if loan.late > 8 and rng.random() < REVERSED * 3:
        yield from _taken_back(loan, spec, unpaid, now)


def _payment(loan: Loan, spec: BookSpec, line: Instalment, rng: Random, now: datetime) -> Payment:
    moment = at_local(line.due_on, DEBIT_AT, spec.zone)
    if not loan.autopay:
        day = line.due_on + timedelta(days=rng.choice(DAYS_EARLY_OR_LATE))
        moment = at_local(day, time(rng.randint(7, 21), rng.randint(0, 59)), spec.zone)
    has_number = rng.random() > BY_CARD_ONLY
    return Payment(
        reference=f"P{loan.account_no}-{line.number:02d}",
        account_no=loan.account_no if has_number else "",
        card_no=loan.card_no,
        payer=loan.borrower.name,
        amount=line.amount,
        paid_at=min(moment, now - timedelta(minutes=rng.randint(20, 300))),
    )


def part_payment(loan: Loan, amount: int, paid_at: datetime) -> Payment:
    """What came in on a promise."""
    return Payment(f"K{loan.account_no}", loan.account_no, loan.card_no, loan.borrower.name, amount, paid_at)


def _failed(loan: Loan, spec: BookSpec, line: Instalment) -> Payment:
    return Payment(
        reference=f"D{loan.account_no}-{line.number:02d}",
        account_no=loan.account_no,
        card_no=loan.card_no,
        payer=loan.borrower.name,
        amount=line.amount,
        paid_at=at_local(line.due_on, DEBIT_AT, spec.zone),
        kind="failed_debit",
        reason=_bank_says(loan, spec),
    )


def _bank_says(loan: Loan, spec: BookSpec) -> str:
    words = BANK_SAYS[spec.jurisdiction]
    return words[sum(map(ord, loan.account_no)) % len(words)]


def _taken_back(loan: Loan, spec: BookSpec, line: Instalment, now: datetime) -> Iterator[Payment]:
    """Paid, and returned two days later: the account is as late as if nothing had come."""
    paid_at = at_local(line.due_on + timedelta(days=3), time(14, 20), spec.zone)
    first = Payment(f"R{loan.account_no}", loan.account_no, loan.card_no, loan.borrower.name, line.amount, paid_at)
    yield first
    yield Payment(
        reference=f"{first.reference}-back",
        account_no=loan.account_no,
        card_no=loan.card_no,
        payer=loan.borrower.name,
        amount=line.amount,
        paid_at=min(paid_at + timedelta(days=2), now - timedelta(hours=1)),
        kind="reversal",
        reverses=first.reference,
        reason=TAKEN_BACK[spec.jurisdiction],
    )


def unmatched(spec: BookSpec, loans: Sequence[Loan], people: People, rng: Random, now: datetime) -> Iterator[Payment]:
    """Money that names no account we know: a mistyped card, a stranger's name. A person has to look."""
    for place in range(min(UNKNOWN_ROWS, len(loans))):
        likely = rng.choice(loans)
        yield Payment(
            reference=f"U{place + 1:04d}",
            account_no="",
            card_no=_mistyped(likely.card_no, rng),
            payer=likely.borrower.name if place % 2 else people.payer(spec),
            amount=likely.instalments[0].amount,
            paid_at=now - timedelta(hours=rng.randint(1, 60)),
        )


def _mistyped(card_no: str, rng: Random) -> str:
    """Two neighbouring digits changed places, or the last one is missing: no card of the book."""
    place = rng.randrange(3, 10)
    left, right = card_no[place], card_no[place + 1]
    return card_no[:place] + right + left + card_no[place + 2 :] if left != right else card_no[:-1]


def owed_on(loan: Loan, day: date) -> int:
    """What was overdue on that day, were nothing paid since the first unpaid instalment."""
    if loan.oldest_unpaid is None:
        return 0
    return sum(line.amount for line in loan.instalments[loan.oldest_unpaid :] if line.due_on < day)
