"""The records of one account that go into its case file, up to a moment, and nothing that may not leave."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session, SQLModel, col, or_, select

from collector.audit.rules import GENESIS
from collector.audit.tables import AuditCheckpoint, AuditEntry, AuditLink
from collector.dispatch.queries import recordings_of
from collector.dispatch.tables import InboundMessage, Recording, Submission
from collector.facts.clocks import read_clocks
from collector.facts.rules.lapsing import Clocks
from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.foundation.keys import Keys
from collector.history.queries import called_on, originals_out
from collector.history.rules import Channel, DocumentKind
from collector.history.tables import Attempt, Delivery, Dispute, Document, Hold, OutcomeRow, Promise
from collector.identity.rules import ApprovalState
from collector.identity.tables import Approval
from collector.legal.casefile.rules import Have, Obligor
from collector.legal.matters.queries import Handed
from collector.portfolio.queries import rate_changes, statement_of
from collector.portfolio.rules import OBLIGORS, ContactKind, PartyRole, PaymentState
from collector.portfolio.rules.balance import Statement
from collector.portfolio.tables import (
    Account,
    ContactPoint,
    InstalmentRow,
    Party,
    PaymentRow,
    Person,
    Portfolio,
    RateChange,
)
from collector.terms.rules import TermsKind, TermsState
from collector.terms.tables import Terms

TASK = "task:"
"""How the key of an attempt begins that a task led to."""


class Somebody(NamedTuple):
    """A person on the account. `id_no` is read only of those who owe."""

    person: Person
    role: PartyRole
    party: Party | None
    id_no: str | None

    @property
    def owes(self) -> bool:
        return self.role in OBLIGORS


class Link(NamedTuple):
    """An entry of the audit and its place in the chain (None: not sealed yet). `before`: the hash it stands on."""

    entry: AuditEntry
    position: int | None
    entry_hash: str
    before: str
    hash: str


@dataclass(frozen=True, slots=True)
class Material:
    """Everything, oldest first."""

    account: Account
    portfolio: Portfolio
    as_of: datetime
    people: Sequence[Somebody]
    points: Sequence[ContactPoint]
    instalments: Sequence[InstalmentRow]
    payments: Sequence[PaymentRow]
    rates: Sequence[RateChange]
    statement: Statement
    attempts: Sequence[Attempt]
    outcomes: Mapping[int, OutcomeRow]
    """The newest of each attempt."""
    deliveries: Mapping[int, Delivery]
    submissions: Mapping[int, Submission]
    """By attempt."""
    recordings: Mapping[int, Recording]
    """By attempt."""
    received: Sequence[InboundMessage]
    promises: Sequence[Promise]
    disputes: Sequence[Dispute]
    holds: Sequence[Hold]
    terms: Sequence[Terms]
    """Those that the borrower was told of."""
    approvals: Sequence[Approval]
    documents: Sequence[Document]
    """Without what is privileged, and what a later paper took the place of."""
    audit: Sequence[Link]
    checkpoint: AuditCheckpoint | None
    """The first that covers all of them."""
    held_payments: int
    originals_out: int
    """Originals on loan, or lost."""
    clocks: Clocks
    """Limitation, guarantee periods and terms of court as they stood, with what was recorded of them."""

    matter: Handed | None = None
    """Of a file for counsel: how far the suit has come, its days at court and its costs."""

    def somebody(self, person_id: int | None) -> Somebody | None:
        return next((one for one in self.people if one.person.id == person_id), None)


def read_material(session: Session, keys: Keys, account: Account, portfolio: Portfolio, as_of: datetime) -> Material:
    """Of the account, as its own portfolio knows it."""
    people = list(_people(session, keys, account))
    ids = [one.person.id or 0 for one in people]
    attempts = _attempts(session, account, ids, as_of)
    numbers = [row.id or 0 for row in attempts]
    mine = _mine(session, account, as_of)
    documents = _documents(session, account, as_of)
    approvals = _approvals(session, account, mine, as_of)
    rows: list[SQLModel] = [account, *attempts, *mine.all, *documents, *approvals]
    audit = _audit(session, rows, as_of)
    day = local_day(as_of, portfolio.timezone)
    called = called_on(session, account.id or 0, day, as_of)
    tasks = {int(row.natural_key.removeprefix(TASK)): row.id or 0 for row in attempts if _task_of(row)}
    return Material(
        account=account,
        portfolio=portfolio,
        as_of=as_of,
        people=people,
        points=_points(session, account, ids),
        instalments=_of(session, InstalmentRow, account, "due_on"),
        payments=[row for row in _of(session, PaymentRow, account, "paid_at") if row.paid_at <= as_of],
        rates=[row for row in rate_changes(session, account) if row.recorded_at <= as_of],
        statement=statement_of(session, account, portfolio, day, called_on=called),
        attempts=attempts,
        outcomes=_outcomes(session, numbers, as_of),
        deliveries={row.attempt_id: row for row in _by(session, Delivery, "attempt_id", numbers) if row.at <= as_of},
        submissions={tasks[row.task_id or 0]: row for row in _by(session, Submission, "task_id", tasks)},
        recordings=recordings_of(session, numbers),
        received=_received(session, account, ids, as_of),
        promises=mine.promises,
        disputes=mine.disputes,
        holds=mine.holds,
        terms=mine.terms,
        approvals=approvals,
        documents=documents,
        audit=audit,
        checkpoint=_checkpoint(session, audit),
        held_payments=_held(session, account),
        originals_out=originals_out(session, account.id or 0, as_of),
        clocks=read_clocks(session, [account.id or 0], as_of).get(account.id or 0, Clocks()),
    )


def have(material: Material, lacking: int = 0) -> Have:
    """What the completeness check looks at."""
    papers = [row.kind for row in material.documents]
    addressed = {point.person_id for point in material.points if point.kind is ContactKind.address}
    covers = material.portfolio.payments_as_of
    return Have(
        security=material.account.security,
        collector_type=material.portfolio.collector_type,
        papers=frozenset(papers),
        obligors=[
            Obligor(one.person.id or 0, one.role, one.id_no is not None, one.person.id in addressed)
            for one in material.people
            if one.owes
        ],
        identified=frozenset(_identified(material)),
        gaps=material.statement.gaps,
        has_opening=material.account.opened_on is not None,
        letters=sum(row.channel is Channel.letter for row in material.attempts),
        receipts=papers.count(DocumentKind.letter_receipt) + papers.count(DocumentKind.letter_returned),
        held_payments=material.held_payments,
        originals_out=material.originals_out,
        payments_current=covers is not None and local_day(covers, material.portfolio.timezone) >= _yesterday(material),
        unsealed=sum(link.position is None for link in material.audit),
        lacking=lacking,
    )


def _yesterday(material: Material) -> date:
    return local_day(material.as_of, material.portfolio.timezone) - timedelta(days=1)


def _identified(material: Material) -> Iterator[int]:
    """Whose ID copy is on file; one that names nobody is the borrower's."""
    for row in material.documents:
        if row.kind is DocumentKind.identity:
            yield row.person_id or material.account.person_id


def _people(session: Session, keys: Keys, account: Account) -> Iterator[Somebody]:
    parties = session.exec(select(Party).where(Party.account_id == account.id).order_by(col(Party.id))).all()
    ids = {account.person_id, *(row.person_id for row in parties)}
    known = {row.id: row for row in session.exec(select(Person).where(among(session, Person.id, ids)))}
    listed = [(account.person_id, PartyRole.borrower, None), *((row.person_id, row.role, row) for row in parties)]
    seen = set()
    for person_id, role, party in listed:
        if (person_id, role) in seen:
            continue
        seen.add((person_id, role))
        person = known[person_id]
        sealed = person.id_sealed if role in OBLIGORS else None
        yield Somebody(person, role, party, keys.open(sealed) if sealed else None)


def _points(session: Session, account: Account, ids: Collection[int]) -> Sequence[ContactPoint]:
    mine = ContactPoint.portfolio_id == account.portfolio_id
    rows = select(ContactPoint).where(mine, among(session, ContactPoint.person_id, ids))
    return session.exec(rows.order_by(col(ContactPoint.rank), col(ContactPoint.id))).all()


def _of(session: Session, table: Any, account: Account, order: str) -> Sequence[Any]:
    columns = table.__table__.c
    rows = select(table).where(columns.account_id == account.id)
    return session.exec(rows.order_by(columns[order], columns.id)).all()


def _by(session: Session, table: Any, column: str, values: Collection[int]) -> Sequence[Any]:
    return session.exec(select(table).where(among(session, table.__table__.c[column], values))).all() if values else []


def _task_of(row: Attempt) -> bool:
    return row.natural_key.startswith(TASK) and row.natural_key.removeprefix(TASK).isdigit()


def _attempts(session: Session, account: Account, ids: Collection[int], as_of: datetime) -> Sequence[Attempt]:
    rows = session.exec(
        select(Attempt)
        .where(
            among(session, Attempt.person_id, ids), Attempt.portfolio_id == account.portfolio_id, Attempt.at <= as_of
        )
        .order_by(col(Attempt.at), col(Attempt.id))
    )
    return [row for row in rows if row.account_id == account.id or account.id in row.debts]


def _outcomes(session: Session, numbers: Collection[int], as_of: datetime) -> dict[int, OutcomeRow]:
    rows = select(OutcomeRow).where(among(session, OutcomeRow.attempt_id, numbers), OutcomeRow.recorded_at <= as_of)
    return {row.attempt_id: row for row in session.exec(rows.order_by(col(OutcomeRow.id)))}


def _received(session: Session, account: Account, ids: Collection[int], as_of: datetime) -> Sequence[InboundMessage]:
    rows = select(InboundMessage).where(
        among(session, InboundMessage.person_id, ids),
        InboundMessage.portfolio_id == account.portfolio_id,
        InboundMessage.at <= as_of,
    )
    return session.exec(rows.order_by(col(InboundMessage.at), col(InboundMessage.id))).all()


class _Mine(NamedTuple):
    promises: Sequence[Promise]
    disputes: Sequence[Dispute]
    holds: Sequence[Hold]
    terms: Sequence[Terms]

    @property
    def all(self) -> list[SQLModel]:
        return [*self.promises, *self.disputes, *self.holds, *self.terms]


def _mine(session: Session, account: Account, as_of: datetime) -> _Mine:
    promises = [row for row in _of(session, Promise, account, "made_at") if row.recorded_at <= as_of]
    disputes = [row for row in _of(session, Dispute, account, "at") if row.recorded_at <= as_of]
    holds = [row for row in _of(session, Hold, account, "at") if row.recorded_at <= as_of]
    return _Mine(
        promises, disputes, holds, [row for row in _of(session, Terms, account, "proposed_at") if _told(row, as_of)]
    )


def _told(row: Terms, as_of: datetime) -> bool:
    """Whether the borrower was told of the terms, or they took effect: what was only proposed or agreed to within the
    house leaves it in no file, nor does what concerns the creditor's books alone."""
    known = row.state in (TermsState.offered, TermsState.fulfilled) or row.offer_id is not None
    return known and row.kind not in (TermsKind.write_off, TermsKind.recourse) and row.state_at <= as_of


def _documents(session: Session, account: Account, as_of: datetime) -> list[Document]:
    rows = session.exec(
        select(Document)
        .where(Document.account_id == account.id, Document.stored_at <= as_of)
        .order_by(col(Document.id))
    ).all()
    replaced = {row.replaces_id for row in rows}
    return [row for row in rows if not row.privileged and row.id not in replaced]


def _approvals(session: Session, account: Account, mine: _Mine, as_of: datetime) -> Sequence[Approval]:
    """Those that two people agreed to, about the account or something of it."""
    subjects = [f"{row.__tablename__}:{row.id}" for row in (account, *mine.all)]  # type: ignore[attr-defined]
    given = {row.approval_id for row in mine.promises if row.approval_id}
    rows = select(Approval).where(
        Approval.state == ApprovalState.approved,
        or_(among(session, Approval.subject, subjects), among(session, Approval.id, given or {0})),
        col(Approval.decided_at) <= as_of,
    )
    return session.exec(rows.order_by(col(Approval.id))).all()


def _held(session: Session, account: Account) -> int:
    """Payments that wait for a person and may be of this account: by its number or its card."""
    rows = select(PaymentRow.id).where(
        PaymentRow.portfolio_id == account.portfolio_id,
        PaymentRow.state == PaymentState.held,
        or_(
            col(PaymentRow.account_no) == account.account_no,
            (col(PaymentRow.card_no) == account.card_no) & col(PaymentRow.card_no).is_not(None),
        ),
    )
    return len(session.exec(rows).all())


def _audit(session: Session, rows: Collection[SQLModel], as_of: datetime) -> list[Link]:
    subjects = [f"{row.__tablename__}:{row.id}" for row in rows]  # type: ignore[attr-defined]
    found = session.exec(
        select(AuditEntry, AuditLink)
        .join(AuditLink, col(AuditLink.entry_id) == col(AuditEntry.id), isouter=True)
        .where(among(session, AuditEntry.subject, subjects), AuditEntry.at <= as_of)
        .order_by(col(AuditEntry.id))
    ).all()
    places = [link.position - 1 for _, link in found if link is not None]
    earlier = session.exec(select(AuditLink).where(among(session, AuditLink.position, places)))
    before = {row.position: row.hash for row in earlier}
    return [_link(entry, link, before) for entry, link in found]


def _link(entry: AuditEntry, link: AuditLink | None, before: Mapping[int, str]) -> Link:
    if link is None:
        return Link(entry, None, "", "", "")
    return Link(entry, link.position, link.entry_hash, before.get(link.position - 1, GENESIS), link.hash)


def _checkpoint(session: Session, audit: Sequence[Link]) -> AuditCheckpoint | None:
    last = max((link.position for link in audit if link.position is not None), default=None)
    if last is None:
        return None
    rows = select(AuditCheckpoint).where(AuditCheckpoint.position >= last)
    return session.exec(rows.order_by(col(AuditCheckpoint.position)).limit(1)).first()
