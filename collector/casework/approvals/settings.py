"""What holds for a whole portfolio: the creditor's own data on papers, and how its debts are reckoned. Nobody changes
either alone: a court is told the one, and every balance follows from the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals.kind import Kind
from collector.casework.approvals.waiting import ask
from collector.casework.letters import wording
from collector.casework.office import Office
from collector.foundation.errors import BadInput
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.portfolio.queries import settings_of
from collector.portfolio.rules.settings import CREDITOR, SettingKind, read_reckoning
from collector.portfolio.tables import Portfolio
from collector.texts.rules import VALUES, bare_language

SETTING = "portfolio_setting"
MOST_REASON = 200


def propose(
    session: Session,
    portfolio: Portfolio,
    kind: SettingKind,
    wanted: Mapping[str, Any],
    reason: str,
    maker: Actor,
    now: datetime,
) -> Approval:
    """Ask a second person, once. `BadInput` names everything that is wrong, or says that nothing would change."""
    if not 0 < len(reason.strip()) <= MOST_REASON:
        raise BadInput(f"say in 1 to {MOST_REASON} characters by what it is so: the register, a clause of the contract")
    body = _creditor(portfolio, wanted) if kind is SettingKind.creditor else read_reckoning(wanted).as_data()
    before = _held(session, portfolio, kind)
    if before == body:
        raise BadInput("nothing would change: it is so already")
    asked = {"portfolio": portfolio.id, "kind": kind.value, "reason": reason.strip(), "before": before, "after": body}
    return ask(session, SETTING, f"portfolio:{portfolio.id}/{kind}", asked, maker, now, portfolio.id)


def _creditor(portfolio: Portfolio, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """As papers print it, checked as what is entered with a letter is; whom a number belongs to, the second person
    looks at."""
    language = "zh" if bare_language(portfolio.language) == "zh" else "en"
    fields = [VALUES[name] for name in CREDITOR]
    given = {name: str(wanted.get(name, "")) for name in CREDITOR}
    return dict(wording.entered(fields, given, portfolio.currency, language, None))


def _held(session: Session, portfolio: Portfolio, kind: SettingKind) -> dict[str, Any]:
    rows = settings_of(session, portfolio.id or 0, kind)
    return dict(rows[0].body) if rows else {}


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    body = approval.body
    actions.set_portfolio(
        session,
        office,
        body["portfolio"],
        SettingKind(body["kind"]),
        body["after"],
        reason=body["reason"],
        asked_by=approval.maker,
        actor=actor,
        now=at,
    )


KIND = Kind(SETTING, frozenset({Role.supervisor, Role.legal, Role.admin}), carry_out)
