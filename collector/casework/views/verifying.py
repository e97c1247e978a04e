"""Who is on the line: what they may be asked, and whether they answered well enough (handbook section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.views.talks import Talk, is_verified, talk_in_hand, tries_of
from collector.foundation.errors import Conflict
from collector.foundation.keys import Keys
from collector.history.rules import TRIES, Held, Identifier, answers_needed, identifiers_on_file
from collector.identity.rules import Actor
from collector.portfolio.queries import account as account_of
from collector.portfolio.queries import person_of
from collector.portfolio.rules import ContactKind
from collector.portfolio.tables import Account, ContactPoint


@dataclass(frozen=True, slots=True)
class OnTheLine:
    """The person an agent's call in hand is with. `asks`: identifiers on file, the surest first."""

    talk: Talk
    asks: Sequence[Identifier]
    needed: int
    passed_at: datetime | None
    tries_left: int

    @property
    def is_closed(self) -> bool:
        """Whether nothing about the debt may be shown or said yet."""
        return self.passed_at is None


def on_the_line(session: Session, keys: Keys, actor: Actor, account: Account) -> OnTheLine | None:
    """The talk this agent has about that account or with its borrower; None: none."""
    talk = talk_in_hand(session, actor)
    if talk is None or not talk.concerns(account):
        return None
    held = held_of(session, keys, talk)
    tries = tries_of(session, talk)
    return OnTheLine(
        talk=talk,
        asks=list(identifiers_on_file(held)),
        needed=answers_needed(held),
        passed_at=next((one.at for one in tries if one.passed and one.person_id == talk.person_id), None),
        tries_left=max(0, TRIES - sum(not one.passed for one in tries)),
    )


def held_of(session: Session, keys: Keys, talk: Talk) -> Held:
    """What this portfolio has on file about the person who talks."""
    person, account = person_of(session, talk.person_id), account_of(session, talk.account_id)
    addresses = select(ContactPoint.value).where(
        col(ContactPoint.person_id) == talk.person_id,
        col(ContactPoint.portfolio_id) == talk.portfolio_id,
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
    """Whether this agent's talk is about that account or with its borrower."""
    talk = talk_in_hand(session, actor)
    return talk is not None and talk.concerns(account)


def require_verified(session: Session, actor: Actor, account: Account) -> None:
    """Nothing that speaks of the debt is done in a call before the person is verified: a `Conflict` says how."""
    talk = talk_in_hand(session, actor)
    if talk is None or not talk.concerns(account) or is_verified(session, talk):
        return
    raise Conflict("verify the person first: two identifiers, before a word about the debt")
