"""The clocks of an account, as they follow from the records (handbook section 8): the law decides, here it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from collector.facts.rules.records import (
    AccountRecord,
    BookRecord,
    ClockRecord,
    Obligation,
    PaymentRecord,
    PromiseRecord,
    Records,
)
from collector.foundation.clock import local_day
from collector.law.rules import (
    Claim,
    Clock,
    ClockKind,
    ContractKind,
    Event,
    Guarantor,
    Happening,
    add_years,
    clocks_of,
    lost_first,
    turns,
)
from collector.portfolio.rules import Ageing, Instalment, PartyRole

SHOWN = timedelta(days=365)
"""How long before it a date is kept: earlier nobody acts on it."""


class Near(NamedTuple):
    """What facts keep of the clocks."""

    lapses_on: date | None = None
    limitation_on: date | None = None
    """Of the claim on the borrower, by the cautious date."""
    lapsed: bool = False
    sued_on: date | None = None
    turns_on: date | None = None
    """The first later day on which any of this may read otherwise."""

    @property
    def has_rare_parts(self) -> bool:
        return self.limitation_on is not None or self.lapsed or self.sued_on is not None


def claim_of(
    schedule: Sequence[Instalment],
    account: AccountRecord,
    ageing: Ageing,
    reported_on: date | None,
    reported_min: int | None,
    reported_max: int | None,
) -> Claim | None:
    """The debt, as far as it can lapse; None: nothing is owed. Without a schedule the oldest instalment is as old as
    the creditor's report allows."""
    if ageing.settled_on is not None or not (ageing.owed or ageing.overdue):
        return None
    last = max((line.due_on for line in schedule), default=None)
    oldest = ageing.oldest_unpaid_due
    if reported_on is not None:
        oldest = reported_on - timedelta(days=reported_max if reported_max is not None else reported_min or 0)
    ends = account.matures_on or last
    return Claim(oldest, max(ends, last) if ends and last else ends, account.opened_on, reported_on is not None)


def near(
    records: Records,
    owed: Obligation,
    claim: Claim | None,
    payments: Sequence[PaymentRecord],
    promises: Sequence[PromiseRecord],
    told: Sequence[ClockRecord],
    day: date,
) -> Near:
    """Those of an account that has any and is near one; of all others only the day on which to look again."""
    if claim is None:
        return Near()
    book = records.books[records.accounts[owed.account_id].portfolio_id]
    guarantors = guarantors_of(records, owed)
    if not told and not guarantors:
        if claim.oldest_due is None or (term := book.law.limitation()) is None:
            return Near()
        soonest = add_years(claim.oldest_due, term.years)
        if soonest - SHOWN > day:
            return Near(turns_on=soonest - SHOWN)
    events = [*happened(book, payments, promises), *map(event_of, told)]
    return _near(clocks_of(book.law, claim, guarantors, events), day)


def _near(clocks: Sequence[Clock], day: date) -> Near:
    first = lost_first(clocks, day)
    own = next((one for one in clocks if one.kind is ClockKind.limitation and one.person_id is None), None)
    limitation = own.cautious_on if own and own.met is None else None
    ahead = [one - SHOWN for one in (first, limitation) if one is not None and one - SHOWN > day]
    turn = turns(clocks, day)
    is_shown = first is not None and first - SHOWN <= day
    return Near(
        lapses_on=first if is_shown else None,
        limitation_on=limitation if limitation and limitation - SHOWN <= day else None,
        lapsed=is_shown and not any(one.runs(day) for one in clocks),
        sued_on=own.met.on if own and own.met and own.met.kind is Happening.filed else None,
        turns_on=min([*ahead, *([turn] if turn else [])], default=None),
    )


def guarantors_of(records: Records, owed: Obligation) -> Sequence[Guarantor]:
    """All of them, seen by the borrower; a guarantor sees their own part."""
    if owed.role == PartyRole.borrower:
        return records.guarantors.get(owed.account_id, ())
    if owed.role == PartyRole.guarantor:
        return (Guarantor(owed.person_id, owed.guarantee_kind, owed.guarantee_until),)
    return ()


def happened(book: BookRecord, payments: Sequence[PaymentRecord], promises: Sequence[PromiseRecord]) -> Iterator[Event]:
    """What the other records tell: money that came, and what was promised, by the portfolio's days."""
    for row in payments:
        yield Event(Happening.payment, row.on, f"payment:{row.id}")
    for made in promises:
        day = local_day(datetime.fromtimestamp(made.at, UTC), book.zone)
        yield Event(Happening.promise, day, f"promise:{made.id}")


def event_of(row: ClockRecord) -> Event:
    """An event of a clock with what proves it: a paper before a contact."""
    papers = (("document", row.document_id), ("attempt", row.attempt_id))
    return Event(
        kind=Happening(row.kind),
        on=row.on,
        evidence=next((f"{table}:{number}" for table, number in papers if number), ""),
        until=row.until,
        person_id=row.guarantor_id,
        number=row.id,
        about=row.about,
        place=row.place,
        contract=ContractKind(row.contract) if row.contract else None,
        clock=row.clock,
    )
