"""Who is on the line: what they may be asked, and whether they answered well enough (handbook section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlmodel import Session, col, select

from collector.casework.views import work
from collector.foundation.errors import Conflict
from collector.foundation.keys import Keys
from collector.history.rules import TRIES, Held, Identifier, answers_needed, identifiers_on_file
from collector.history.tables import Verification
from collector.identity.rules import Actor
from collector.planning.tables import Task
from collector.portfolio.queries import account as account_of
from collector.portfolio.queries import person_of
from collector.portfolio.rules import ContactKind
from collector.portfolio.tables import Account, ContactPoint


@dataclass(frozen=True, slots=True)
class OnTheLine:
    """The person an agent's call in hand is with. `asks`: identifiers on file, the surest first."""

    task: Task
    asks: Sequence[Identifier]
    needed: int
    passed_at: datetime | None
    tries_left: int

    @property
    def is_closed(self) -> bool:
        """Whether nothing about the debt may be shown or said yet."""
        return self.passed_at is None


def on_the_line(session: Session, keys: Keys, actor: Actor, account: Account) -> OnTheLine | None:
    """The call this agent holds about that account or with its borrower; None: none."""
    task = work.in_hand(session, actor)
    if task is None or not _concerns(task, account):
        return None
    held = held_of(session, keys, task)
    tries = tries_of(session, task)
    return OnTheLine(
        task=task,
        asks=list(identifiers_on_file(held)),
        needed=answers_needed(held),
        passed_at=next((one.at for one in tries if one.passed), None),
        tries_left=max(0, TRIES - sum(not one.passed for one in tries)),
    )


def _concerns(task: Task, account: Account) -> bool:
    about = {task.account_id, *msgspec.json.decode(task.debts, type=list[int])}
    return account.id in about or task.person_id == account.person_id


def tries_of(session: Session, task: Task) -> Sequence[Verification]:
    """What was tried in that call."""
    statement = select(Verification).where(
        col(Verification.person_id) == task.person_id, col(Verification.call) == task.id
    )
    return session.exec(statement.order_by(col(Verification.id))).all()


def held_of(session: Session, keys: Keys, task: Task) -> Held:
    """What this portfolio has on file about the person who is called."""
    person, account = person_of(session, task.person_id), account_of(session, task.account_id)
    addresses = select(ContactPoint.value).where(
        col(ContactPoint.person_id) == task.person_id,
        col(ContactPoint.portfolio_id) == task.portfolio_id,
        col(ContactPoint.kind) == ContactKind.address,
    )
    return Held(
        id_type=person.id_type,
        id_no=keys.open(person.id_sealed) if person.id_sealed else None,
        addresses=list(session.exec(addresses)),
        employer=person.employer,
        account_no=account.account_no,
    )


def holds_call_about(session: Session, actor: Actor, account: Account) -> bool:
    """Whether this agent's call in hand is about that account or with its borrower."""
    task = work.in_hand(session, actor)
    return task is not None and _concerns(task, account)


def require_verified(session: Session, actor: Actor, account: Account) -> None:
    """Nothing that speaks of the debt is done in a call before the person is verified: a `Conflict` says how."""
    task = work.in_hand(session, actor)
    if task is None or not _concerns(task, account) or any(one.passed for one in tries_of(session, task)):
        return
    raise Conflict("verify the person first: two identifiers, before a word about the debt")
