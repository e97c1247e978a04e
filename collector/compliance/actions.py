"""Keeping every gate that judges, so that whatever it decided can be judged again."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec
from sqlmodel import Session

from collector.audit.actions import record_change
from collector.compliance.rules import Policy
from collector.compliance.tables import PolicyText
from collector.foundation.database import lock_key

KEPT = "policies_kept"


def subject_of(portfolio_id: int) -> str:
    """What the audit calls the gate of a portfolio."""
    return f"policy:{portfolio_id}"


def keep_policy(session: Session, policy: Policy, portfolio_id: int, actor: str, at: datetime) -> None:
    """This gate judges for the portfolio: its text is kept once, and an entry tells when it changed."""
    kept: set[tuple[int, str]] = session.info.setdefault(KEPT, set())
    if (portfolio_id, policy.digest) in kept:
        return
    tightening = hashlib.sha256(msgspec.json.encode(policy.terms["tightening"], order="sorted")).hexdigest()
    detail = {"policy": policy.digest, "pack": policy.name, "tightening": tightening}
    if record_change(session, actor, "policy.used", subject_of(portfolio_id), detail, at):
        _keep_text(session, policy, at)
    kept.add((portfolio_id, policy.digest))


def _keep_text(session: Session, policy: Policy, at: datetime) -> None:
    lock_key(session, f"policy:{policy.digest}")
    if session.get(PolicyText, policy.digest) is None:
        session.add(PolicyText(digest=policy.digest, pack=policy.name, body=dict(policy.terms), kept_at=at))
        session.flush()
