"""A bad publish reaches few: what is new goes to fifty people, waits, and holds its portfolio where it goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from floor import STRATEGY, Story, moment
from sqlmodel import col, select

from collector.casework import actions as casework
from collector.casework.office import Office
from collector.dispatch.carriers import Cleared, OutgoingMessage, Receipt
from collector.dispatch.memory import MemoryCarrier
from collector.dispatch.rules import BrakeState, Progress
from collector.dispatch.tables import Brake, BrakeSample
from collector.foundation.settings import Settings
from collector.history.rules import HoldReason, StopKind
from collector.history.tables import Hold
from collector.identity.rules import WORKER
from collector.strategy.actions import publish

PEOPLE = 70
WRONG = STRATEGY.replace("template: overdue-first", "template: overdue-firm")


class Refusing(MemoryCarrier):
    """A carrier that takes no such text."""

    async def send(self, message: OutgoingMessage, cleared: Cleared) -> Receipt:
        await super().send(message, cleared)
        return Receipt(None, Progress.refused, error="30007")


@pytest.fixture
def book(story: Story) -> Story:
    """People of one portfolio who are all to get a message on 2026-05-12."""
    for _ in range(PEOPLE):
        story.borrower("2026-05-11", "2026-06-11")
    return story


def publish_in(story: Story, text: str, starts: str) -> None:
    with story.database.begin() as session:
        publish(session, text, [story.cn], "user:wu", "r", moment(starts), moment(starts), story.office.catalogue)


def brakes(story: Story) -> Sequence[tuple[str, str, BrakeState]]:
    with story.database.read() as session:
        rows = session.exec(select(Brake).order_by(col(Brake.id)))
        return [(row.kind.value, row.name, row.state) for row in rows]


def held(story: Story) -> Sequence[str]:
    with story.database.read() as session:
        rows = session.exec(select(Hold).where(Hold.reason == HoldReason.brake, col(Hold.lifted_at).is_(None)))
        return [row.note for row in rows]


def test_a_new_version_goes_to_fifty_waits_and_goes_on_where_nothing_is_wrong(book: Story) -> None:
    book.plan("2026-05-12 07:00")
    assert book.send("2026-05-12 09:00").sent == 50
    assert book.send("2026-05-12 09:14").sent == 0
    assert book.send("2026-05-12 09:16").sent == PEOPLE - 50
    assert brakes(book) == [("strategy", "floor@1", BrakeState.passed)]
    for _ in range(PEOPLE):
        book.borrower("2026-05-12", "2026-06-12")
    book.plan("2026-05-13 07:00")
    assert book.send("2026-05-13 09:00").sent == PEOPLE, "what was tried is not tried again"
    assert held(book) == []


def test_a_version_whose_messages_fail_reaches_fifty_and_holds_its_portfolio(book: Story) -> None:
    publish_in(book, WRONG, "2026-05-12 06:00")
    book.plan("2026-05-12 07:00")
    carrier = Refusing()
    for hour in ("09:00", "09:16", "09:40", "10:30"):
        book.send(f"2026-05-12 {hour}", carrier)
    assert len(carrier.sent) <= 50
    assert held(book) == ["brake: strategy floor@1: 50 of the first 50 messages failed"]
    assert brakes(book) == [("strategy", "floor@1", BrakeState.tripped)]


def test_a_wrong_text_of_our_own_reaches_fifty(book: Story, tmp_path: Path) -> None:
    """A template that is laid over the shipped one is new, though the strategy is not."""
    book.plan("2026-05-12 07:00")
    overlay = tmp_path / "sms" / "zh"
    overlay.mkdir(parents=True)
    words = book.office.catalogue.template("overdue-first", "zh").body + "谢谢。"
    (overlay / "overdue-first.j2").write_text(f"purpose: overdue\ntone: courteous\ndescription: x\n---\n{words}")
    book.office = Office(Settings(templates_dir=tmp_path), book.database, book.office.keys)
    assert book.send("2026-05-12 09:00").sent == 50
    leave(book, 2, "2026-05-12 09:05")
    assert book.send("2026-05-12 09:16").sent == 0
    assert [note.rpartition(": ")[2] for note in held(book)] == ["2 of the first 50 people opted out"]
    assert {kind for kind, _, _ in brakes(book)} == {"strategy", "template"}


def leave(story: Story, number: int, at: str) -> None:
    """So many of those who got it want no more."""
    with story.database.read() as session:
        people = list(session.exec(select(BrakeSample.person_id).distinct()))[:number]
    for person_id in people:
        story.do(casework.stop, person_id=person_id, kind=StopKind.opt_out, at=moment(at), actor=WORKER)


def test_a_person_who_lifts_the_hold_lets_it_go_on(book: Story) -> None:
    book.plan("2026-05-12 07:00")
    book.send("2026-05-12 09:00")
    leave(book, 2, "2026-05-12 09:05")
    assert book.send("2026-05-12 09:16").sent == 0
    with book.database.read() as session:
        hold = session.exec(select(Hold).where(Hold.reason == HoldReason.brake)).one()
    book.do(casework.lift_hold, hold.id, moment("2026-05-12 10:00"), WORKER)
    assert book.send("2026-05-12 10:01").sent == PEOPLE - 50
    assert brakes(book) == [("strategy", "floor@1", BrakeState.passed)]


def test_a_version_that_begins_at_noon_is_new_to_what_is_replanned_and_to_the_plan_of_the_night(book: Story) -> None:
    """Tasks of a plan that is older than the version may have been made anew by it after an event; what they show is no
    proof of what it plans by itself."""
    book.plan("2026-05-12 07:00")
    publish_in(book, WRONG, "2026-05-12 08:00")
    assert book.send("2026-05-12 09:00").sent == 50
    assert book.send("2026-05-12 09:16").sent == PEOPLE - 50
    for _ in range(PEOPLE):
        book.borrower("2026-05-12", "2026-06-12")
    book.plan("2026-05-13 07:00")
    assert book.send("2026-05-13 09:00").sent == 50
    assert [kind for kind, _, _ in brakes(book)] == ["replanned", "strategy"]


def test_an_hour_never_sends_far_more_than_was_planned(book: Story) -> None:
    """What was planned says how much is too much, whoever put the rest into the queue."""
    book.plan("2026-05-12 07:00")
    book.send("2026-05-12 09:00")
    book.send("2026-05-12 09:16")
    for _ in range(PEOPLE):
        who = book.borrower("2026-05-11", "2026-06-11")
        book.follow(who, "2026-05-12 09:17")
    sent = book.send("2026-05-12 09:20").sent
    assert PEOPLE + sent == int(PEOPLE * 1.1)
    assert held(book) == ["brake: more messages in an hour than the plan has, and a tenth"]
