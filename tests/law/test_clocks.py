"""Clocks of the law: where they end, what moves them, and that nothing moves them nearer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import clock_events

from collector.law.reading import statute
from collector.law.rules import (
    Claim,
    Clock,
    ClockKind,
    ContractKind,
    Event,
    Guarantor,
    Happening,
    add_months,
    add_years,
    clocks_of,
    lost_first,
    turns,
)

CN, US, UK = statute("cn"), statute("us"), statute("uk")
DUE, LAST = date(2024, 3, 10), date(2025, 3, 10)
CLAIM = Claim(DUE, LAST, opened_on=date(2023, 3, 1))
H = Happening


def event(kind: Happening, on: str, evidence: str = "document:1", **more: object) -> Event:
    return Event(kind, date.fromisoformat(on), evidence, **more)  # type: ignore[arg-type]


def limitation_of(*events: Event, claim: Claim = CLAIM, law: object = CN) -> Clock:
    found = clocks_of(law, claim, (), events)  # type: ignore[arg-type]
    return next(one for one in found if one.kind is ClockKind.limitation)


@pytest.mark.parametrize(
    ("events", "legal", "cautious"),
    [
        pytest.param([], "2028-03-10", "2027-03-10", id="last instalment, oldest instalment"),
        pytest.param([event(H.demand_arrived, "2025-06-01")], "2028-06-01", "2028-06-01", id="a demand that arrived"),
        pytest.param([event(H.demand_arrived, "2025-06-01", "")], "2028-06-01", "2027-03-10", id="a demand only told"),
        pytest.param([event(H.payment, "2025-01-05", "payment:1")], "2028-03-10", "2028-01-05", id="before the last"),
        pytest.param([event(H.demand_arrived, "2024-03-10")], "2028-03-10", "2027-03-10", id="on the first day"),
        pytest.param([event(H.demand_arrived, "2027-03-10")], "2030-03-10", "2030-03-10", id="on the last day"),
        pytest.param([event(H.demand_arrived, "2027-03-11")], "2030-03-11", "2027-03-10", id="a day too late"),
        pytest.param(
            [event(H.demand_arrived, "2027-03-11"), event(H.newspaper_notice, "2026-12-01")],
            "2030-03-11",
            "2030-03-11",
            id="an earlier one makes the later one count",
        ),
        pytest.param([event(H.accelerated, "2024-06-01")], "2027-06-01", "2027-03-10", id="called due"),
        pytest.param(
            [event(H.stood_still, "2027-01-01", until=date(2027, 2, 1))], "2028-03-10", "2027-08-01", id="suspended"
        ),
        pytest.param(
            [event(H.stood_still, "2025-01-01", until=date(2025, 2, 1))],
            "2028-03-10",
            "2027-03-10",
            id="suspended before the last six months",
        ),
        pytest.param([event(H.promise, "2026-02-28", "promise:1")], "2029-02-28", "2029-02-28", id="a promise"),
        pytest.param([event(H.promise, "2024-02-29", "promise:1")], "2028-03-10", "2027-03-10", id="not yet due"),
        pytest.param(
            [event(H.demand_arrived, "2025-06-01", person_id=7)], "2028-03-10", "2027-03-10", id="to the guarantor"
        ),
        pytest.param(
            [event(H.demand_arrived, "2025-06-01", number=4), event(H.struck, "2025-07-01", about=4, number=5)],
            "2028-03-10",
            "2027-03-10",
            id="recorded in error",
        ),
    ],
)
def test_limitation_in_china(events: list[Event], legal: str, cautious: str) -> None:
    clock = limitation_of(*events)
    assert (clock.legal_on.isoformat(), clock.cautious_on.isoformat()) == (legal, cautious)


@pytest.mark.parametrize(
    ("law", "named", "events", "legal"),
    [
        pytest.param(US, None, [event(H.payment, "2025-01-05")], "2027-03-10", id="unknown state: nothing restarts"),
        pytest.param(US, ("OH", None), [], "2028-03-10", id="Ohio: the shorter kind"),
        pytest.param(US, ("OH", ContractKind.written), [], "2030-03-10", id="Ohio: written"),
        pytest.param(US, ("CA", None), [event(H.payment, "2025-01-05")], "2029-01-05", id="California: a payment"),
        pytest.param(US, ("TX", None), [event(H.payment, "2025-01-05")], "2028-03-10", id="Texas: no payment"),
        pytest.param(US, ("TX", None), [event(H.acknowledged, "2025-01-05")], "2029-01-05", id="Texas: in writing"),
        pytest.param(US, ("CA", None), [event(H.demand_arrived, "2025-01-05")], "2028-03-10", id="a demand is none"),
        pytest.param(
            US,
            ("CA", None),
            [event(H.stood_still, "2025-01-01", until=date(2025, 1, 31))],
            "2028-04-09",
            id="tolled days are added",
        ),
        pytest.param(UK, None, [], "2029-03-10", id="unknown country: as Scotland"),
        pytest.param(UK, ("EW", None), [], "2030-03-10", id="England and Wales"),
        pytest.param(UK, ("SCT", None), [], "2029-03-10", id="Scotland"),
    ],
)
def test_limitation_by_place(
    law: object, named: tuple[str, ContractKind | None] | None, events: list[Event], legal: str
) -> None:
    claim = Claim(DUE, DUE)
    place = [event(H.governing_law, "2024-01-01", place=named[0], contract=named[1])] if named else []
    clock = limitation_of(*place, *events, claim=claim, law=law)
    assert clock.cautious_on.isoformat() == legal
    assert ("shortest_of_all" in clock.reasons) is (named is None)


def test_the_outer_limit_ends_what_is_begun_anew_for_ever() -> None:
    demands = [event(H.demand_arrived, f"{year}-03-01") for year in range(2026, 2046, 2)]
    clock = limitation_of(*demands)
    assert (clock.cautious_on, clock.legal_on) == (add_years(DUE, 20), add_years(LAST, 20))


def test_where_no_law_is_known_no_clock_is_made_up() -> None:
    assert clocks_of(statute("house"), CLAIM, (), ()) == ()
    assert clocks_of(CN, Claim(None, LAST), (), ()) == ()


@pytest.mark.parametrize(
    ("events", "is_met"),
    [
        pytest.param([event(H.filed, "2026-01-01")], True, id="filed"),
        pytest.param([event(H.filed, "2026-01-01", "")], False, id="a filing nobody can prove"),
        pytest.param([event(H.filed, "2029-01-01")], False, id="filed too late"),
        pytest.param([event(H.filed, "2026-01-01"), event(H.suit_ended, "2026-05-01")], False, id="withdrawn"),
        pytest.param([event(H.filed, "2026-01-01", person_id=7)], False, id="against the guarantor"),
        pytest.param([event(H.judgment_served, "2026-01-01")], True, id="judged"),
    ],
)
def test_a_pending_suit_stops_the_clock(events: list[Event], is_met: bool) -> None:
    assert (limitation_of(*events).met is not None) is is_met


@pytest.mark.parametrize(
    ("who", "opened", "events", "ends", "met"),
    [
        pytest.param(Guarantor(7), "2023-03-01", [], "2025-09-10", False, id="none agreed: six months"),
        pytest.param(Guarantor(7, "joint", date(2026, 1, 1)), "2023-03-01", [], "2026-01-01", False, id="agreed"),
        pytest.param(Guarantor(7, "joint", LAST), "2023-03-01", [], "2025-09-10", False, id="agreed with maturity"),
        pytest.param(Guarantor(7, "joint"), "2023-03-01", ["demand"], "2025-09-10", True, id="joint: asked inside"),
        pytest.param(Guarantor(7, "joint"), "2023-03-01", ["late"], "2025-09-10", False, id="no letter revives it"),
        pytest.param(Guarantor(7, "joint"), "2023-03-01", ["told"], "2025-09-10", False, id="asked without proof"),
        pytest.param(Guarantor(7, "joint"), "2023-03-01", ["other"], "2025-09-10", False, id="another was asked"),
        pytest.param(Guarantor(7, "general"), "2023-03-01", ["demand"], "2025-09-10", False, id="general: not asked"),
        pytest.param(Guarantor(7, "general"), "2023-03-01", ["sued"], "2025-09-10", True, id="general: debtor sued"),
        pytest.param(Guarantor(7), "2020-12-31", ["demand"], "2025-09-10", True, id="unstated before 2021: joint"),
        pytest.param(Guarantor(7), "2021-01-01", ["demand"], "2025-09-10", False, id="unstated from 2021: general"),
        pytest.param(Guarantor(7), None, ["demand"], "2025-09-10", False, id="contract without a day: general"),
    ],
)
def test_the_guarantee_period(who: Guarantor, opened: str | None, events: list[str], ends: str, met: bool) -> None:
    known = {
        "demand": event(H.demand_arrived, "2025-09-10", person_id=7),
        "late": event(H.demand_arrived, "2025-09-11", person_id=7),
        "told": event(H.demand_arrived, "2025-09-01", "", person_id=7),
        "other": event(H.demand_arrived, "2025-09-01", person_id=8),
        "sued": event(H.filed, "2025-09-10"),
    }
    claim = replace(CLAIM, opened_on=date.fromisoformat(opened) if opened else None)
    found = clocks_of(CN, claim, [who], [known[name] for name in events])
    period = next(one for one in found if one.kind is ClockKind.guarantee)
    assert (period.cautious_on.isoformat(), period.met is not None) == (ends, met)
    after = [one for one in found if one.kind is ClockKind.limitation and one.person_id == 7]
    assert len(after) == met, "once it was kept, limitation runs for the guarantor"


def test_the_claim_on_a_joint_guarantor_lapses_three_years_after_the_demand() -> None:
    asked, again = (event(H.demand_arrived, day, person_id=7) for day in ("2025-05-01", "2026-05-01"))
    found = clocks_of(CN, CLAIM, [Guarantor(7, "joint")], [asked, again])
    clock = next(one for one in found if one.kind is ClockKind.limitation and one.person_id == 7)
    assert (clock.cautious_on, clock.key) == (date(2029, 5, 1), "limitation:7")


@pytest.mark.parametrize(
    ("begins", "kind", "ends", "meets"),
    [
        pytest.param(H.preserved, ClockKind.suit_after_preservation, "2026-01-31", H.filed, id="suit in 30 days"),
        pytest.param(H.frozen_deposit, ClockKind.freeze_deposit, "2027-01-01", None, id="deposits a year"),
        pytest.param(H.frozen_movable, ClockKind.freeze_movable, "2028-01-01", None, id="movables two"),
        pytest.param(H.frozen_land, ClockKind.freeze_land, "2029-01-01", None, id="land three"),
        pytest.param(H.judgment_served, ClockKind.appeal, "2026-01-16", H.appealed, id="appeal in 15 days"),
        pytest.param(H.judgment_final, ClockKind.enforcement, "2028-01-01", H.enforcement_filed, id="enforcement"),
    ],
)
def test_terms_of_court(begins: Happening, kind: ClockKind, ends: str, meets: Happening | None) -> None:
    first = event(begins, "2026-01-01", number=3)
    [clock] = [one for one in clocks_of(CN, CLAIM, (), [first]) if one.kind is kind]
    assert (clock.cautious_on.isoformat(), clock.met, clock.key) == (ends, None, f"{kind}:3")
    done = event(meets, ends) if meets else event(H.preservation_lifted, "2026-06-01", about=3)
    late = event(meets, "2029-06-01") if meets else event(H.preservation_lifted, "2026-06-01", about=4)
    for other, is_met in ((done, True), (late, False)):
        [clock] = [one for one in clocks_of(CN, CLAIM, (), [first, other]) if one.kind is kind]
        assert (clock.met is not None) is is_met


def test_a_clock_that_is_let_go_is_over_until_it_begins_anew() -> None:
    gone = event(H.let_go, "2027-01-01", "", clock="limitation")
    assert limitation_of(gone).let_go == gone
    assert limitation_of(gone, event(H.demand_arrived, "2027-02-01")).let_go is None
    assert lost_first(clocks_of(CN, CLAIM, (), [gone]), date(2027, 1, 1)) is None


@pytest.mark.parametrize(
    ("today", "first", "turn"),
    [
        pytest.param("2025-01-01", "2025-09-10", "2025-09-11", id="the guarantee ends first"),
        pytest.param("2025-09-10", "2025-09-10", "2025-09-11", id="on its last day"),
        pytest.param("2025-09-11", "2027-03-10", "2028-03-11", id="then the claim"),
        pytest.param("2027-03-11", "2027-03-10", "2028-03-11", id="the cautious date passed, the legal one did not"),
        pytest.param("2028-03-11", "2027-03-10", None, id="all lapsed: the last that did"),
    ],
)
def test_what_is_lost_first(today: str, first: str, turn: str | None) -> None:
    day, found = date.fromisoformat(today), clocks_of(CN, CLAIM, [Guarantor(7)], ())
    assert lost_first(found, day) == date.fromisoformat(first)
    assert turns(found, day) == (date.fromisoformat(turn) if turn else None)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        pytest.param("2024-02-29", 36, "2027-02-28", id="leap day"),
        pytest.param("2024-02-29", 48, "2028-02-29", id="leap year again"),
        pytest.param("2025-08-31", 6, "2026-02-28", id="end of a month"),
        pytest.param("2025-12-31", 1, "2026-01-31", id="across the year"),
        pytest.param("9999-12-01", 1, "9999-12-31", id="the end of days"),
    ],
)
def test_months_as_law_counts_them(day: str, months: int, then: str) -> None:
    assert add_months(date.fromisoformat(day), months).isoformat() == then


laws = st.sampled_from([CN, US, UK, statute("in")])
claims = st.builds(
    lambda oldest, more: Claim(oldest, oldest + timedelta(days=more), oldest - timedelta(days=90)),
    st.dates(date(2019, 1, 1), date(2026, 12, 31)),
    st.integers(0, 2000),
)
places = st.sampled_from([None, "CA", "TX", "NY", "OH", "EW"])
DATES = [ClockKind.limitation, ClockKind.guarantee]


def named(place: str | None) -> list[Event]:
    return [event(H.governing_law, "2018-01-01", "", place=place, number=99)] if place else []


def dates_of(law: object, claim: Claim, events: list[Event], place: str | None) -> dict[str, tuple[date, date]]:
    found = clocks_of(law, claim, [Guarantor(7, "joint")], [*events, *named(place)])  # type: ignore[arg-type]
    kept = [one for one in found if one.kind in DATES and one.key != "limitation:7"]
    return {one.key: (one.legal_on, one.cautious_on) for one in kept}


@given(laws, claims, clock_events(), places, st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_told_does_not_matter(
    law: object, claim: Claim, events: list[Event], place: str | None, random: object
) -> None:
    other = list(events)
    random.shuffle(other)  # type: ignore[attr-defined]
    assert clocks_of(law, claim, (), events) == clocks_of(law, claim, (), other)  # type: ignore[arg-type]
    assert dates_of(law, claim, events, place) == dates_of(law, claim, other, place)


@given(laws, claims, clock_events(), places)
def test_an_event_never_brings_a_date_nearer(law: object, claim: Claim, events: list[Event], place: str | None) -> None:
    whole = dates_of(law, claim, events, place)
    for at in range(len(events)):
        less = dates_of(law, claim, [*events[:at], *events[at + 1 :]], place)
        for key, (legal_on, cautious_on) in less.items():
            assert whole[key][0] >= legal_on, key
            assert whole[key][1] >= cautious_on, key


@given(laws, claims, clock_events(), places)
def test_the_cautious_date_is_never_after_the_legal_one(
    law: object, claim: Claim, events: list[Event], place: str | None
) -> None:
    found = clocks_of(law, claim, [Guarantor(7)], [*events, *named(place)])  # type: ignore[arg-type]
    assert all(one.cautious_on <= one.legal_on for one in found)
    assert found
