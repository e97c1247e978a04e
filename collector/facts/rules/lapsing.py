"""The clocks of an account on a day, with all that moved them: what facts keep two dates of."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from collector.facts.rules.accounts import begun, lateness_of, schedule_at, waived_at
from collector.facts.rules.clocks import claim_of, event_of, guarantors_of, happened
from collector.facts.rules.records import Obligation, Records
from collector.foundation.clock import local_day
from collector.law.rules import Clock, Event, clocks_of
from collector.portfolio.rules import Paid


class Clocks(NamedTuple):
    """Of an account, what is lost first first; and every event on record, oldest first, struck ones too."""

    clocks: tuple[Clock, ...] = ()
    events: tuple[Event, ...] = ()


def clocks_at(records: Records, owed: Obligation, at: datetime) -> Clocks:
    """As they stood at that moment. Nothing owed: no clock."""
    now, turns = int(at.timestamp()), list[int]()
    account = records.accounts[owed.account_id]
    book = records.books[account.portfolio_id]
    received = begun(records.payments.get(account.id, ()), now, turns)
    promises = begun(records.promises.get(account.id, ()), now, turns)
    told = begun(records.clocks.get(account.id, ()), now, turns)
    paid = [Paid(row.on, row.amount) for row in received]
    waived = waived_at(records.waived.get(account.id, ()), now, turns)
    schedule = schedule_at(records, account.id, now, turns)
    state = lateness_of(schedule, account, paid, waived, book.grace_days, local_day(at, book.zone))
    claim = claim_of(schedule, account, *state)
    events = sorted(
        [*happened(book, received, promises), *map(event_of, told)], key=lambda one: (one.on, one.kind, one.number)
    )
    if claim is None:
        return Clocks((), tuple(events))
    return Clocks(clocks_of(book.law, claim, guarantors_of(records, owed), events), tuple(events))
