"""A desk where terms are agreed: an agent proposes, somebody outside the team says yes, the borrower pays or signs."""

from __future__ import annotations

from datetime import date
from typing import Any

from floor import Borrower, Story, moment

from collector.casework import actions as casework
from collector.casework import approvals
from collector.casework.approvals import terms as asking
from collector.facts.actions import verify
from collector.facts.rules import AccountFacts
from collector.history.rules import DocumentKind
from collector.identity.rules import Actor, Level, Role
from collector.identity.tables import Approval
from collector.portfolio.rules import GuaranteeKind, PartyRole, PaymentState, Security
from collector.portfolio.tables import Account, Party, PaymentRow, Person
from collector.terms.actions import Order
from collector.terms.rules import TermsKind, TermsState
from collector.terms.tables import Terms

PAPER = b"\xff\xd8\xff signed "
NOW = "2026-05-20 10:00"
LAST = date(2026, 5, 29)
"""The day of the offers, a Friday."""


class Desk:
    """an agent proposes, a supervisor outside the team agrees."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.li = story.agent("li")
        self.wu = story.agent("wu", None, Level.senior, Role.supervisor)
        self.chen = story.agent("chen", None, Level.senior, Role.admin)
        self.who = story.borrower("2026-03-10", "2026-04-10", "2026-05-10")
        story.loaded_until("2026-05-20 09:00")
        story.follow(self.who, NOW)

    def propose(self, order: Order, at: str = NOW, who: Borrower | None = None) -> tuple[Terms, Approval]:
        def ask(session: Any, office: Any) -> tuple[Terms, Approval]:
            account = session.get_one(Account, (who or self.who).account_id)
            row, asked = asking.propose(session, office, account, order, self.li, moment(at))
            session.refresh(row)
            session.refresh(asked)
            return row, asked

        return self.story.do(ask)

    def decide(self, asked: Approval, *, yes: bool = True, by: Actor | None = None, at: str = NOW) -> None:
        more = {"shown": asked.digest, "yes": yes, "reason": "", "actor": by or self.chen, "now": moment(at)}
        self.story.do(approvals.decide, asked.id, **more)

    def offered(self, order: Order, by: Actor | None = None) -> Terms:
        row, asked = self.propose(order)
        self.decide(asked, by=by)
        return self.story.do(casework.offer_terms, terms_id=row.id, at=moment(NOW), actor=self.li)

    def state(self, row: Terms) -> TermsState:
        [found] = self.story.rows(Terms, Terms.id == row.id)
        return found.state

    def facts(self, at: str, who: Borrower | None = None) -> AccountFacts:
        return self.story.facts(who or self.who, at).accounts[0]

    def clean(self) -> None:
        with self.story.database.read() as session:
            assert verify(session) == []

    def undo(self, payment_id: int, at: str) -> None:
        """The bank takes a payment back."""
        with self.story.database.begin() as session:
            session.get_one(PaymentRow, payment_id).state = PaymentState.reversed
        self.story.follow(self.who, at)

    def file(self, kind: DocumentKind, at: str, person_id: int | None = None, who: Borrower | None = None) -> None:
        def put(session: Any, office: Any) -> None:
            account = session.get_one(Account, (who or self.who).account_id)
            more = {"kind": kind, "title": "paper", "actor": self.li, "now": moment(at), "person_id": person_id}
            casework.file_document(session, office, account, PAPER + at.encode(), **more)

        self.story.do(put)


def settlement(total: int = 2_000_00, due_on: date = LAST) -> Order:
    return Order(TermsKind.settlement, "lost the shop", total, due_on)


def guaranteed(desk: Desk) -> tuple[Borrower, int]:
    who = desk.story.borrower("2026-05-10", "2026-07-10", security=Security.guaranteed)
    with desk.story.database.begin() as session:
        person = Person(name="保证人", salt="g", natural_key="guarantor")
        session.add(person)
        session.flush()
        session.add(
            Party(
                account_id=who.account_id,
                person_id=person.id or 0,
                role=PartyRole.guarantor,
                guarantee_kind=GuaranteeKind.joint,
            )
        )
        session.flush()
        number = person.id or 0
    desk.story.follow(who, NOW)
    return who, number
