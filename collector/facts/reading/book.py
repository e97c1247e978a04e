"""What people owe: obligations, accounts, schedules, payments, and what hangs on an account."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Date, Select, String, cast, literal, null, select, union_all
from sqlmodel import Session

from collector.facts.reading.reader import Reader, columns_of, word
from collector.facts.rules import records as shapes
from collector.foundation.database import mostly
from collector.foundation.known import once
from collector.history.rules import ReferralKind, ReferralState
from collector.history.tables import ClockEvent, Dispute, LevelLowered, Offer, Promise, Referral, ReferralStep
from collector.identity.tables import User
from collector.law.reading import statute
from collector.law.rules import Guarantor
from collector.portfolio.rules import (
    OBLIGORS,
    CollectorType,
    EntryKind,
    Instalment,
    PartyRole,
    PaymentKind,
    PaymentState,
)
from collector.portfolio.tables import (
    Account,
    InstalmentBefore,
    InstalmentRow,
    LedgerEntry,
    Partner,
    Party,
    PauseRow,
    PaymentRow,
    Portfolio,
)

account, party, payment = columns_of(Account), columns_of(Party), columns_of(PaymentRow)
GUARANTEES = "guarantees"
"""Marks the guarantors of what these people borrowed, read along with what they owe themselves."""
ORDER = {"borrower": 0, "co_borrower": 1, "guarantor": 2}


def books(session: Session) -> dict[int, shapes.BookRecord]:
    """Every portfolio's terms. The collector is one number for all portfolios of a creditor who collects; and one
    for all that an agency or buyer collects, since an installation is one company."""
    return once(session, "books", lambda: _books(session))


def _books(session: Session) -> dict[int, shapes.BookRecord]:
    portfolio = columns_of(Portfolio)
    rows = session.connection().execute(
        select(portfolio.id, portfolio.timezone, portfolio.language, portfolio.jurisdiction, portfolio.grace_days)
        .add_columns(word(portfolio.collector_type), portfolio.creditor)
        .order_by(portfolio.id)
    )
    first: dict[str, int] = {}
    found: dict[int, shapes.BookRecord] = {}
    for row in rows:
        collects = f"creditor {row[6]}" if row[5] == CollectorType.creditor else "ourselves"
        found[row[0]] = shapes.BookRecord._make((*row[:5], first.setdefault(collects, row[0]), statute(row[3])))
    return found


def obligations(reader: Reader, ids: Collection[int]) -> None:
    """Who owes what: the borrower by the account itself, the others as parties. One row for each account; and who
    guarantees what they borrowed."""
    own = select(account.person_id, account.id, literal("borrower"), cast(null(), String), cast(null(), Date))
    others = select(
        party.person_id, party.account_id, word(party.role), word(party.guarantee_kind), party.guarantee_until
    ).where(reader.among(party.person_id, ids), party.role.in_(list(OBLIGORS)))
    seen: set[tuple[int, int]] = set()
    own = own.where(reader.among(account.person_id, ids))
    rows = reader.kept("obligations", ids, union_all(own, others, _guarantees(reader, ids)))
    for row in sorted(rows, key=lambda row: (row[0], row[1], ORDER.get(row[2], 0))):
        if row[2] == GUARANTEES:
            reader.found.guarantors[row[1]].append(Guarantor(row[0], row[3], row[4]))
            continue
        owed = shapes.Obligation._make(row)
        if (owed.person_id, owed.account_id) not in seen:
            seen.add((owed.person_id, owed.account_id))
            reader.found.obligations[owed.person_id].append(owed)


def _guarantees(reader: Reader, ids: Collection[int]) -> Select[Any]:
    """Who guarantees what these people borrowed, as rows of obligations that are marked."""
    columns = party.person_id, party.account_id, literal(GUARANTEES), word(party.guarantee_kind), party.guarantee_until
    return (
        select(*columns)
        .select_from(Party.__table__.join(Account.__table__, account.id == party.account_id))  # type: ignore[attr-defined]
        .where(reader.among(account.person_id, ids), party.role == PartyRole.guarantor)
    )


def book(reader: Reader, ids: Collection[int]) -> None:
    for row in reader.kept("accounts", ids, _accounts().where(reader.among(account.id, ids))):
        reader.found.accounts[row[0]] = shapes.AccountRecord._make(row)
    line, pause = columns_of(InstalmentRow), columns_of(PauseRow)
    for number, due_on, amount in reader.kept(
        "instalments",
        ids,
        select(line.account_id, line.due_on, line.amount_due).where(reader.among(line.account_id, ids)),
    ):
        reader.found.instalments[number].append(Instalment(due_on, amount))
    for row in reader.kept(
        "payments",
        ids,
        select(payment.account_id, reader.moment(payment.paid_at), payment.paid_on, payment.amount, payment.id).where(
            reader.among(payment.account_id, ids),
            mostly(payment.kind, PaymentKind.payment),
            mostly(payment.state, PaymentState.applied),
        ),
    ):
        reader.found.payments[row[0]].append(shapes.PaymentRecord._make(row[1:]))
    former_schedules(reader, ids)
    waivers(reader, ids)
    for number, first, last in reader.rare(
        pause.account_id,
        select(pause.account_id, pause.first, pause.last).where(reader.among(pause.account_id, ids)),
    ):
        reader.found.pauses[number].append((first, last))


def waivers(reader: Reader, ids: Collection[int]) -> None:
    """What was given up, each with the moment at which it was taken back."""
    entry, back = columns_of(LedgerEntry), LedgerEntry.__table__.alias("back")  # type: ignore[attr-defined]
    for row in reader.rare(
        entry.account_id,
        select(entry.account_id, reader.moment(entry.at), entry.booked_on, entry.amount, reader.moment(back.c.at))
        .select_from(LedgerEntry.__table__.outerjoin(back, back.c.takes_back == entry.id))  # type: ignore[attr-defined]
        .where(reader.among(entry.account_id, ids), entry.kind == EntryKind.waiver, entry.takes_back.is_(None))
        .order_by(entry.id),
    ):
        reader.found.waived[row[0]].append(shapes.WaivedRecord._make(row[1:]))


def former_schedules(reader: Reader, ids: Collection[int]) -> None:
    """The instalments that were replaced by agreement, by version."""
    former = columns_of(InstalmentBefore)
    versions: dict[tuple[int, int], shapes.FormerSchedule] = {}
    for number, version, until, due_on, amount in reader.rare(
        former.account_id,
        select(former.account_id, former.version, reader.moment(former.replaced_at))
        .add_columns(former.due_on, former.amount_due)
        .where(reader.among(former.account_id, ids))
        .order_by(former.account_id, former.version, former.due_on, former.number),
    ):
        if (number, version) not in versions:
            versions[number, version] = shapes.FormerSchedule(until, [])
            reader.found.former[number].append(versions[number, version])
        versions[number, version].lines.append(Instalment(due_on, amount))


def _accounts() -> Select[Any]:
    partner = columns_of(Partner)
    return select(
        account.id,
        account.portfolio_id,
        account.account_no,
        account.product,
        word(account.borrower_type),
        word(account.value_tier),
        word(account.security),
        partner.name,
        account.autopay,
        account.principal,
        account.matures_on,
        account.payday,
        account.owner_id,
        account.language,
        account.timezone,
        account.reported_on,
        account.reported_min,
        account.reported_max,
        account.reported_overdue,
        account.reported_balance,
        account.opened_on,
        account.arbitration,
        account.notarised,
        account.service_address,
    ).select_from(Account.__table__.outerjoin(Partner.__table__, partner.id == account.partner_id))  # type: ignore[attr-defined]


def promises(reader: Reader, ids: Collection[int]) -> None:
    """Promises, offers, referrals, disputes, lowered levels and events of clocks of accounts."""
    offers(reader, ids)
    row, referral, dispute = columns_of(Promise), columns_of(Referral), columns_of(Dispute)
    lowered = columns_of(LevelLowered)
    for made in reader.rare(
        row.account_id,
        select(row.id, row.account_id, row.amount, row.paid, reader.moment(row.due_at), reader.moment(row.made_at))
        .add_columns(word(row.state), reader.moment(row.decided_at))
        .where(reader.among(row.account_id, ids))
        .order_by(row.due_at, row.id),
    ):
        reader.found.promises[made[1]].append(shapes.PromiseRecord._make(made))
    for sent in reader.rare(
        referral.account_id,
        select(referral.account_id, referral.person_id, word(referral.kind), word(referral.state))
        .add_columns(reader.moment(referral.opened_at), reader.moment(referral.state_at))
        .where(reader.among(referral.account_id, ids)),
    ):
        reader.found.referrals[sent[0]].append(shapes.ReferralRecord._make(sent))
    for disputed in reader.rare(
        dispute.account_id,
        select(dispute.account_id, reader.moment(dispute.at), reader.moment(dispute.answered_at))
        .where(reader.among(dispute.account_id, ids))
        .order_by(dispute.id),
    ):
        reader.found.disputes[disputed[0]].append(shapes.DisputeRecord._make(disputed))
    for down in reader.rare(
        lowered.account_id,
        select(lowered.account_id, reader.moment(lowered.at), word(lowered.level))
        .where(reader.among(lowered.account_id, ids))
        .order_by(lowered.at, lowered.id),
    ):
        reader.found.lowered[down[0]].append(shapes.LoweredRecord._make(down))
    _negotiators(reader, ids)
    _clocks(reader, ids)


def offers(reader: Reader, ids: Collection[int]) -> None:
    """Terms that were offered."""
    offer = columns_of(Offer)
    for row in reader.rare(
        offer.account_id,
        select(offer.id, offer.account_id, offer.total)
        .add_columns(*map(reader.moment, (offer.at, offer.due_at, offer.kept_at, offer.ended_at)))
        .where(reader.among(offer.account_id, ids))
        .order_by(offer.at, offer.id),
    ):
        reader.found.offers[row[1]].append(shapes.OfferRecord._make(row))


def _negotiators(reader: Reader, ids: Collection[int]) -> None:
    """Who alone may talk about accounts that the legal team has."""
    step, user = columns_of(ReferralStep), columns_of(User)
    for row in reader.rare(
        step.account_id,
        select(step.account_id, reader.moment(step.at), step.state == ReferralState.accepted)
        .add_columns(step.negotiator_id, user.name)
        .select_from(ReferralStep.__table__.outerjoin(User.__table__, user.id == step.negotiator_id))  # type: ignore[attr-defined]
        .where(reader.among(step.account_id, ids), step.referred_to == ReferralKind.legal)
        .order_by(step.id),
    ):
        number, at, accepted, user_id, name = row
        reader.found.negotiators[number].append(shapes.NegotiatorRecord(number, at, bool(accepted), user_id, name))


def _clocks(reader: Reader, ids: Collection[int]) -> None:
    row = columns_of(ClockEvent)
    for told in reader.rare(
        row.account_id,
        select(row.account_id, reader.moment(row.recorded_at), row.id, word(row.kind), row.day, row.until)
        .add_columns(row.guarantor_id, row.about_id, row.place, word(row.contract), row.clock)
        .add_columns(row.document_id, row.attempt_id)
        .where(reader.among(row.account_id, ids))
        .order_by(row.id),
    ):
        reader.found.clocks[told[0]].append(shapes.ClockRecord._make(told))
