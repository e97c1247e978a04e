"""Past contacts judged again: by the gate of their time, on what was known at their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from floor import AMOUNT, Borrower, Story, moment
from sqlalchemy import text

from collector.casework import actions as casework
from collector.casework.replay import Replayed, Standing, replay
from collector.foundation.database import is_postgresql
from collector.foundation.errors import NotFound
from collector.history import actions as history
from collector.history.rules import Channel, Direction, HoldScope, Outcome, StopKind
from collector.history.tables import Attempt
from collector.identity.rules import COMMAND_LINE
from collector.portfolio.rules import CollectorType
from collector.portfolio.tables import Portfolio

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def late(story: Story) -> Borrower:
    """Two days late, and planned: the gate of the portfolio is on record from here on."""
    who = story.borrower("2026-05-11", "2026-06-11", phones=["+8613800000001", "+8613800000002"])
    story.plan("2026-05-13 07:00")
    return who


def planted(story: Story, who: Borrower, at: datetime, portfolio_id: int | None = None, **more: Any) -> int:
    """A contact written into the table, past everything that would have forbidden it."""
    with story.database.begin() as session:
        given = {
            "natural_key": f"planted:{at.timestamp():.0f}",
            "person_id": who.person_id,
            "portfolio_id": portfolio_id or story.cn,
            "account_id": who.account_id,
            "debts": [who.account_id],
            "contact_point_id": who.points[0],
            "channel": Channel.call,
            "direction": Direction.outbound,
            "number": who.number,
            "at": at,
            "day": at.date(),
            "actor": "nobody",
            "recorded_at": at,
        }
        row = Attempt(**(given | more))
        session.add(row)
        session.flush()
        return row.id or 0


def again(story: Story, *asked: Any) -> Replayed:
    with story.database.read() as session:
        return replay(session, *asked)


def told(story: Story) -> list[tuple[int, Standing, tuple[str, ...]]]:
    return [(one.attempt, one.standing, tuple(rule.id for rule in one.rules)) for one in again(story).told]


def called(story: Story, at: str, outcome: Outcome) -> int:
    """One call as an agent makes it; its attempt."""
    agent = story.agent(f"li{at}")
    claimed = story.do(casework.next_call, agent, moment(at))
    ended = moment(at) + timedelta(minutes=4)
    with story.database.begin() as session:
        made = casework.record_outcome(session, story.office, claimed.task.id, outcome, ended, actor=agent)
        return made.id or 0


@pytest.mark.parametrize("outcome", [Outcome.no_answer, Outcome.wrong_number, Outcome.deceased, Outcome.says_paid])
def test_an_honest_day_is_lawful_whatever_it_taught(story: Story, late: Borrower, outcome: Outcome) -> None:
    """A call that finds a stranger, or a death, was lawful: it was not known before."""
    called(story, "2026-05-13 09:00", outcome)
    story.borrower("2026-05-14")
    story.plan("2026-05-13 10:00")
    assert story.send("2026-05-13 11:00").sent > 0
    done = again(story)
    assert (done.told, done.breaches) == ([], 0)
    assert done.counts == {Standing.lawful: done.contacts}
    assert done.contacts > 1


def test_a_call_at_night_is_named_with_its_rule(story: Story, late: Borrower) -> None:
    number = planted(story, late, moment("2026-05-13 23:00"))
    assert told(story) == [(number, Standing.unlawful, ("CN-TIME",))]
    (breach,) = again(story).told
    assert (breach.person, breach.account, breach.portfolio) == (late.person_id, late.account_id, "CN")
    assert breach.pack is not None
    assert breach.pack.startswith("cn@")


def test_the_eighth_call_in_seven_days_is_named_and_the_seven_before_are_not(story: Story) -> None:
    who = story.borrower("2026-05-11", phones=["+12125550111"], portfolio_id=story.us)
    with story.database.begin() as session:
        session.get_one(Portfolio, story.us).collector_type = CollectorType.agency
    story.plan("2026-05-13 19:00")

    def rang(at: str) -> int:
        when = moment(at, NEW_YORK)
        number = planted(story, who, when, story.us)
        with story.database.begin() as session:
            history.record_outcome(session, number, Outcome.no_answer, when, when, COMMAND_LINE)
        return number

    calls = [rang(f"2026-05-{day} 10:00") for day in range(13, 20)]
    assert told(story) == []
    calls.append(rang("2026-05-19 13:00"))
    [(number, standing, rules)] = told(story)
    assert (number, standing) == (calls[-1], Standing.unlawful)
    assert "US-7IN7" in rules


def test_a_contact_for_a_task_without_a_verdict_is_named(story: Story, late: Borrower) -> None:
    number = planted(story, late, moment("2026-05-13 11:00"), natural_key="task:999999")
    assert told(story) == [(number, Standing.ungated, ())]
    assert again(story).breaches == 1


def test_what_was_written_down_later_is_told_apart(story: Story, late: Borrower) -> None:
    """The stop was said in the morning, and came to us in the evening."""
    number = called(story, "2026-05-13 10:00", Outcome.no_answer)
    with story.database.begin() as session:
        history.stop(
            session,
            kind=StopKind.cease,
            person_id=late.person_id,
            at=moment("2026-05-13 08:00"),
            recorded_at=moment("2026-05-13 18:00"),
            actor=COMMAND_LINE,
        )
    assert told(story) == [(number, Standing.known_later, ("HOUSE-CEASE",))]
    assert again(story).breaches == 0
    second = planted(story, late, moment("2026-05-13 18:30"))
    assert told(story)[1:] == [(second, Standing.unlawful, ("HOUSE-CEASE",))]


def test_money_that_was_loaded_later_is_told_apart(story: Story, late: Borrower) -> None:
    number = called(story, "2026-05-13 10:00", Outcome.no_answer)
    story.pay(late, 2 * AMOUNT, "2026-05-12 09:00")
    with story.database.begin() as session:
        session.execute(text("UPDATE payment SET loaded_at = :at"), {"at": _stored(session, "2026-05-14 09:00")})
    [(attempt, standing, rules)] = told(story)
    assert (attempt, standing) == (number, Standing.known_later)
    assert {"HOUSE-SETTLED", "HOUSE-PAID"} & set(rules)


def test_an_outcome_that_was_corrected_later_is_told_apart(story: Story, late: Borrower) -> None:
    """Two calls, after a third that was answered, as was said the next day only: answered calls are capped at three."""
    for hour in (9, 10, 11):
        first = planted(story, late, moment(f"2026-05-13 {hour:02d}:30"))
        with story.database.begin() as session:
            at = moment(f"2026-05-13 {hour:02d}:31")
            history.record_outcome(session, first, Outcome.no_answer, at, at, COMMAND_LINE)
    last = planted(story, late, moment("2026-05-13 16:00"), contact_point_id=late.points[1], number="+8613800000002")
    assert told(story) == []
    for row in story.rows(Attempt):
        if row.id != last:
            with story.database.begin() as session:
                corrected = moment("2026-05-14 09:00")
                history.record_outcome(session, row.id or 0, Outcome.third_party, row.at, corrected, COMMAND_LINE)
    assert (last, Standing.known_later) in [one[:2] for one in told(story)]
    assert again(story).breaches == 0


def test_every_contact_is_judged_by_the_gate_of_its_time(story: Story, late: Borrower) -> None:
    called(story, "2026-05-13 09:00", Outcome.no_answer)
    with story.database.begin() as session:
        session.get_one(Portfolio, story.cn).tightening = {"CN-TIME": {"start": "14:00"}}
    assert told(story) == []
    story.plan("2026-05-14 07:00")
    assert told(story) == [], "the law of today does not reach back"
    number = planted(story, late, moment("2026-05-14 10:00"))
    assert told(story) == [(number, Standing.unlawful, ("CN-TIME",))]


def test_a_wide_hold_forbade_it(story: Story, late: Borrower) -> None:
    first, last = moment("2026-05-13 09:00"), moment("2026-05-13 12:00")
    held = story.do(casework.hold, scope=HoldScope.portfolio, portfolio_id=story.cn, at=first, actor=COMMAND_LINE)
    story.do(casework.lift_hold, held.id, last, COMMAND_LINE)
    number = planted(story, late, moment("2026-05-13 11:00"))
    planted(story, late, moment("2026-05-13 13:00"))
    assert told(story) == [(number, Standing.unlawful, ("HOUSE-HOLD",))]


def test_a_gate_that_is_not_known_is_said_and_never_guessed(story: Story, late: Borrower) -> None:
    planted(story, late, moment("2026-05-12 23:00"))
    after = planted(story, late, moment("2026-05-13 23:00"))
    assert told(story) == [(after, Standing.unlawful, ("CN-TIME",))]
    assert again(story).counts == {Standing.before: 1, Standing.unlawful: 1}
    with story.database.begin() as session:
        if is_postgresql(session):
            session.execute(text("SET LOCAL session_replication_role = replica"))
            change = "jsonb_set(body, '{collector_type}', '\"agency\"')"
        else:
            session.execute(text("DROP TRIGGER policy_text_update"))
            change = "json_set(body, '$.collector_type', 'agency')"
        session.execute(text(f"UPDATE policy_text SET body = {change}"))
    done = again(story)
    assert done.counts == {Standing.before: 1, Standing.unjudged: 1}
    assert "its kept text was changed" in done.told[0].why


def test_a_part_of_the_past_can_be_asked_for(story: Story, late: Borrower) -> None:
    first, second = (planted(story, late, moment(f"2026-05-{day} 23:00")) for day in (13, 14))
    day = moment("2026-05-14 00:00")
    assert [one.attempt for one in again(story, "CN", None, day).told] == [first]
    assert [one.attempt for one in again(story, "CN", day).told] == [second]
    assert again(story, "US").contacts == 0
    with pytest.raises(NotFound):
        again(story, "XX")


def _stored(session: Any, at: str) -> Any:
    return moment(at) if is_postgresql(session) else moment(at).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
