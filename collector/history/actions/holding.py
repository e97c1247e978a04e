"""Giving accounts to owners, and letting owners keep them; each is on record from then on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.foundation.database import among
from collector.history.actions.keep import add, words_of
from collector.history.rules import HoldingReason
from collector.history.tables import CallbackRow, HoldingRow, KeepRow
from collector.identity.rules import Actor
from collector.portfolio.tables import Account


class Given(NamedTuple):
    """From now on an account is this owner's, with that stand-in; None: nobody's."""

    account_id: int
    owner_id: int | None
    standby_id: int | None
    why: HoldingReason
    rule: str = ""


def give(session: Session, gifts: Iterable[Given], at: datetime, actor: Actor, note: str = "") -> int:
    """Write down who has these accounts from now on. Call-backs that the old owner agreed go along. Returns how many
    accounts changed hands or stand-in; what is so already is not written again."""
    wanted = {one.account_id: one for one in gifts}
    rows = session.exec(select(Account).where(among(session, Account.id, wanted)).order_by(col(Account.id))).all()
    changed = [row for row in rows if (row.owner_id, row.standby_id) != wanted[row.id or 0][1:3]]
    _pass_on(session, {row.id or 0: (row.owner_id, wanted[row.id or 0].owner_id) for row in changed}, at, actor)
    for row in changed:
        to = wanted[row.id or 0]
        detail = {"owner": to.owner_id, "standby": to.standby_id, "before": row.owner_id, "why": to.why.value}
        if note:
            detail["note"] = words_of(session, row.person_id, note)
        row.owner_id, row.standby_id = to.owner_id, to.standby_id
        holding = HoldingRow(
            account_id=to.account_id,
            owner_id=to.owner_id,
            standby_id=to.standby_id,
            at=at,
            recorded_at=at,
            why=to.why,
            rule=to.rule,
            note=note,
            actor=actor.name,
        )
        session.add_all([row, holding])
        record(session, actor.name, "account.held", f"account:{row.id}", detail, at)
    session.flush()
    return len(changed)


def _pass_on(session: Session, owners: Mapping[int, tuple[int | None, int | None]], at: datetime, actor: Actor) -> None:
    """A call that somebody asked for is made by whoever has the account when it is due."""
    waiting = select(CallbackRow).where(among(session, CallbackRow.account_id, owners))
    for row in session.exec(waiting.where(col(CallbackRow.done_at).is_(None)).order_by(col(CallbackRow.id))):
        before, after = owners[row.account_id]
        if row.user_id is not None and row.user_id == before != after:
            row.user_id = after
            session.add(row)
            record(session, actor.name, "callback.passed_on", f"callback:{row.id}", {"from": before, "to": after}, at)


def keep_account(
    session: Session,
    account: Account,
    until: date | None,
    *,
    owner_id: int,
    reason: str,
    at: datetime,
    actor: Actor,
    approval_id: int | None = None,
) -> KeepRow:
    """Its owner keeps it until that day, included; None: no longer than its period."""
    row = KeepRow(
        account_id=account.id or 0,
        owner_id=owner_id,
        until=until,
        reason=reason,
        at=at,
        actor=actor.name,
        approval_id=approval_id,
    )
    words = words_of(session, account.person_id, reason)
    detail = {"account": account.id, "owner": owner_id, "until": str(until) if until else None, "reason": words}
    add(session, row, actor.name, "account.kept", detail, at)
    return row
