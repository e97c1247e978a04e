"""Whom a campaign means: what was asked for, and the accounts that it chooses. Looking changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlmodel import Session

from collector.allocation.queries import borrowed
from collector.casework.office import Office
from collector.facts.rules import AccountFacts, lateness
from collector.foundation.clock import at_local, local_day
from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import read_table
from collector.foundation.money import exponent
from collector.history.rules import CAMPAIGN_CHANNELS, Channel
from collector.history.tables import Campaign
from collector.portfolio.tables import Portfolio
from collector.strategy.conditions import read_condition, scale_by
from collector.strategy.queries import compiled
from collector.strategy.rules import FIELDS, CampaignPolicy, Condition, Strategy
from collector.texts.rules import Purpose, Tone, bare_language

TEXTS = frozenset({Purpose.reminder, Purpose.overdue, Purpose.how_to_pay})
"""What a text is written for, that a campaign may send: the others answer to something that happened."""
LONGEST = timedelta(days=31)


@dataclass(frozen=True)
class CampaignOrder:
    """What somebody asks for. `when`: conditions as in a strategy's segment; `segments`: names, empty: any; `numbers`:
    account numbers, with or without the portfolio's code: only these. Days of the portfolio's calendar, both
    included."""

    portfolio_id: int
    name: str
    reason: str
    channel: Channel
    first: date
    last: date
    template: str | None = None
    tone: Tone | None = None
    note: str = ""
    slot: str | None = None
    when: Mapping[str, Any] = field(default_factory=dict)
    segments: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def chosen(self) -> dict[str, Any]:
        return {"when": dict(self.when), "segments": list(self.segments), "numbers": list(self.numbers)}

    def window(self, zone: str) -> tuple[datetime, datetime]:
        return at_local(self.first, time(0), zone), at_local(self.last + timedelta(days=1), time(0), zone)


@dataclass(frozen=True)
class Chosen:
    """The accounts of an order, most overdue first. `unknown`: numbers of no account that can be contacted here."""

    book: Portfolio
    accounts: Sequence[AccountFacts]
    unknown: Sequence[str]
    digest: str

    @property
    def people(self) -> Sequence[int]:
        return list(dict.fromkeys(one.person_id for one in self.accounts))

    @property
    def money(self) -> int:
        return sum(one.overdue for one in self.accounts)


def text_names(session: Session, office: Office, book: Portfolio) -> list[str]:
    """The texts a campaign of this portfolio may send."""
    names = (
        office.catalogue.template(name, book.language) for name in office.catalogue.names(bare_language(book.language))
    )
    return sorted(template.name for template in names if template.purpose in TEXTS)


def policy_of(session: Session, campaign: Campaign, at: datetime) -> CampaignPolicy:
    """The numbers of the strategy that holds for it now."""
    return compiled(session, campaign.portfolio_id, at).campaigns


def read_numbers(path: Path) -> list[str]:
    """The account numbers of a file: of its column account_no; of a file of one column, every cell, the first too."""
    with read_table(path) as table:
        names = [name.lower() for name in table.header]
        if "account_no" not in names and len(names) > 1:
            raise BadInput("the file has no column account_no; name it so, or bring a file of one column")
        place = names.index("account_no") if "account_no" in names else 0
        found = [] if "account_no" in names else [table.header[0]]
        for batch in table.batches:
            if batch.problems:
                raise BadInput(problems=tuple(batch.problems))
            found += [row[place].strip() for row in batch.rows]
    return [number for number in found if number]


def choose(session: Session, office: Office, book: Portfolio, order: CampaignOrder, at: datetime) -> Chosen:
    """The accounts that are meant now. `BadInput` names everything that is wrong with the order."""
    strategy, today = compiled(session, book.id or 0, at), local_day(at, book.timezone)
    problems = [Problem(words) for words in _problems(order, strategy, text_names(session, office, book), today)]
    conditions, wrong = _conditions(order, strategy)
    if problems or wrong:
        raise BadInput(problems=(*problems, *wrong))
    numbers = dict.fromkeys(number.removeprefix(f"{book.code}/") for number in order.numbers)
    found = [
        one
        for one in borrowed(session, book.id or 0, at, today)
        if not one.settled
        and (not numbers or one.account_no in numbers)
        and _is_meant(one, order, conditions, strategy, today)
    ]
    found.sort(key=lambda one: (-one.overdue, one.account_id))
    known = {one.account_no for one in found}
    return Chosen(book, found, [number for number in numbers if number not in known], _digest(order, found))


def _is_meant(
    one: AccountFacts, order: CampaignOrder, conditions: Sequence[Condition], strategy: Strategy, today: date
) -> bool:
    days = lateness(one, today)
    if order.segments and strategy.segment_at(one, today, days).name not in order.segments:
        return False
    return all(FIELDS[each.field].read(one, today, days, strategy.scales) in each.domain for each in conditions)


def _conditions(order: CampaignOrder, strategy: Strategy) -> tuple[list[Condition], list[Problem]]:
    scale = scale_by(exponent(strategy.currency), strategy.currency)
    conditions, problems = [], []
    for name, written in order.when.items():
        try:
            conditions.append(read_condition(name, written, strategy.scales.bucket_names(), scale))
        except BadInput as error:
            problems.append(Problem(error.message))
    return conditions, problems


def _problems(order: CampaignOrder, strategy: Strategy, texts: Sequence[str], today: date) -> Iterator[str]:
    if not order.name.strip() or not order.reason.strip():
        yield "a campaign has a name and a reason: say both"
    if order.channel not in CAMPAIGN_CHANNELS:
        yield "a campaign is of SMS or of calls: choose one"
    if order.channel is Channel.sms and order.template not in texts:
        yield f"choose the text that is sent; there are {', '.join(texts) or 'none in this language'}"
    if order.channel is Channel.call and not order.note.strip():
        yield "say what the agent is to say in the call"
    if order.slot is not None and order.slot not in strategy.slots:
        yield f"there is no slot {order.slot!r}; the strategy has {', '.join(strategy.slots)}"
    unknown = set(order.segments) - {one.name for one in strategy.segments()}
    if unknown:
        yield f"the strategy has no segment {', '.join(sorted(unknown))}"
    if order.last < order.first or order.last < today:
        yield "the last day lies before the first, or is over: choose days from today on"
    if order.last - order.first >= LONGEST:
        yield f"a campaign lasts {LONGEST.days} days at most: choose an earlier last day"


def _digest(order: CampaignOrder, found: Sequence[AccountFacts]) -> str:
    """Of everything a person is shown: another account, or another word, is another campaign."""
    said = [order.portfolio_id, order.name, order.reason, order.channel.value, order.template, order.tone, order.note]
    said += [order.slot, order.first.isoformat(), order.last.isoformat(), order.chosen]
    said += [[one.account_id, one.overdue] for one in found]
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()
