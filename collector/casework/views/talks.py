"""The talk an agent has in hand, whoever called whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlmodel import Session, col, select

from collector.casework.views import work
from collector.dispatch.queries import inbound_in_hand
from collector.dispatch.rules import InboundState
from collector.dispatch.tables import InboundCall
from collector.foundation.errors import NotFound
from collector.history.tables import Attempt, Verification
from collector.identity.rules import Actor
from collector.planning.tables import Task
from collector.portfolio.tables import Account


@dataclass(frozen=True, slots=True)
class Talk:
    """With whom, and about which accounts, the lead first. A call of ours has a task, one that came in `inbound`."""

    person_id: int
    account_id: int
    portfolio_id: int
    debts: frozenset[int]
    task: Task | None = None
    inbound: InboundCall | None = None

    def concerns(self, account: Account) -> bool:
        """Whether it is about that account or with its borrower."""
        return account.id in self.debts or self.person_id == account.person_id


def talk_in_hand(session: Session, actor: Actor) -> Talk | None:
    """The one this agent holds. A call that came in goes before one that was taken and not dialled."""
    inbound = inbound_in_hand(session, actor.user_id)
    if inbound is not None and inbound.person_id is not None and inbound.account_id is not None:
        return talk_with(session, inbound)
    task = work.in_hand(session, actor)
    return talk_of(task) if task is not None else None


def talk_of(task: Task) -> Talk:
    debts = frozenset(msgspec.json.decode(task.debts, type=list[int]))
    return Talk(task.person_id, task.account_id, task.portfolio_id, debts | {task.account_id}, task=task)


def talk_with(session: Session, call: InboundCall) -> Talk:
    """Of a call that came in, once it is known who it is: `NotFound` before."""
    if call.person_id is None or call.account_id is None:
        raise NotFound("first choose who is calling")
    account = session.get_one(Account, call.account_id)
    attempt = session.get(Attempt, call.attempt_id) if call.attempt_id is not None else None
    debts = frozenset(attempt.debts if attempt is not None else ()) | {call.account_id}
    return Talk(call.person_id, call.account_id, account.portfolio_id, debts, inbound=call)


def tries_of(session: Session, talk: Talk) -> Sequence[Verification]:
    """What was tried in that talk. In a call that came in, whoever they said they were: who is not one may not try on
    as another."""
    if talk.inbound is not None:
        made = col(Verification.inbound) == talk.inbound.id
    else:
        made = col(Verification.call) == (talk.task.id if talk.task is not None else None)
        made = made & (col(Verification.person_id) == talk.person_id)
    return session.exec(select(Verification).where(made).order_by(col(Verification.id))).all()


def is_verified(session: Session, talk: Talk) -> bool:
    return any(one.passed and one.person_id == talk.person_id for one in tries_of(session, talk))


def ended_inbound(session: Session, actor: Actor, call_id: int, account_id: int) -> Talk | None:
    """A call that came in, was about that account, and whose result this agent said: they may say it again."""
    call = session.get(InboundCall, call_id)
    if call is None or call.user_id != actor.user_id or call.account_id != account_id:
        return None
    return talk_with(session, call) if call.state is InboundState.done else None
