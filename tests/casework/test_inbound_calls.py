"""Somebody calls one of our numbers: to the desk that knows the account, else a sentence and a note for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from floor import CALLERS, Borrower, Story, moment

from collector.casework import actions as casework
from collector.dispatch.tables import InboundMessage
from collector.history.tables import Attempt
from collector.identity.absences import note_absence
from collector.identity.rules import Actor
from collector.identity.tables import User
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account, Party

AT = moment("2026-05-12 10:00")
LINE = CALLERS["CN"][0]
DESK, STAND_IN = "+862155519991", "+862155519992"


def calls(story: Story, sender: str, sid: str = "CA1") -> str:
    answer: str = story.do(casework.inbound_call, sid=sid, sender=sender, to=LINE, at=AT)
    return answer


@pytest.fixture
def owned(story: Story) -> Callable[..., Borrower]:
    """Somebody whose account belongs to li, and to wu while li is away."""
    li, wu = story.agent("li", DESK), story.agent("wu", STAND_IN)

    def made(owner: Actor | None = li) -> Borrower:
        standby = wu.user_id if owner else None
        return story.borrower("2026-05-11", "2026-06-11", owner_id=owner and owner.user_id, standby_id=standby)

    return made


def test_a_known_number_reaches_the_owner_again_and_again_and_counts_once(
    story: Story, owned: Callable[..., Borrower]
) -> None:
    who = owned()
    assert DESK in calls(story, who.number)
    assert DESK in calls(story, who.number), "a repeated webhook"
    assert [row.direction for row in story.rows(Attempt)] == ["inbound"]
    assert story.rows(InboundMessage) == []


def test_the_stand_in_answers_for_an_owner_who_left(story: Story, owned: Callable[..., Borrower]) -> None:
    who = owned()
    with story.database.begin() as session:
        account = session.get_one(Account, who.account_id)
        session.get_one(User, account.owner_id).disabled_at = AT
    assert STAND_IN in calls(story, who.number)


def test_the_stand_in_answers_while_the_owner_is_away(story: Story, owned: Callable[..., Borrower]) -> None:
    who = owned()
    with story.database.begin() as session:
        owner = session.get_one(Account, who.account_id).owner_id or 0
        note_absence(session, owner, AT, AT + timedelta(hours=2), note="", at=AT, actor="cli")
    assert STAND_IN in calls(story, who.number)


def test_an_account_that_nobody_owns_hides_no_other(story: Story, owned: Callable[..., Borrower]) -> None:
    first, second = owned(None), owned()
    with story.database.begin() as session:
        session.get_one(Account, second.account_id).person_id = first.person_id
    story.follow(first, "2026-05-12 09:00")
    assert DESK in calls(story, first.number)


def test_a_guarantor_reaches_the_desk_of_the_account(story: Story, owned: Callable[..., Borrower]) -> None:
    who = owned()
    guarantor = story.borrower()
    with story.database.begin() as session:
        session.add(Party(account_id=who.account_id, person_id=guarantor.person_id, role=PartyRole.guarantor))
        session.get_one(Account, guarantor.account_id).portfolio_id = story.us
    story.follow(guarantor, "2026-05-12 09:00")
    assert DESK in calls(story, guarantor.number)


@pytest.mark.parametrize("known", [True, False])
def test_where_nobody_can_answer_a_person_is_told_to_call_back(
    story: Story, owned: Callable[..., Borrower], known: bool
) -> None:
    number = owned(None).number if known else "+8613900000001"
    for _ in range(2):
        assert "稍" in calls(story, number) or "尽快" in calls(story, number)
    [missed] = story.rows(InboundMessage)
    assert (missed.reading, missed.person_id is not None, missed.handled_at) == ("missed_call", known, None)
