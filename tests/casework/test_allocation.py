"""Accounts are given to owners, kept, rotated, taken back; payments are whose they were when they came (handbook 2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from floor import AMOUNT, CALLERS, STRATEGY, Borrower, Story, moment
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from strategies import START

from collector.casework import actions as casework
from collector.casework.views import work
from collector.dispatch.actions import ClaimedCall
from collector.facts.actions import verify
from collector.foundation.errors import BadInput, Conflict, Forbidden
from collector.history.queries import collected_by
from collector.history.rules import HoldingFact, HoldingReason, Outcome, holder_at
from collector.history.tables import CallbackRow, HoldingRow, KeepRow
from collector.identity import actions as identity
from collector.identity.rules import Actor, Level, Role
from collector.identity.tables import Approval, User
from collector.planning.rules import TaskState
from collector.portfolio.tables import Account
from collector.strategy.actions import publish

RULES = """
allocation:
  automatic: {automatic}
  rules:
    - {{name: m1, when: {{bucket: [M1]}}, level: primary, accounts: 20, days: 10, keep: {{asked_days: 15}}}}
    - {{name: m2, when: {{bucket: [M2]}}, level: middle, accounts: 10, days: 10}}
"""
MORNING = "2026-05-13 08:00"
BOSS = Actor("user:boss", None, frozenset({Role.supervisor}))


@pytest.fixture
def floor(story: Story) -> Story:
    """Six people two days late; li and wu may have them, chen those of the middle level."""
    ruled(story, "false")
    story.li, story.wu = (
        story.agent("li", "+862155519991", Level.primary),
        story.agent("wu", "+862155519992", Level.primary),
    )  # type: ignore[attr-defined]
    story.chen = story.agent("chen", level=Level.senior)  # type: ignore[attr-defined]
    story.six = [story.borrower("2026-05-11", "2026-06-11") for _ in range(6)]  # type: ignore[attr-defined]
    for who in story.six:  # type: ignore[attr-defined]
        story.follow(who, "2026-05-12 09:00")
    return story


def ruled(story: Story, automatic: str, begun: str = "2026-01-02 00:00") -> None:
    with story.database.begin() as session:
        at = moment(begun)
        publish(session, STRATEGY + RULES.format(automatic=automatic), [None], "t", "t", at, at, story.office.catalogue)


def allocate(story: Story, at: str = MORNING, shown: str | None = None):  # type: ignore[no-untyped-def]
    return story.do(casework.allocate, portfolio_id=story.cn, at=moment(at), actor=BOSS, shown=shown)


def owner_of(story: Story, who: Borrower) -> tuple[int | None, int | None]:
    with story.database.read() as session:
        row = session.get_one(Account, who.account_id)
        return row.owner_id, row.standby_id


def take(story: Story, agent: Actor, at: str = "2026-05-13 09:00") -> ClaimedCall | None:
    found: ClaimedCall | None = story.do(casework.next_call, agent, moment(at))
    return found


def test_the_rules_give_owners_and_stand_ins_and_the_plan_follows(floor: Story) -> None:
    floor.plan("2026-05-13 07:00")
    done = allocate(floor)
    assert Counter(move.owner_id for move in done.moves) == {floor.li.user_id: 3, floor.wu.user_id: 3}
    assert all(move.standby_id not in (None, move.owner_id) for move in done.moves)
    assert [row.why for row in floor.rows(HoldingRow)] == [HoldingReason.allotted] * 6
    waiting = [task for task in floor.tasks() if task.state is TaskState.planned]
    assert {task.account_id: task.owner_id for task in waiting} == {
        move.account_id: move.owner_id for move in done.moves
    }
    assert allocate(floor).moves == (), "asked again it moves nothing"
    with floor.database.read() as session:
        assert verify(session) == []


def test_exactly_what_was_shown_is_done_or_nothing(floor: Story) -> None:
    with pytest.raises(casework.BookChanged):
        allocate(floor, shown="x")
    assert floor.rows(HoldingRow) == []
    dry = casework.allocate_books(floor.office, "CN", moment(MORNING), dry_run=True)[0]
    assert (dry.moved, floor.rows(HoldingRow)) == ({"allotted": 6}, [])
    floor.pay(floor.six[0], AMOUNT, "2026-05-13 07:30")
    with pytest.raises(casework.BookChanged):
        allocate(floor, shown=dry.digest)
    shown = casework.allocate_books(floor.office, "CN", moment(MORNING), dry_run=True)[0]
    assert len(allocate(floor, shown=shown.digest).moves) == 5


def test_a_call_in_hand_stays_with_whoever_holds_it_until_it_is_done(floor: Story) -> None:
    allocate(floor, "2026-05-12 20:00")
    floor.plan("2026-05-13 07:00")
    call = take(floor, floor.li)
    assert call is not None
    mine = [who for who in floor.six if owner_of(floor, who)[0] == floor.li.user_id]
    held = next(who for who in mine if who.account_id == call.task.account_id)
    give = {"portfolio_id": floor.cn, "chosen": [who.account_id for who in mine], "to": [floor.wu.user_id]}
    asked = {**give, "note": "li is leaving", "at": moment("2026-05-13 09:05"), "actor": BOSS}
    done = floor.do(casework.reassign, **asked)
    assert ([one.account_id for one in done.left_out], len(done.moves)) == ([held.account_id], 2)
    assert owner_of(floor, held)[0] == floor.li.user_id
    with pytest.raises(Conflict, match="call about this"):
        floor.do(casework.recall, account_ids=[held.account_id], note="x", at=moment("2026-05-13 09:05"), actor=BOSS)
    floor.do(casework.record_outcome, call.task.id, Outcome.no_answer, moment("2026-05-13 09:10"), actor=floor.li)
    assert len(floor.do(casework.reassign, **{**asked, "at": moment("2026-05-13 09:15")}).moves) == 1
    assert owner_of(floor, held)[0] == floor.wu.user_id


def test_a_supervisor_takes_an_account_back_and_gives_it_to_somebody(floor: Story) -> None:
    allocate(floor)
    who, at = floor.six[0], moment("2026-05-13 10:00")
    before = owner_of(floor, who)[0]
    floor.do(casework.agree_callback, account_id=who.account_id, due_at=at + timedelta(hours=5), at=at,
             actor=floor.li if before == floor.li.user_id else floor.wu)  # fmt: skip
    assert floor.do(casework.recall, account_ids=[who.account_id], note="complaint", at=at, actor=BOSS) == [
        who.account_id
    ]
    assert owner_of(floor, who) == (None, None)
    assert [row.user_id for row in floor.rows(CallbackRow)] == [None]
    assert [one.why for one in allocate(floor, "2026-05-13 10:05").left_out] == ["held_back"]
    with pytest.raises(BadInput, match="say why"):
        floor.do(
            casework.reassign, portfolio_id=floor.cn, chosen=[who.account_id], to=[before], note=" ", at=at, actor=BOSS
        )
    with pytest.raises(BadInput, match="agents who work this portfolio"):
        floor.do(
            casework.reassign, portfolio_id=floor.cn, chosen=[who.account_id], to=[10**9], note="x", at=at, actor=BOSS
        )
    floor.do(
        casework.reassign, portfolio_id=floor.cn, chosen=[who.account_id], to=[before], note="x", at=at, actor=BOSS
    )
    assert owner_of(floor, who)[0] == before


def test_after_the_holding_period_it_rotates_unless_it_is_kept(floor: Story) -> None:
    allocate(floor)
    kept, promised, free = floor.six[:3]
    before = {who.account_id: owner_of(floor, who)[0] for who in floor.six}
    agent = {floor.li.user_id: floor.li, floor.wu.user_id: floor.wu}[before[kept.account_id]]
    asked = {"account_id": kept.account_id, "reason": "pays by Friday", "at": moment("2026-05-20 09:00")}
    with pytest.raises(BadInput, match="from 1 to 15 days"):
        floor.do(
            lambda session, _office, **more: casework.ask_keep(session, **more),
            until=date(2026, 6, 30),
            actor=agent,
            **asked,
        )
    with pytest.raises(Forbidden):
        floor.do(
            lambda session, _office, **more: casework.ask_keep(session, **more),
            until=date(2026, 5, 30),
            actor=floor.chen,
            **asked,
        )
    for _ in range(2):
        floor.do(
            lambda session, _office, **more: casework.ask_keep(session, **more),
            until=date(2026, 5, 30),
            actor=agent,
            **asked,
        )
    [row] = floor.rows(Approval)
    with floor.database.begin() as session:
        boss = User(name="boss", staff_no="b", roles="supervisor", password_hash="x", created_at=moment(MORNING))
        session.add(boss)
        session.flush()
        agreed = identity.decide(session, row.id or 0, row.digest, True, boss, "", moment("2026-05-20 10:00"))
        casework.keep_as_asked(session, agreed, moment("2026-05-20 10:00"), BOSS)
    assert [one.until for one in floor.rows(KeepRow)] == [date(2026, 5, 30)]
    at = moment("2026-05-22 09:00")
    floor.do(
        casework.make_promise,
        account_id=promised.account_id,
        amount=500_00,
        due_at=at + timedelta(days=2),
        at=at,
        actor=agent,
    )
    done = allocate(floor, "2026-05-23 08:00")
    moved = {move.account_id: move.owner_id for move in done.moves if move.changes_owner}
    assert kept.account_id not in moved
    assert promised.account_id not in moved
    assert moved[free.account_id] != before[free.account_id]
    assert dict(done.stays) == {"asked": 1, "promised": 1}


def test_while_the_owner_is_away_the_stand_in_has_everything(floor: Story) -> None:
    allocate(floor)
    floor.plan("2026-05-13 08:30")
    who = next(one for one in floor.six if owner_of(floor, one) == (floor.li.user_id, floor.wu.user_id))
    at, due = moment("2026-05-13 08:40"), moment("2026-05-13 15:00")
    floor.do(casework.agree_callback, account_id=who.account_id, due_at=due, at=at, actor=floor.li)

    def seen(at: str) -> tuple[set[int], list[int], bool]:
        with floor.database.read() as session:
            ahead = {one.account_id for one in work.ahead(session, floor.wu, moment(at))}
            backs = [one.account_id for one in work.call_backs(session, floor.wu, moment(at))]
        for one in (floor.li, floor.wu):
            floor.sign_in(one, at)
        call = {"sid": f"CA{at}", "sender": who.number, "to": CALLERS["CN"][0], "at": moment(at)}
        rung = floor.do(casework.inbound_call, **call)
        floor.do(casework.inbound_call_ended, status="no-answer", hung_up=True, **call)
        return ahead & {who.account_id}, backs, "+862155519992" in rung

    assert seen("2026-05-13 09:00") == (set(), [], False)
    with floor.database.begin() as session:
        span = {"begins_at": moment("2026-05-13 09:30"), "ends_at": moment("2026-05-14 00:00")}
        row = casework.note_absence(session, user_id=floor.li.user_id, note="ill", at=at, actor=BOSS, **span)
        again = casework.note_absence(session, user_id=floor.li.user_id, note="ill", at=at, actor=BOSS, **span)
        assert row.id == again.id
    assert seen("2026-05-13 10:00") == ({who.account_id}, [who.account_id], True)
    taken = take(floor, floor.wu, "2026-05-13 15:05")
    assert taken is not None
    assert taken.task.account_id == who.account_id, "the call-back that li agreed"
    with floor.database.begin() as session:
        casework.end_absence(session, absence_id=row.id or 0, at=moment("2026-05-13 15:30"), actor=BOSS)
    assert seen("2026-05-13 16:00")[1] == []


def test_the_night_allocates_where_the_strategy_says_so(floor: Story) -> None:
    floor.plan("2026-05-13 07:00")
    assert floor.rows(HoldingRow) == []
    ruled(floor, "true", "2026-05-13 12:00")
    assert sorted(casework.plan_new_days(floor.office, moment("2026-05-14 00:30"))) == ["CN", "US"]
    assert len(floor.rows(HoldingRow)) == 6
    assert {row.actor for row in floor.rows(HoldingRow)} == {"worker"}


def test_an_account_that_moves_up_goes_to_the_level_it_needs(floor: Story) -> None:
    allocate(floor)
    done = allocate(floor, "2026-06-12 08:00")
    assert {move.why for move in done.moves if move.changes_owner} == {HoldingReason.moved_up}
    assert {move.owner_id for move in done.moves} == {floor.chen.user_id}


MOMENTS = [START + timedelta(days=day) for day in range(6)]
PASTS = st.lists(
    st.tuples(st.none() | st.integers(0, 1), st.sampled_from(MOMENTS), st.sampled_from(MOMENTS)), max_size=5
)


@given(past=PASTS, paid_at=st.sampled_from(MOMENTS), later=PASTS)
def test_what_is_written_down_after_the_money_came_moves_no_attribution(
    past: Sequence[tuple[int | None, object, object]],
    paid_at: object,
    later: Sequence[tuple[int | None, object, object]],
) -> None:
    facts = [HoldingFact(*one) for one in past]  # type: ignore[arg-type]
    after = [HoldingFact(owner, at, paid_at + timedelta(minutes=1)) for owner, at, _ in later]  # type: ignore[operator,arg-type]
    assert holder_at([*facts, *after], paid_at) == holder_at(facts, paid_at)  # type: ignore[arg-type]


def test_money_is_whose_the_account_was_when_it_was_paid(floor: Story) -> None:
    """The database sums as the rule says, whatever was written down when."""
    who, users = floor.six[0], [floor.li.user_id, floor.wu.user_id]
    days = [moment(f"2026-05-{day} 12:00") for day in range(13, 19)]
    past = [(0, 0, 0), (1, 1, 4), (None, 2, 2), (0, 3, 3), (1, 3, 5), (1, 2, 1)]
    with floor.database.begin() as session:
        for owner, at, recorded in past:
            row = HoldingRow(
                account_id=who.account_id, owner_id=None if owner is None else users[owner], at=days[at],
                recorded_at=days[recorded], why=HoldingReason.reassigned, actor="t",
            )  # fmt: skip
            session.add(row)
            session.flush()
    expected: Counter[int | None] = Counter()
    for number in range(6):
        amount, at = 10**number, days[number] + timedelta(hours=1)
        floor.pay(who, amount, f"2026-05-{13 + number} 13:00")
        facts = [HoldingFact(None if one is None else users[one], days[a], days[b]) for one, a, b in past]
        expected[holder_at(facts, at)] += amount
    with floor.database.read() as session:
        found = collected_by(session, [floor.cn], days[0], days[-1] + timedelta(days=1))
        assert session.exec(select(HoldingRow)).all()
    assert found == {(floor.cn, user_id): amount for user_id, amount in expected.items()}
