"""Reading what `facts.rules.hindsight` needs: when the records of some people were written down, and what a contact
point was before it was marked. The audit knows the latter."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, not_, or_, select
from sqlmodel import Session

from collector.audit.tables import AuditEntry
from collector.facts.reading.reader import Reader, columns_of, word
from collector.facts.rules import records as shapes
from collector.facts.rules.hindsight import Hindsight, Money, PointChange
from collector.history.rules import HoldScope
from collector.history.tables import Attempt, Dispute, Hold, OutcomeRow, Promise, StandingRow, Stop
from collector.portfolio.actions import PAYMENT_MATCHED, POINT_CHANGED, TAKEN_BACK
from collector.portfolio.rules import PaymentKind, PaymentState
from collector.portfolio.tables import PaymentRow

OURS = ("task:", "carrier:", "reply:")
"""How the natural keys of contacts begin that this installation made or took itself."""


def read_hindsight(session: Session, records: shapes.Records, person_ids: Collection[int]) -> Hindsight:
    """What was known when about these people, whose records were read."""
    reader, seen = Reader(session, records.books), Hindsight()
    accounts = {debt.account_id for debts in records.obligations.values() for debt in debts}
    _contacts(reader, seen, records)
    _stops(reader, seen, records, person_ids)
    _standing(reader, seen, person_ids)
    _holds(reader, seen, person_ids, accounts)
    if accounts:
        _money(reader, seen, accounts)
        _accounts(reader, seen, accounts)
    _points(reader, seen, records)
    return seen


def _contacts(reader: Reader, seen: Hindsight, records: shapes.Records) -> None:
    ids = {row.id for group in (records.attempts, records.about) for rows in group.values() for row in rows}
    if not ids:
        return
    made, said = columns_of(Attempt), columns_of(OutcomeRow)
    for attempt_id, recorded_at, outcome in reader.rows(
        select(said.attempt_id, reader.moment(said.recorded_at), word(said.outcome))
        .where(reader.among(said.attempt_id, ids))
        .order_by(said.id)
    ):
        seen.outcomes[attempt_id].append((recorded_at, outcome))
    ours = or_(*(made.natural_key.startswith(word_) for word_ in OURS))
    for attempt_id, recorded_at in reader.rows(
        select(made.id, reader.moment(made.recorded_at)).where(
            reader.among(made.id, ids), made.recorded_at > made.at, not_(ours)
        )
    ):
        seen.taken_over[attempt_id] = recorded_at


def _stops(reader: Reader, seen: Hindsight, records: shapes.Records, ids: Collection[int]) -> None:
    stop = columns_of(Stop)
    numbers = {phone.number for phones in records.phones.values() for phone in phones}
    mine = reader.among(stop.person_id, ids)
    if numbers:
        mine = or_(mine, reader.among(stop.number, sorted(numbers)))
    for row in reader.rows(
        select(stop.person_id, word(stop.kind), word(stop.channel), stop.number)
        .add_columns(*map(reader.moment, (stop.at, stop.until, stop.lifted_at, stop.recorded_at)))
        .where(stop.recorded_at > stop.at, mine)
    ):
        late = (row[7], shapes.StopRecord._make(row[:7]))
        if row[0] is not None:
            seen.late["stops", row[0]].append(late)
        if row[3] is not None:
            seen.late["number_stops", row[3]].append(late)


def _standing(reader: Reader, seen: Hindsight, ids: Collection[int]) -> None:
    said = columns_of(StandingRow)
    for row in reader.rows(
        select(said.person_id, said.portfolio_id, word(said.kind), word(said.channel), said.number)
        .add_columns(reader.moment(said.at), reader.moment(said.until), said.detail, said.id, said.account_id)
        .add_columns(reader.moment(said.recorded_at))
        .where(said.recorded_at > said.at, reader.among(said.person_id, ids))
    ):
        seen.late["standing", row[0]].append((row[10], shapes.StandingRecord._make(row[:10])))


def _holds(reader: Reader, seen: Hindsight, ids: Collection[int], accounts: Collection[int]) -> None:
    hold = columns_of(Hold)
    mine: ColumnElement[bool] = and_(hold.scope == HoldScope.person, reader.among(hold.person_id, ids))
    if accounts:
        mine = or_(mine, and_(hold.scope == HoldScope.account, reader.among(hold.account_id, accounts)))
    for row in reader.rows(
        select(hold.account_id, hold.person_id, word(hold.scope), word(hold.reason))
        .add_columns(*map(reader.moment, (hold.at, hold.until, hold.lifted_at, hold.recorded_at)))
        .where(hold.recorded_at > hold.at, mine)
    ):
        held = shapes.HoldRecord._make(row[:7])
        is_account = held.scope == HoldScope.account
        key = ("account_holds", held.account_id) if is_account else ("person_holds", held.person_id)
        seen.late[key[0], key[1] or 0].append((row[7], held))


def _accounts(reader: Reader, seen: Hindsight, accounts: Collection[int]) -> None:
    disputed, promise = columns_of(Dispute), columns_of(Promise)
    for row in reader.rows(
        select(
            disputed.account_id, *map(reader.moment, (disputed.at, disputed.answered_at, disputed.recorded_at))
        ).where(disputed.recorded_at > disputed.at, reader.among(disputed.account_id, accounts))
    ):
        seen.late["disputes", row[0]].append((row[3], shapes.DisputeRecord._make(row[:3])))
    for row in reader.rows(
        select(promise.id, promise.account_id, promise.amount, promise.paid, reader.moment(promise.due_at))
        .add_columns(reader.moment(promise.made_at), word(promise.state), reader.moment(promise.decided_at))
        .add_columns(reader.moment(promise.recorded_at))
        .where(promise.recorded_at > promise.made_at, reader.among(promise.account_id, accounts))
    ):
        seen.late["promises", row[1]].append((row[8], shapes.PromiseRecord._make(row[:8])))


def _money(reader: Reader, seen: Hindsight, accounts: Collection[int]) -> None:
    """Payments that stand and that were reversed; of a reversed one, until when it was thought to stand."""
    paid = columns_of(PaymentRow)
    back = PaymentRow.__table__.alias("back")  # type: ignore[attr-defined]
    joined = PaymentRow.__table__.outerjoin(  # type: ignore[attr-defined]
        back,
        and_(
            back.c.portfolio_id == paid.portfolio_id,
            back.c.reverses == paid.reference,
            back.c.kind == PaymentKind.reversal,
        ),
    )
    reversed_at = case((paid.state == PaymentState.reversed, reader.moment(back.c.loaded_at)))
    rows = reader.rows(
        select(paid.id, paid.account_id, reader.moment(paid.paid_at), paid.paid_on, paid.amount)
        .add_columns(reader.moment(paid.loaded_at), reversed_at)
        .select_from(joined)
        .where(
            reader.among(paid.account_id, accounts),
            paid.kind == PaymentKind.payment,
            paid.state.in_([PaymentState.applied, PaymentState.reversed]),
        )
    )
    matched = dict(_entries(reader, PAYMENT_MATCHED, "payment", [row[0] for row in rows]))
    taken = dict(_entries(reader, TAKEN_BACK, "payment", [row[0] for row in rows if row[6] is None]))
    for number, account_id, at, on, amount, loaded_at, until in rows:
        since = matched[number].at if number in matched else loaded_at
        ended = taken[number].at if number in taken else until
        seen.money[account_id].append(Money(shapes.PaymentRecord(at, on, amount), since, ended))


def _points(reader: Reader, seen: Hindsight, records: shapes.Records) -> None:
    ids = [phone.id for phones in records.phones.values() for phone in phones]
    for number, change in _entries(reader, POINT_CHANGED, "contact_point", ids):
        seen.points[number].append(change)


def _entries(reader: Reader, action: str, kind: str, ids: Collection[int]) -> Iterable[tuple[int, PointChange]]:
    """What the audit tells of these rows, in order: the row, when, and what it was before."""
    if not ids:
        return
    entry = columns_of(AuditEntry)
    subjects = [f"{kind}:{number}" for number in ids]
    for subject, at, detail in reader.rows(
        select(entry.subject, reader.moment(entry.at), entry.detail)
        .where(reader.among(entry.subject, subjects), entry.action == action)
        .order_by(entry.id)
    ):
        before: Any = detail.get("before")
        verified = before.get("verified_at") if isinstance(before, dict) else None
        when = int(datetime.fromisoformat(verified).timestamp()) if verified else None
        yield int(subject.split(":")[1]), PointChange(at, before, when)
