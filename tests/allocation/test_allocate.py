"""Allocation decided: by example, and what holds for every book (handbook section 2)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from allocating import POLICY, TODAY, account, after, agent, held, owners
from hypothesis import given
from hypothesis import strategies as st

from collector.allocation.rules import Decision, Holding, LeftOut, Stays, allocate, members_of, reassign, recall_of
from collector.facts.rules import Extra, PromiseFact, body_encoder
from collector.history.rules import HoldingReason as Why
from collector.identity.rules import LEVEL_ORDER, Level

LI, WU, HE, BO = (agent(number) for number in (1, 2, 3, 4))
SENIOR = agent(9, Level.senior)


def extra(**parts: Any) -> str:
    return body_encoder.encode(Extra(**parts)).decode()


PROMISED = extra(promises=(PromiseFact(1, 10_00, 0, 0, 0),))


def decide(accounts: Any, agents: Any, holdings: Any = None, policy: Any = POLICY) -> Decision:
    return allocate(accounts, agents, holdings or {}, policy, TODAY)


@pytest.mark.parametrize(
    ("days", "more", "holding", "why", "owner"),
    [
        pytest.param(5, {}, Holding(), Why.allotted, 1, id="nobody had it"),
        pytest.param(5, {}, held(7), Why.owner_gone, 1, id="its owner left"),
        pytest.param(40, {}, held(1), Why.moved_up, 9, id="moved up to a level its owner does not have"),
        pytest.param(5, {"level_floor": "senior"}, held(1), Why.moved_up, 9, id="worked at a higher level before"),
        pytest.param(5, {}, held(1, 10, standby_id=2), Why.rotated, 2, id="its period is over"),
        pytest.param(0, {}, held(1), Why.cured, None, id="nothing is late any more"),
        pytest.param(5, {"extra": extra(referrals=("legal/accepted",))}, held(1), Why.legal, None, id="with legal"),
        pytest.param(5, {}, held(1, 90), Why.term_over, None, id="its term is over"),
    ],
)
def test_an_account_moves(days: int, more: Any, holding: Holding, why: Why, owner: int | None) -> None:
    [move] = decide([account(1, days, **more)], [LI, WU, SENIOR], {1: holding}).moves
    assert (move.why, move.owner_id, move.before) == (why, owner, holding.owner_id)


@pytest.mark.parametrize(
    ("days", "more", "holding", "stays"),
    [
        pytest.param(5, {}, held(1, 9), None, id="its period runs"),
        pytest.param(5, {"last_paid_on": TODAY - timedelta(days=3)}, held(1, 30), None, id="a payment began it anew"),
        pytest.param(5, {"last_paid_on": TODAY - timedelta(days=12)}, held(1, 30), Stays.paid, id="paid lately"),
        pytest.param(5, {"extra": PROMISED}, held(1, 30), Stays.promised, id="a promise is open"),
        pytest.param(5, {}, held(1, 30, kept_until=TODAY), Stays.asked, id="a keep was agreed to"),
        pytest.param(70, {}, held(9, 50), Stays.not_rotated, id="its rule rotates nothing"),
        pytest.param(5, {}, held(1, None), None, id="held for longer than anybody knows"),
        pytest.param(5, {"extra": extra(referrals=("legal/proposed",))}, held(1), None, id="legal did not take it"),
    ],
)
def test_an_account_stays(days: int, more: Any, holding: Holding, stays: Stays | None) -> None:
    holding = replace(holding, standby_id=2 if days < 60 else 8)
    decision = decide([account(1, days, **more)], [LI, WU, SENIOR, agent(8, Level.senior)], {1: holding})
    assert decision.moves == ()
    assert decision.stays == Counter({stays: 1} if stays else {})


@pytest.mark.parametrize(
    ("days", "holding", "agents", "why"),
    [
        pytest.param(40, Holding(), [LI], LeftOut.no_collector, id="nobody of the level"),
        pytest.param(5, Holding(), [agent(1, away=True)], LeftOut.no_collector, id="everybody is away"),
        pytest.param(5, Holding(), [agent(1, elsewhere=900_000)], LeftOut.all_full, id="full with another portfolio"),
        pytest.param(5, Holding(in_hand=True), [LI], LeftOut.in_hand, id="a call is held"),
        pytest.param(5, Holding(held_back=True), [LI], LeftOut.held_back, id="a supervisor took it back"),
    ],
)
def test_who_gets_nobody_is_told_why(days: int, holding: Holding, agents: Any, why: LeftOut) -> None:
    decision = decide([account(1, days)], agents, {1: holding})
    assert ([one.why for one in decision.left_out], decision.moves) == ([why], ())


def test_a_call_in_hand_is_not_pulled_away() -> None:
    for days in (0, 5, 40):
        assert decide([account(1, days)], [LI, WU, SENIOR], {1: held(1, 50, in_hand=True)}).moves == ()


def test_rotation_avoids_who_had_it_just_before_while_others_are_free() -> None:
    before = {1: held(1, 10, before=2)}
    assert owners(decide([account(1)], [LI, WU, HE], before)) == {1: 3}
    assert owners(decide([account(1)], [LI, WU], before)) == {1: 2}
    alone = decide([account(1)], [LI], before)
    assert (alone.moves, alone.stays) == ((), Counter({Stays.nobody_else: 1}))


def test_two_full_desks_exchange_what_rotates() -> None:
    book = [account(number) for number in range(1, 13)]
    holdings = {number: held(1 if number < 7 else 2, 10) for number in range(1, 13)}
    moved = owners(decide(book, [LI, WU], holdings))
    assert moved == {number: 2 if number < 7 else 1 for number in range(1, 13)}


def test_all_accounts_of_a_person_go_to_one_owner_who_may_have_the_highest() -> None:
    book = [account(1, 5, person=1), account(2, 70, person=1), account(3, 5, person=1)]
    assert owners(decide(book, [LI, SENIOR])) == {1: 9, 2: 9, 3: 9}
    joined = decide([account(1, person=1), account(2, person=1)], [LI, WU], {1: held(2, 1, standby_id=1)})
    assert owners(joined) == {2: 2}


def test_a_new_account_whose_owner_is_full_takes_the_others_along() -> None:
    book = [account(number, person=number % 10) for number in range(1, 7)] + [account(11, person=1)]
    holdings = {number: held(1, standby_id=2) for number in range(1, 7)}
    assert owners(decide(book, [LI, WU], holdings)) == {1: 2, 11: 2}
    alone = decide(book, [LI], holdings)
    assert [(one.account_id, one.why) for one in alone.left_out] == [(11, LeftOut.all_full)]


def test_accounts_of_several_rules_fill_one_agent_together() -> None:
    """Six of one kind fill them, or four of the other: three and two."""
    both = [account(number, 5) for number in (1, 2, 3, 4)] + [account(number, 40) for number in (5, 6, 7)]
    decision = decide(both, [agent(1, Level.middle)])
    assert sorted(owners(decision)) == [1, 5, 6, 7]
    assert {one.why for one in decision.left_out} == {LeftOut.all_full}


def test_reassigned_accounts_are_spread_and_the_rest_of_the_person_goes_along() -> None:
    book = [account(number) for number in range(1, 6)] + [account(6, person=1)]
    holdings = {number: held(1, standby_id=2) for number in range(1, 7)}
    agents = [LI, WU, HE, BO]
    spread = reassign(book, agents, holdings, POLICY, TODAY, chosen={1, 2, 3}, to={3, 4})
    assert {move.account_id for move in spread.moves} == {1, 2, 3, 6}
    assert {move.why for move in spread.moves} == {Why.reassigned}
    assert Counter(owners(spread).values()) == {3: 2, 4: 2}
    assert owners(spread)[1] == owners(spread)[6]
    low = reassign([account(1, 70)], [LI, SENIOR], {}, POLICY, TODAY, chosen={1}, to={1})
    assert (low.moves, [one.why for one in low.left_out]) == ((), [LeftOut.no_collector])


# --- what holds for every book ---

LATE = st.sampled_from([0, 3, 5, 20, 40, 70, 120])
HOLDINGS = st.builds(
    lambda owner, standby, days, before, kept, back, in_hand: Holding(
        owner,
        standby if owner is not None and standby != owner else None,
        TODAY - timedelta(days=days) if owner is not None else None,
        before,
        TODAY - timedelta(days=days) if owner is not None else None,
        TODAY if kept else None,
        back and owner is None,
        in_hand,
    ),
    st.none() | st.integers(1, 7),
    st.none() | st.integers(1, 7),
    st.integers(0, 30),
    st.none() | st.integers(1, 7),
    st.booleans(),
    st.booleans(),
    st.sampled_from([False, False, False, True]),
)
AGENTS = st.lists(
    st.builds(
        lambda number, level, staff, elsewhere, away: agent(
            number, level, staff_no=f"S{staff}", elsewhere=elsewhere, away=away
        ),
        st.integers(1, 6),
        st.sampled_from(Level),
        st.integers(1, 6),
        st.sampled_from([0, 0, 250_000, 1_200_000]),
        st.sampled_from([False, False, False, True]),
    ),
    max_size=6,
    unique_by=lambda one: one.user_id,
)


@st.composite
def books(draw: Any) -> tuple[list[Any], list[Any], dict[int, Holding]]:
    size = draw(st.integers(0, 25))
    accounts = [
        account(
            number,
            draw(LATE),
            draw(st.integers(1, 50)) * 100,
            person=draw(st.integers(1, size)),
            extra=draw(st.sampled_from([None, None, PROMISED])),
            level_floor=draw(st.sampled_from([None, None, "middle", "senior"])),
        )
        for number in range(1, size + 1)
    ]
    return accounts, draw(AGENTS), {one.account_id: draw(HOLDINGS) for one in accounts if draw(st.booleans())}


@given(book=books(), seed=st.randoms(use_true_random=False))
def test_whatever_the_book(book: Any, seed: Any) -> None:
    accounts, agents, holdings = book
    decision = decide(accounts, agents, holdings)
    ends = after(holdings, decision.moves)
    members = {one.account_id: one for one in members_of(accounts, ends, POLICY, TODAY)}
    known = {one.user_id: one for one in agents}
    load: Counter[int] = Counter({one.user_id: -(-one.elsewhere * POLICY.full // 1_000_000) for one in agents})
    for one in members.values():
        if one.held.owner_id in known:
            load[one.held.owner_id] += one.weight
    free = {one.facts.person_id for one in members.values()} - {
        one.facts.person_id for one in members.values() if one.held.in_hand
    }
    pinned = {one.held.owner_id for one in members.values() if one.facts.person_id not in free}
    for user_id, agent_ in known.items():
        assert load[user_id] <= POLICY.full or agent_.elsewhere > 1_000_000 or user_id in pinned, "over the limit"
    for move in decision.moves:
        held_ = ends[move.account_id]
        assert members[move.account_id].facts.person_id in free, "pulled from under a call"
        if move.owner_id is not None:
            owner = known[move.owner_id]
            assert LEVEL_ORDER[owner.level] >= LEVEL_ORDER[members[move.account_id].level]
            had = {one.account_id for one in accounts if one.person_id == move.person_id} & holdings.keys()
            joins = any(holdings[number].owner_id == move.owner_id for number in had)
            assert joins or not (owner.away and move.changes_owner)
            assert held_.standby_id is None or known[held_.standby_id].staff_no != owner.staff_no
    for person_id in free:
        theirs = {
            one.held.owner_id
            for one in members.values()
            if one.facts.person_id == person_id and one.rule and one.held.owner_id is not None
        }
        assert len(theirs) <= 1, "two owners of one person"
    asked = {one.account_id for one in members.values() if one.rule and one.held.owner_id is None}
    told = {one.account_id for one in decision.left_out}
    assert asked - told <= {number for number in asked if _recalled(members[number])}
    assert len(told) == len(decision.left_out)

    shuffled = list(accounts)
    seed.shuffle(shuffled)
    assert decide(shuffled, sorted(agents, key=lambda _: seed.random()), holdings) == decision, "depends on the order"
    again = decide(accounts, agents, ends)
    assert again.moves == (), "asked again it moves something"


def _recalled(member: Any) -> bool:
    return recall_of(member, POLICY, TODAY) is not None


@given(sizes=st.lists(st.integers(1, 10_000), min_size=1, max_size=30), agents=st.integers(5, 8))
def test_a_fresh_book_is_dealt_evenly_by_count_and_money(sizes: list[int], agents: int) -> None:
    book = [account(number, 5, money) for number, money in enumerate(sizes, 1)]
    decision = decide(book, [agent(number) for number in range(1, agents + 1)])
    count: Counter[int | None] = Counter(dict.fromkeys(range(1, agents + 1), 0))
    money: Counter[int | None] = Counter(count)
    for move in decision.moves:
        count[move.owner_id] += 1
        money[move.owner_id] += move.money
    assert sum(count.values()) == len(sizes)
    assert max(count.values()) - min(count.values()) <= 1
    assert max(money.values()) - min(money.values()) <= max(sizes)


@given(book=books())
def test_nothing_moves_without_need(book: Any) -> None:
    """Who has an owner of the level, within limits and period, keeps them."""
    accounts, agents, holdings = book
    young = {
        number: Holding(one.owner_id, one.standby_id, TODAY, first_on=TODAY, in_hand=one.in_hand)
        for number, one in holdings.items()
    }
    decision = decide(accounts, agents, young)
    for move in decision.moves:
        if move.before is not None and move.changes_owner:
            assert move.why in (Why.cured, Why.moved_up, Why.owner_gone, Why.over_limit, Why.one_owner)
