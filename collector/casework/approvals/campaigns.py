"""Many people are not contacted on one person's word: a second one sees the campaign, and agrees."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework import actions
from collector.casework.approvals.kind import Kind
from collector.casework.office import Office
from collector.history.tables import Campaign
from collector.identity import actions as identity
from collector.identity.rules import Actor, ApprovalState, Role
from collector.identity.tables import Approval

CAMPAIGN = "campaign"


def propose(session: Session, campaign: Campaign, maker: Actor, now: datetime) -> Approval:
    """Ask a second person for exactly this campaign, once; after a no it may be asked for again."""
    subject = f"campaign:{campaign.id}"
    open_ = select(Approval).where(Approval.subject == subject, Approval.state == ApprovalState.open)
    waiting = session.exec(open_.order_by(col(Approval.id)).limit(1)).first()
    if waiting is not None:
        return waiting
    actions.ask_campaign(session, campaign, now, maker)
    body = {
        "campaign": campaign.id,
        "people": campaign.people,
        "accounts": campaign.accounts,
        "money": campaign.money,
        "channel": campaign.channel.value,
        "text": campaign.template,
        "shown": campaign.digest,
    }
    return identity.propose(session, CAMPAIGN, subject, body, maker, now, campaign.portfolio_id)


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    number = approval.body["campaign"]
    actions.start_campaign(session, office, campaign_id=number, at=at, actor=actor, approval_id=approval.id)


KIND = Kind(CAMPAIGN, frozenset({Role.supervisor, Role.operations}), carry_out)
