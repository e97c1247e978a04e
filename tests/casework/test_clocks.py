"""Clocks of the law on a floor: what moves them is recorded once, and facts, plan and referral follow."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from clock_telling import NOW, guarantor, note, paper
from floor import LI, Borrower, Story, moment

from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.facts import actions as facts
from collector.facts.rules import days_to_lapse, extra_of
from collector.foundation.errors import BadInput, NotFound
from collector.history.actions import ClockNote
from collector.history.rules import ReferralKind
from collector.history.tables import Referral
from collector.law.rules import Happening

H = Happening


@pytest.fixture
def old(story: Story) -> Borrower:
    """Whose oldest instalment fell due almost three years ago; the last one a year later."""
    who = story.borrower("2023-06-01", "2024-06-01")
    story.follow(who, NOW)
    return who


def lapses(story: Story, who: Borrower, at: str = NOW) -> tuple[str | None, int | None]:
    account = story.facts(who, at).accounts[0]
    day = moment(at).date()
    return account.lapses_on.isoformat() if account.lapses_on else None, days_to_lapse(account, day)


def is_proven(story: Story) -> bool:
    with story.database.read() as session:
        return facts.verify(session) == []


def test_a_demand_that_arrived_moves_the_clock_once(story: Story, old: Borrower) -> None:
    assert lapses(story, old) == ("2026-06-01", 19)
    receipt = paper(story, old)
    first = note(story, old, H.demand_arrived, "2026-05-12", document_id=receipt.id)
    assert note(story, old, H.demand_arrived, "2026-05-12", document_id=receipt.id).id == first.id
    assert lapses(story, old) == (None, None)
    assert lapses(story, old, "2028-05-12 12:00") == ("2029-05-12", 365)
    [entry] = story.rows(AuditEntry, AuditEntry.action == "clock.noted")
    assert entry.subject == f"clock_event:{first.id}"
    assert entry.detail["document_id"] == receipt.id
    assert is_proven(story)


def test_what_is_only_told_leaves_the_cautious_date(story: Story, old: Borrower) -> None:
    note(story, old, H.demand_arrived, "2026-05-12")
    assert lapses(story, old) == ("2026-06-01", 19)


def test_an_error_is_struck_and_what_was_known_before_is_unchanged(story: Story, old: Borrower) -> None:
    row = note(story, old, H.demand_arrived, "2026-05-12", document_id=paper(story, old).id)
    note(story, old, H.struck, "2026-05-13", "2026-05-13 15:00", about_id=row.id)
    assert lapses(story, old, "2026-05-13 14:00") == (None, None), "it counted then"
    assert lapses(story, old, "2026-05-13 16:00") == ("2026-06-01", 19)
    assert is_proven(story)


def test_a_clock_that_is_near_is_proposed_to_legal(story: Story, old: Borrower) -> None:
    story.plan("2026-05-13 07:00")
    [referral] = [row for row in story.rows(Referral) if row.kind is ReferralKind.legal]
    assert "clock" in [reason["trigger"] for reason in referral.reasons]


def test_a_guarantee_that_ends_is_seen_from_the_account_and_kept_by_a_demand(story: Story) -> None:
    who = story.borrower("2026-01-01", matures_on=date(2026, 1, 1), opened_on=date(2020, 6, 1))
    person = guarantor(story, who)
    assert lapses(story, who) == ("2026-07-01", 49)
    theirs = Borrower(person, who.account_id, (), "")
    assert lapses(story, theirs) == ("2026-07-01", 49)
    note(story, who, H.demand_arrived, "2026-05-12", guarantor_id=person, document_id=paper(story, who).id)
    assert lapses(story, who) == (None, None)
    assert lapses(story, theirs) == (None, None)
    assert is_proven(story)


def test_a_lapsed_claim_is_no_reason_any_more(story: Story, old: Borrower) -> None:
    between, after = "2026-07-01 12:00", "2027-06-02 12:00"
    assert lapses(story, old, between) == ("2026-06-01", -30), "the legal date is still ahead"
    assert lapses(story, old, after) == ("2026-06-01", None)
    assert extra_of(story.facts(old, after).accounts[0]).lapsed


def test_a_suit_stops_the_clock_and_is_told_to_the_gate(story: Story, old: Borrower) -> None:
    note(story, old, H.filed, "2026-05-12", document_id=paper(story, old).id)
    account = story.facts(old, NOW).accounts[0]
    assert (account.lapses_on, extra_of(account).sued_on) == (None, date(2026, 5, 12))


def test_the_state_decides_and_an_unknown_one_is_the_shortest(story: Story) -> None:
    who = story.borrower("2024-01-01", portfolio_id=story.us)
    story.follow(who, NOW)
    assert lapses(story, who) == ("2027-01-01", 233)
    note(story, who, H.governing_law, "2026-05-12", place="TX")
    assert lapses(story, who) == (None, None)
    assert lapses(story, who, "2027-06-01 12:00") == ("2028-01-01", 214)
    with pytest.raises(BadInput, match="'ZZ' is not known"):
        note(story, who, H.governing_law, "2026-05-12", place="ZZ")


def test_a_reported_debt_starts_as_early_as_the_report_allows(story: Story) -> None:
    told = {"reported_on": date(2026, 5, 1), "reported_min": 900, "reported_max": 1000, "reported_overdue": 5}
    who = story.borrower(**told)
    story.follow(who, NOW)
    assert lapses(story, who) == ("2026-08-05", 84)


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        pytest.param(H.payment, {}, "recorded where they are made", id="a payment"),
        pytest.param(H.stood_still, {}, "needs its last day", id="an open suspension"),
        pytest.param(H.stood_still, {"until": date(2026, 5, 1)}, "first day or later", id="ends before it begins"),
        pytest.param(H.struck, {}, "name the event", id="strikes nothing"),
        pytest.param(H.struck, {"about_id": 999}, "not of this account", id="strikes what is not there"),
        pytest.param(H.governing_law, {}, "needs its place", id="no place"),
        pytest.param(H.let_go, {}, "which clock", id="no clock"),
        pytest.param(H.demand_arrived, {"document_id": 999}, "not of the account", id="no such paper"),
        pytest.param(H.demand_arrived, {"attempt_id": 999}, "not about the account", id="no such contact"),
        pytest.param(H.demand_arrived, {"guarantor_id": 1}, "no guarantor", id="no guarantor"),
    ],
)
def test_what_does_not_fit_is_refused(story: Story, old: Borrower, kind: H, more: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        note(story, old, kind, "2026-05-12", **more)


def test_a_day_ahead_and_an_unknown_account_are_refused(story: Story, old: Borrower) -> None:
    with pytest.raises(BadInput, match="a day that has come"):
        note(story, old, H.filed, "2026-05-14")
    with pytest.raises(NotFound):
        story.do(casework.note_clock, 999, ClockNote(H.filed, date(2026, 5, 1)), now=moment(NOW), actor=LI)
