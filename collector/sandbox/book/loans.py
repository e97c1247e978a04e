"""Loans of every age: the schedule is laid around the first instalment that nobody paid."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final, TypeVar

from collector.portfolio.rules import BorrowerType, GuaranteeKind, PartyRole, Security, ValueTier
from collector.sandbox.book.people import People
from collector.sandbox.book.world import BookSpec, Human, Instalment, Loan, Party, Product

T = TypeVar("T")

FIRST_NUMBER: Final = 100_001
LATENESS: Final = (
    # parts in a hundred, days past due from, to; negative: the next instalment is due in so many days
    (14, -30, -8),
    (20, -7, -1),
    (3, 0, 0),
    (6, 1, 1),
    (17, 2, 10),
    (13, 11, 30),
    (9, 31, 60),
    (6, 61, 90),
    (6, 91, 180),
    (3, 181, 400),
)
SETTLED: Final = 3
"""Parts in a hundred that are paid off."""
PAID_BEFORE: Final = (1, 11)
TIERS: Final = ((ValueTier.premium, 15), (ValueTier.ordinary, 65), (ValueTier.high_risk, 20))


def lay_loans(spec: BookSpec, count: int, people: People, rng: Random, today: date) -> Iterator[Loan]:
    """So many loans of this portfolio, numbered one after another. The first is a month late and reachable: it is the
    one that people are told to look at."""
    for place in range(count):
        yield _loan(spec, place, people, rng, today)


def _loan(spec: BookSpec, place: int, people: People, rng: Random, today: date) -> Loan:
    product = _picked(rng, [(one, one.share) for one in spec.products])
    late, settled = _lateness(rng) if place else (23, False)
    kind = rng.choice(product.borrowers)
    principal = _round_sum(rng, product.principal) * 100
    rate = f"{rng.randint(*product.rate)}.{rng.choice('0058')}"
    instalments, unpaid = _schedule(product, principal, float(rate), late, settled, rng, today)
    account_no = str(FIRST_NUMBER + place)
    loan = Loan(
        account_no=account_no,
        card_no=f"62{spec.jurisdiction == 'us':d}{rng.randrange(10**9):09d}{place:06d}",
        product=product,
        partner=people.partner(spec) if product.has_partner else "",
        security=rng.choice(product.security),
        principal=principal,
        rate=rate,
        opened_on=add_months(instalments[0].due_on, -1),
        autopay=rng.random() < 0.35,
        borrower=people.borrower(spec, kind, late, ending=None if place else "00"),
        borrower_type=kind,
        tier=_picked(rng, TIERS),
        payday=rng.choice(spec.paydays) if rng.random() < 0.6 else None,
        late=late,
        oldest_unpaid=unpaid,
        instalments=instalments,
    )
    loan.parties = list(_parties(spec, loan, people, rng))
    return loan


def _picked(rng: Random, weighted: Sequence[tuple[T, int]]) -> T:
    return rng.choices([one for one, _ in weighted], [weight for _, weight in weighted])[0]


def _lateness(rng: Random) -> tuple[int, bool]:
    if rng.randrange(100) < SETTLED:
        return -30, True
    _, first, last = rng.choices(LATENESS, [weight for weight, _, _ in LATENESS])[0]
    return rng.randint(first, last), False


def _round_sum(rng: Random, between: tuple[int, int]) -> int:
    low, high = between
    step = 100 if low < 10_000 else 1_000
    return max(step, round(rng.triangular(low, high, low + (high - low) / 4) / step) * step)


def _schedule(
    product: Product, principal: int, rate: float, late: int, settled: bool, rng: Random, today: date
) -> tuple[list[Instalment], int | None]:
    """The instalments, and the index of the first unpaid one, which was due `late` days ago."""
    term = rng.randint(*product.term)
    paid = term if settled else min(rng.randint(*PAID_BEFORE), term - 1)
    anchor = today - timedelta(days=late)
    part, interest = principal // term, round(principal * rate / 1200)
    lines = [
        Instalment(
            place + 1,
            add_months(anchor, place - paid),
            part if place < term - 1 else principal - part * (term - 1),
            max(1, interest * (term - place) // term),
        )
        for place in range(term)
    ]
    return lines, None if settled else paid


def add_months(day: date, months: int) -> date:
    """The same day of a month so far away, or its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _parties(spec: BookSpec, loan: Loan, people: People, rng: Random) -> Iterator[Party]:
    if loan.security is Security.guaranteed:
        kind = rng.choice(tuple(GuaranteeKind))
        until = add_months(loan.instalments[-1].due_on, 6) if rng.random() < 0.7 else None
        yield Party(PartyRole.guarantor, people.relation(spec), kind, until)
    owes_together = loan.product.name == "mortgage" or loan.borrower_type is BorrowerType.student
    if owes_together and rng.random() < 0.5:
        yield Party(PartyRole.co_borrower, people.relation(spec))
    if rng.random() < 0.15:
        yield Party(PartyRole.spouse, people.relation(spec))
    if rng.random() < 0.3:
        yield Party(PartyRole.emergency_contact, _without_papers(people.relation(spec)))
    if loan.borrower_type is BorrowerType.small_business_owner and rng.random() < 0.2:
        yield Party(PartyRole.business_partner, _without_papers(people.relation(spec)))


def _without_papers(human: Human) -> Human:
    """Of someone who owes nothing only a name and a number are kept."""
    return Human(human.name, "", human.phones[:1], "", "", "", "", "", None)
