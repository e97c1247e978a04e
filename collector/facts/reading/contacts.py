"""How people were contacted, and what they said."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Select, Text, case, cast, exists, select, type_coerce

from collector.facts.reading.reader import Reader, columns_of, word
from collector.facts.rules import records as shapes
from collector.history.tables import (
    Attempt,
    CallbackRow,
    Campaign,
    CampaignMember,
    ClosingRefused,
    Delivery,
    Disposition,
    OutcomeRow,
    RoundEnded,
)
from collector.portfolio.rules import OBLIGORS, ContactKind
from collector.portfolio.tables import Account, ContactPoint, Party

account, attempt, party = columns_of(Account), columns_of(Attempt), columns_of(Party)
ARRIVED = ("delivered", "read")
"""Receipts that prove a message reached the phone."""


def contacts(reader: Reader, ids: Collection[int]) -> None:
    for _, made in _read_attempts(
        reader, "attempts", ids, _attempts(reader).where(reader.among(attempt.person_id, ids))
    ):
        reader.found.attempts[made.person_id].append(made)
    said = columns_of(Disposition)
    for row in reader.rare(
        said.person_id,
        select(said.person_id, said.account_id, reader.moment(said.occurred_at), said.refuses, word(said.cause))
        .add_columns(word(said.willingness))
        .where(reader.among(said.person_id, ids))
        .order_by(said.id),
    ):
        reader.found.dispositions[row[0]].append(shapes.DispositionRecord._make(row))
    agreed = columns_of(CallbackRow)
    for row in reader.rare(
        agreed.person_id,
        select(agreed.id, agreed.person_id, agreed.account_id, agreed.contact_point_id, agreed.user_id)
        .add_columns(*map(reader.moment, (agreed.due_at, agreed.made_at, agreed.done_at)))
        .where(reader.among(agreed.person_id, ids)),
    ):
        reader.found.callbacks[row[1]].append(shapes.CallbackRecord._make(row))
    _campaigns(reader, ids)


def _campaigns(reader: Reader, ids: Collection[int]) -> None:
    """What campaigns released, whether or not it is over."""
    member, campaign = columns_of(CampaignMember), columns_of(Campaign)
    for row in reader.rare(
        member.person_id,
        select(member.person_id, member.campaign_id, member.account_id, word(campaign.channel))
        .add_columns(campaign.template, campaign.tone, campaign.slot)
        .add_columns(*map(reader.moment, (member.released_at, campaign.ends_at, member.ended_at)))
        .select_from(CampaignMember.__table__.join(Campaign.__table__, campaign.id == member.campaign_id))  # type: ignore[attr-defined]
        .where(reader.among(member.person_id, ids), member.released_at.is_not(None)),
    ):
        reader.found.campaigns[row[0]].append(shapes.CampaignRecord._make(row))


def about(reader: Reader, ids: Collection[int]) -> None:
    """Contacts about these accounts with people who do not owe them."""
    owes = exists().where(
        party.account_id == attempt.account_id,
        party.person_id == attempt.person_id,
        party.role.in_(list(OBLIGORS)),
    )
    borrower = exists().where(account.id == attempt.account_id, account.person_id == attempt.person_id)
    statement = _attempts(reader).where(reader.among(attempt.account_id, ids), ~borrower, ~owes)
    for lead, row in _read_attempts(reader, "about", ids, statement):
        reader.found.about[lead or 0].append(row)


_debts = lru_cache(maxsize=10_000)(msgspec.json.Decoder(tuple[int, ...]).decode)
"""Ids of accounts from their JSON: the contacts of a person are mostly about the same ones."""


def _attempts(reader: Reader) -> Select[Any]:
    """Attempts with the outcome that holds: the newest row."""
    outcome, receipt = columns_of(OutcomeRow), columns_of(Delivery)
    newest = (
        select(word(outcome.outcome))
        .where(outcome.attempt_id == attempt.id)
        .order_by(outcome.id.desc())
        .limit(1)
        .correlate(Attempt.__table__)  # type: ignore[attr-defined]
        .scalar_subquery()
    )
    return select(
        attempt.id,
        reader.moment(attempt.at),
        attempt.day,
        attempt.person_id,
        attempt.portfolio_id,
        attempt.contact_point_id,
        word(attempt.channel),
        word(attempt.direction),
        attempt.number,
        attempt.caller,
        attempt.slot,
        attempt.purpose,
        attempt.step,
        cast(attempt.debts, Text) if reader.postgresql else type_coerce(attempt.debts, Text),
        newest,
        case((receipt.status.in_(ARRIVED), reader.moment(receipt.at))),
        attempt.level,
        attempt.account_id,
    ).select_from(Attempt.__table__.outerjoin(Delivery.__table__, receipt.attempt_id == attempt.id))  # type: ignore[attr-defined]


def _read_attempts(
    reader: Reader, what: str, ids: Collection[int], statement: Select[Any]
) -> Iterable[tuple[int | None, shapes.AttemptRecord]]:
    for row in reader.kept(what, ids, statement.order_by(attempt.at, attempt.id)):
        yield row[17], shapes.AttemptRecord._make((*row[:13], _debts(row[13]), *row[14:17]))


def phones(reader: Reader, ids: Collection[int]) -> None:
    point = columns_of(ContactPoint)
    for row in reader.rows(
        select(point.id, point.person_id, point.value, word(point.owner), word(point.status), point.label)
        .add_columns(point.timezone, reader.moment(point.verified_at), point.portfolio_id)
        .where(reader.among(point.person_id, ids), point.kind == ContactKind.phone)
        .order_by(point.rank, point.id)
    ):
        reader.found.phones[row[1]].append(shapes.PhoneRecord._make(row))
    ended, refused = columns_of(RoundEnded), columns_of(ClosingRefused)
    for row in reader.rare(
        ended.person_id,
        select(ended.contact_point_id, reader.moment(ended.at), word(ended.how))
        .where(reader.among(ended.person_id, ids))
        .order_by(ended.at, ended.id),
    ):
        reader.found.round_ends[row[0]].append(shapes.RoundEndRecord._make(row))
    for number, at, rules in reader.rare(
        refused.person_id,
        select(refused.contact_point_id, reader.moment(refused.at), refused.rules)
        .where(reader.among(refused.person_id, ids))
        .order_by(refused.at, refused.id),
    ):
        reader.found.closings_refused[number].append(shapes.ClosingRefusedRecord(number, at, tuple(rules)))
