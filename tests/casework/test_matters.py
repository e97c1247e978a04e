"""A matter after referral: stages with the clocks they move, days at court, costs, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from clock_telling import NOW, note, paper
from floor import LI, Borrower, Story, moment
from sqlalchemy.exc import DatabaseError
from sqlmodel import col, delete, select

from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.casework import approvals
from collector.casework.actions.matters import CostOrder, DateOrder, read_calendar
from collector.casework.approvals import costs as asking
from collector.casework.views.matters import idle
from collector.facts import actions as facts
from collector.facts.clocks import read_clocks
from collector.foundation.errors import BadInput, Conflict
from collector.history import actions as history
from collector.history.rules import ReferralKind, ReferralState
from collector.history.tables import ClockEvent, Referral
from collector.identity.rules import EVERYTHING, Actor, Level, Role
from collector.identity.tables import Approval
from collector.law.rules import Clock, Happening
from collector.legal.matters.money import nets
from collector.legal.matters.queries import Matter, court_dates, matters_of, open_dates, passed_unseen
from collector.legal.matters.rules import Advancer, CostKind, DateEnd, DateKind, MatterOutcome, MatterStage, Net, Step
from collector.legal.matters.tables import CourtDate, MatterCost, MatterStep
from collector.legal.tables import ClockAlarm
from collector.portfolio.rules import EntryKind
from collector.portfolio.tables import InstalmentRow, LedgerEntry

S = MatterStage
COURT = {"court": "浦东新区法院", "case_no": "(2026)沪0115民初1号"}


@pytest.fixture
def sued(story: Story) -> Borrower:
    """Whose referral legal accepted: 1,000 fell due half a year ago."""
    who = story.borrower("2025-11-10", opened_on=date(2025, 5, 1))
    story.follow(who, NOW)
    with story.database.begin() as session:
        row = history.open_referral(
            session,
            kind=ReferralKind.legal,
            person_id=who.person_id,
            account_id=who.account_id,
            portfolio_id=story.cn,
            reasons=[],
            evidence={},
            now=moment(NOW),
            actor=LI,
        )
        history.move_referral(session, row.id or 0, ReferralState.accepted, moment(NOW), LI)
    story.follow(who, NOW)
    return who


def enter(story: Story, who: Borrower, stage: MatterStage, day: str, at: str = "", **more: Any) -> MatterStep:
    step = Step(stage, date.fromisoformat(day), **more)
    row: MatterStep = story.do(casework.enter_stage, who.account_id, step, at=moment(at or f"{day} 12:00"), actor=LI)
    return row


def tell(story: Story, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """An action that needs no office."""
    with story.database.begin() as session:
        return action(session, *args, actor=LI, **more)


def matter(story: Story, who: Borrower) -> Matter:
    with story.database.read() as session:
        return matters_of(session, [who.account_id])[who.account_id]


def clocks(story: Story, who: Borrower, at: str) -> dict[str, Clock]:
    with story.database.read() as session:
        return {
            one.kind.value: one for one in read_clocks(session, [who.account_id], moment(at))[who.account_id].clocks
        }


def money(story: Story, who: Borrower) -> Net:
    with story.database.read() as session:
        one = matters_of(session, [who.account_id])[who.account_id]
        return nets(session, [one])[one.referral.id or 0]


def test_each_stage_tells_the_clocks_itself_and_nobody_tells_twice(story: Story, sued: Borrower) -> None:
    receipt = paper(story, sued)
    enter(story, sued, S.filed, "2026-05-14", document_id=receipt.id, **COURT)
    met = clocks(story, sued, "2026-05-14 13:00")["limitation"].met
    assert (met and met.kind, met and met.evidence) == (Happening.filed, f"document:{receipt.id}")
    enter(story, sued, S.served, "2026-05-20")
    enter(story, sued, S.judgment, "2026-07-01", awarded=90_000, document_id=receipt.id)
    assert clocks(story, sued, "2026-07-01 13:00")["appeal"].legal_on == date(2026, 7, 16)
    enter(story, sued, S.judgment, "2026-07-20", awarded=90_000, document_id=receipt.id, is_final=True)
    ends = clocks(story, sued, "2026-07-20 13:00")
    assert (ends["enforcement"].legal_on, ends["enforcement"].met) == (date(2028, 7, 20), None)
    enter(story, sued, S.enforcement, "2026-08-01", document_id=receipt.id, case_no="(2026)沪0115执1号")
    assert clocks(story, sued, "2026-08-01 13:00")["enforcement"].met is not None
    told = [row.kind for row in story.rows(ClockEvent)]
    assert told == [Happening.filed, Happening.judgment_served, Happening.judgment_final, Happening.enforcement_filed]
    now = matter(story, sued)
    assert (now.stage, now.court, now.case_no, now.awarded) == (
        S.enforcement, COURT["court"], "(2026)沪0115执1号", 90_000
    )  # fmt: skip
    with story.database.read() as session:
        assert facts.verify(session) == []


def test_a_suit_asks_for_the_balance_of_its_day_unless_it_is_said(story: Story, sued: Borrower) -> None:
    assert enter(story, sued, S.filed, "2026-05-14", **COURT).claimed == 100_000
    again = enter(story, sued, S.filed, "2026-05-14", claimed=120_000, **COURT)
    assert (again.claimed, matter(story, sued).claimed) == (120_000, 120_000)


def test_a_suit_asks_for_what_is_due_and_for_all_of_a_loan_that_was_called_in(story: Story, sued: Borrower) -> None:
    """As the statement of claim does."""
    with story.database.begin() as session:
        session.add(InstalmentRow(account_id=sued.account_id, number=2, due_on=date(2026, 12, 1), amount_due=50_000))
    assert enter(story, sued, S.filed, "2026-05-13", **COURT).claimed == 100_000
    note(story, sued, Happening.accelerated, "2026-05-13")
    assert enter(story, sued, S.filed, "2026-05-14", **COURT).claimed == 150_000


def test_the_very_same_entry_is_one_entry(story: Story, sued: Borrower) -> None:
    first, second = (enter(story, sued, S.filed, "2026-05-14", claimed=1, **COURT) for _ in range(2))
    assert (first.id, len(story.rows(MatterStep)), len(story.rows(ClockEvent))) == (second.id, 1, 1)


@pytest.mark.parametrize(
    ("stage", "more", "sentence"),
    [
        pytest.param(S.filed, {}, "before which court", id="no court"),
        pytest.param(S.filed, {"court": "x"}, "case number", id="no number"),
        pytest.param(S.heard, {"court": "x"}, "only moves forward", id="too early"),
        pytest.param(S.closed, {}, "what came of it", id="no outcome"),
        pytest.param(S.closed, {"outcome": MatterOutcome.enforced_fully}, "nothing was enforced", id="no enforcement"),
        pytest.param(S.enforcement, {**COURT}, "deed", id="no deed"),
        pytest.param(S.filed, {**COURT, "document_id": 10**9}, "not of the account", id="a paper of nobody"),
    ],
)
def test_what_a_stage_needs_is_asked_for_and_nothing_is_half_done(
    story: Story, sued: Borrower, stage: MatterStage, more: dict[str, Any], sentence: str
) -> None:
    with pytest.raises((BadInput, Conflict), match=sentence):
        enter(story, sued, stage, "2026-05-14", **more)
    assert (story.rows(MatterStep), story.rows(ClockEvent)) == ([], [])


def test_what_was_not_accepted_is_no_matter(story: Story) -> None:
    who = story.borrower("2025-11-10")
    with pytest.raises(Conflict, match="legal accepts the referral"):
        enter(story, who, S.preparing, "2026-05-14", counsel="Li & Partners")


def test_an_error_is_struck_with_its_clock_and_stays_to_be_read(story: Story, sued: Borrower) -> None:
    receipt = paper(story, sued)
    enter(story, sued, S.preparing, "2026-05-13", counsel="Li & Partners")
    row = enter(story, sued, S.filed, "2026-05-14", document_id=receipt.id, **COURT)
    with pytest.raises(BadInput, match="say why"):
        story.do(casework.strike_stage, sued.account_id, row.id, " ", at=moment("2026-05-15 09:00"), actor=LI)
    story.do(
        casework.strike_stage,
        sued.account_id,
        row.id,
        "another borrower's suit",
        at=moment("2026-05-15 09:00"),
        actor=LI,
    )
    now = matter(story, sued)
    assert (now.stage, now.court, now.counsel, len(now.rows)) == (S.preparing, "", "Li & Partners", 3)
    assert clocks(story, sued, "2026-05-15 10:00")["limitation"].met is None
    assert [one.kind for one in story.rows(ClockEvent)] == [Happening.filed, Happening.struck]
    with pytest.raises(Conflict, match="only the last entry"):
        story.do(casework.strike_stage, sued.account_id, row.id, "again", at=moment("2026-05-15 09:00"), actor=LI)
    [entry] = story.rows(AuditEntry, AuditEntry.action == "matter.struck")
    assert entry.detail["strikes"] == row.id


def test_the_history_can_not_be_changed_or_removed(story: Story, sued: Borrower) -> None:
    enter(story, sued, S.preparing, "2026-05-13", counsel="Li & Partners")
    with pytest.raises(DatabaseError), story.database.begin() as session:
        session.get_one(MatterStep, story.rows(MatterStep)[0].id).counsel = "Somebody"
    with pytest.raises(DatabaseError), story.database.begin() as session:
        session.exec(delete(MatterStep))


def test_a_matter_that_closes_closes_its_referral_and_a_withdrawn_suit_starts_limitation_anew(
    story: Story, sued: Borrower
) -> None:
    enter(story, sued, S.filed, "2026-05-14", document_id=paper(story, sued).id, **COURT)
    enter(story, sued, S.closed, "2026-06-14", outcome=MatterOutcome.withdrawn)
    [row] = story.rows(Referral)
    assert (row.state, row.state_reason) == (ReferralState.closed, "withdrawn")
    limitation = clocks(story, sued, "2026-06-14 13:00")["limitation"]
    assert limitation.met is None
    with pytest.raises(Conflict, match="closed"):
        enter(story, sued, S.judgment, "2026-06-15", awarded=1, document_id=1)


def test_a_suit_in_court_goes_on_though_the_referral_was_recalled(story: Story, sued: Borrower) -> None:
    enter(story, sued, S.filed, "2026-05-14", **COURT)
    story.pay(sued, 100_000, "2026-05-20 10:00")
    assert story.rows(Referral)[0].state is ReferralState.recalled
    with story.database.read() as session:
        [line] = idle(session, EVERYTHING)
    assert (line.account_id, line.beside.matter.referral.state) == (sued.account_id, ReferralState.recalled)
    enter(story, sued, S.closed, "2026-06-01", outcome=MatterOutcome.settled)
    with story.database.read() as session:
        assert idle(session, EVERYTHING) == []
    assert (matter(story, sued).stage, money(story, sued).recovered) == (S.closed, 100_000)


# --- days at court ---

HEARING = DateOrder(DateKind.hearing, date(2026, 6, 20), "first hearing", time(9, 30), place="Court room 3", who="Li")


def calendar(story: Story) -> list[CourtDate]:
    with story.database.read() as session:
        return open_dates(session, EVERYTHING, 50)


def test_a_day_at_court_is_told_of_until_somebody_says_how_it_ended(story: Story, sued: Borrower) -> None:
    row = tell(story, casework.note_court_date, sued.account_id, HEARING, at=moment(NOW))
    assert row.at == moment("2026-06-20 09:30")
    days = (
        "2026-05-14",
        "2026-05-21",
        "2026-05-22",
        "2026-06-13",
        "2026-06-19",
        "2026-06-20",
        "2026-06-21",
        "2026-06-22",
    )
    for day in days:
        story.sweep(f"{day} 09:00")
        story.sweep(f"{day} 10:00")
    mine = story.rows(ClockAlarm, ClockAlarm.clock == f"court_date:{row.id}")
    assert [(one.ahead, one.day.isoformat()) for one in mine] == [
        (30, "2026-05-21"), (7, "2026-06-13"), (1, "2026-06-19"), (0, "2026-06-21"),
    ]  # fmt: skip
    assert [one.id for one in calendar(story)] == [row.id]
    with pytest.raises(BadInput, match="say why"):
        tell(story, casework.end_court_date, row.id, DateEnd.missed, at=moment("2026-06-22 12:00"))
    tell(story, casework.end_court_date, row.id, DateEnd.missed, note="train", at=moment("2026-06-22 12:00"))
    assert calendar(story) == []
    with pytest.raises(Conflict, match="already"):
        tell(story, casework.end_court_date, row.id, DateEnd.done, at=moment("2026-06-22 12:00"))


def test_a_day_that_passed_unseen_is_proven(story: Story, sued: Borrower) -> None:
    tell(story, casework.note_court_date, sued.account_id, HEARING, at=moment(NOW))

    def unseen(at: str) -> int:
        with story.database.read() as session:
            return len(passed_unseen(session, moment(at)))

    assert (unseen("2026-06-20 09:00"), unseen("2026-06-20 09:31")) == (0, 1)
    story.sweep("2026-06-20 10:00")
    assert unseen("2026-06-20 10:01") == 0


def test_a_day_that_is_moved_is_never_lost_in_between(story: Story, sued: Borrower) -> None:
    row = tell(story, casework.note_court_date, sued.account_id, HEARING, at=moment(NOW))
    at = moment("2026-06-01 09:00")
    with pytest.raises(BadInput, match="new day"):
        tell(story, casework.end_court_date, row.id, DateEnd.moved, at=at)
    with pytest.raises(BadInput, match="needs its hour"):
        tell(story, casework.end_court_date, row.id, DateEnd.moved, at=at, day=date(2026, 7, 1))
    assert [one.id for one in calendar(story)] == [row.id]
    tell(story, casework.end_court_date, row.id, DateEnd.moved, at=at, day=date(2026, 7, 1), hour=time(14))
    [again] = calendar(story)
    assert (again.at, again.place, again.what) == (moment("2026-07-01 14:00"), "Court room 3", "first hearing")


def test_a_deadline_ends_with_the_day_of_its_court(story: Story, sued: Borrower) -> None:
    order = DateOrder(DateKind.deadline, date(2026, 6, 20), "file evidence", zone="Asia/Urumqi")
    row = tell(story, casework.note_court_date, sued.account_id, order, at=moment(NOW))
    assert (row.at.isoformat(), row.zone) == ("2026-06-20T17:59:00+00:00", "Asia/Urumqi")
    again = tell(story, casework.note_court_date, sued.account_id, order, at=moment(NOW))
    assert again.id == row.id


def test_a_matter_does_not_close_over_open_days(story: Story, sued: Borrower) -> None:
    row = tell(story, casework.note_court_date, sued.account_id, HEARING, at=moment(NOW))
    with pytest.raises(Conflict, match="still open"):
        enter(story, sued, S.closed, "2026-06-01", outcome=MatterOutcome.withdrawn)
    tell(story, casework.end_court_date, row.id, DateEnd.cancelled, note="withdrawn", at=moment("2026-06-01 09:00"))
    enter(story, sued, S.closed, "2026-06-01", outcome=MatterOutcome.withdrawn)


def written(folder: Path, text: str) -> Path:
    file = folder / "calendar.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_calendar_is_loaded_whole_and_loaded_again_changes_nothing(
    story: Story, sued: Borrower, tmp_path: Path
) -> None:
    file = written(
        tmp_path,
        "account,kind,date,time,timezone,place,what,who\n"
        "CN/L-1,hearing,2026-06-20,09:30,,Court room 3,first hearing,Li\n"
        "CN/L-1,deadline,2026-06-05,,Asia/Shanghai,,file evidence,\n",
    )
    for _ in range(2):
        rows = tell(story, casework.load_calendar, file, at=moment(NOW))
        assert len(rows) == 2
    assert [row.what for row in calendar(story)] == ["file evidence", "first hearing"]
    assert len(story.rows(CourtDate)) == 2


def test_what_is_wrong_in_a_calendar_is_named_by_line_and_nothing_of_it_is_noted(
    story: Story, sued: Borrower, tmp_path: Path
) -> None:
    stranger = story.borrower("2026-05-01")
    assert stranger.account_id
    file = written(
        tmp_path,
        "account,kind,date,time,what,timezone\n"
        "CN/L-1,hearing,2026-06-20,09:30,first hearing,\n"
        "CN/L-1,hearing,2026-06-21,,second hearing,\n"
        "CN/L-1,deadline,,,file evidence,\n"
        "CN/L-1,picnic,2026-06-20,,x,\n"
        "CN/L-9,deadline,2026-06-20,,x,\n"
        "CN/L-2,deadline,2026-06-20,,x,\n"
        "CN/L-1,deadline,2026-04-20,,late,\n"
        "CN/L-1,deadline,2026-06-20,9h,x,\n"
        "CN/L-1,deadline,2026-06-20,,x,Mars/Base\n"
        "CN/L-1,hearing,2026-06-20,09:30,first hearing,\n",
    )
    with pytest.raises(BadInput) as refused:
        tell(story, casework.load_calendar, file, at=moment(NOW))
    assert [one.line for one in refused.value.problems] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert story.rows(CourtDate) == []
    with story.database.read() as session:
        found = read_calendar(session, file, moment(NOW))
    assert ([one.line for one in found.lines], len(found.refused)) == ([2, 11], 9)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("account,kind,what\nCN/L-1,hearing,first hearing\n", id="no column"),
        pytest.param(
            "account,kind,date,what\nCN/L-1,hearing,,first hearing\nCN/L-1,deadline,,x\n", id="no date at all"
        ),
    ],
)
def test_a_calendar_without_dates_is_refused_in_a_sentence(
    story: Story, sued: Borrower, tmp_path: Path, text: str
) -> None:
    with pytest.raises(BadInput, match="this calendar has no dates"):
        tell(story, casework.load_calendar, written(tmp_path, text), at=moment(NOW))


# --- money ---


def spent(story: Story, who: Borrower, amount: int, **more: Any) -> MatterCost:
    given = {"on": date(2026, 5, 13), "advanced_by": Advancer.creditor, "recoverable": True, **more}
    order = CostOrder(CostKind.court_fee, amount, **given)
    row: MatterCost = tell(story, casework.note_cost, who.account_id, order, at=moment(NOW))
    return row


@pytest.fixture
def pair(story: Story) -> tuple[Actor, Actor]:
    return (
        story.agent("maker", None, Level.senior, Role.legal),
        story.agent("checker", None, Level.senior, Role.supervisor),
    )


def agreed(story: Story, row: Approval, checker: Actor) -> None:
    story.do(approvals.decide, row.id, shown=row.digest, yes=True, reason="", actor=checker, now=moment(NOW))


def test_costs_reach_the_account_by_two_people_and_come_off_it_the_same_way(
    story: Story, sued: Borrower, pair: tuple[Actor, Actor]
) -> None:
    maker, checker = pair
    receipt = paper(story, sued)
    cost = spent(story, sued, 5_000, document_id=receipt.id)
    spent(story, sued, 700)
    spent(story, sued, 900, recoverable=False, document_id=receipt.id)
    with story.database.begin() as session:
        row = asking.propose(session, sued.account_id, maker, moment(NOW))
    assert (row.body["lines"], row.body["total"]) == ([[cost.id, 5_000]], 5_000)
    assert story.rows(LedgerEntry) == []
    agreed(story, row, checker)
    [entry] = story.rows(LedgerEntry)
    assert (entry.kind, entry.fees, entry.amount, entry.source) == (
        EntryKind.cost,
        5_000,
        5_000,
        f"matter_cost:{cost.id}",
    )
    assert money(story, sued)[4:] == (6_600, 5_000)
    with pytest.raises(Conflict, match="taken off there first"):
        tell(story, casework.strike_cost, cost.id, "twice", at=moment(NOW))
    with story.database.begin() as session, pytest.raises(BadInput, match="no cost is"):
        asking.propose(session, sued.account_id, maker, moment(NOW))
    with story.database.begin() as session:
        back = asking.propose_back(session, cost.id or 0, maker, moment(NOW))
    agreed(story, back, checker)
    assert money(story, sued).posted == 0
    tell(story, casework.strike_cost, cost.id, "twice", at=moment(NOW))
    assert money(story, sued).costs == 1_600
    with story.database.read() as session:
        assert facts.verify(session) == []


def test_a_second_click_is_no_second_cost(story: Story, sued: Borrower) -> None:
    receipt = paper(story, sued).id
    first = spent(story, sued, 5_000, document_id=receipt)
    assert spent(story, sued, 5_000, document_id=receipt).id == first.id
    assert spent(story, sued, 5_000, document_id=receipt, note="the second copy").id != first.id
    tell(story, casework.strike_cost, first.id, "typed wrong", at=moment(NOW))
    assert spent(story, sued, 5_000, document_id=receipt).id not in (None, first.id)


def test_what_was_agreed_to_is_not_booked_when_the_cost_is_struck_meanwhile(
    story: Story, sued: Borrower, pair: tuple[Actor, Actor]
) -> None:
    cost = spent(story, sued, 5_000, document_id=paper(story, sued).id)
    with story.database.begin() as session:
        row = asking.propose(session, sued.account_id, pair[0], moment(NOW))
    tell(story, casework.strike_cost, cost.id, "typed wrong", at=moment(NOW))
    with pytest.raises(Conflict, match="struck already"):
        agreed(story, row, pair[1])
    assert story.rows(LedgerEntry) == []


def test_a_cost_is_not_booked_while_somebody_strikes_it(story: Story, sued: Borrower) -> None:
    cost = spent(story, sued, 5_000, document_id=paper(story, sued).id)
    lines, raised = [(cost.id or 0, 5_000)], []

    def book() -> None:
        try:
            tell(story, casework.book_costs, lines=lines, back=False, at=moment(NOW))
        except Conflict as error:
            raised.append(error.message)

    other = Thread(target=book)
    with story.database.begin() as session:
        casework.strike_cost(session, cost.id or 0, "typed wrong", at=moment(NOW), actor=LI)
        other.start()
        other.join(0.5)  # it waits for who strikes
    other.join()
    assert raised == ["this cost is struck already"]
    assert story.rows(LedgerEntry) == []


@pytest.mark.parametrize(
    ("amount", "more", "sentence"),
    [
        pytest.param(0, {}, "above 0", id="nothing"),
        pytest.param(5, {"currency": "USD"}, "costs are kept in CNY", id="another currency"),
        pytest.param(5, {"on": date(2026, 5, 14)}, "a day that has come", id="to come"),
        pytest.param(5, {"document_id": 10**9}, "not of the account", id="a receipt of nobody"),
    ],
)
def test_what_is_no_cost(story: Story, sued: Borrower, amount: int, more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        spent(story, sued, amount, **more)
    assert story.rows(MatterCost) == []


def test_what_was_claimed_awarded_recovered_and_spent(story: Story, sued: Borrower) -> None:
    story.pay(sued, 1_000, "2026-05-13 10:00")
    receipt = paper(story, sued)
    enter(story, sued, S.filed, "2026-05-14", claimed=99_000, **COURT)
    spent_later = CostOrder(CostKind.counsel_fee, 4_000, date(2026, 5, 14), Advancer.counsel, recoverable=False)
    tell(story, casework.note_cost, sued.account_id, spent_later, at=moment("2026-05-14 15:00"))
    story.pay(sued, 2_000, "2026-05-20 10:00")
    enter(story, sued, S.judgment, "2026-06-01", awarded=95_000, document_id=receipt.id)
    story.pay(sued, 30_000, "2026-06-10 10:00")
    assert money(story, sued) == Net(99_000, 95_000, 32_000, 30_000, 4_000, 0)
    assert (money(story, sued).net, money(story, sued).open_award) == (28_000, 65_000)


def test_every_step_is_audited_and_no_words_of_people_are_in_it(story: Story, sued: Borrower) -> None:
    row = enter(story, sued, S.preparing, "2026-05-14", counsel="Li & Partners")
    tell(story, casework.note_court_date, sued.account_id, HEARING, at=moment(NOW))
    story.do(casework.strike_stage, sued.account_id, row.id, "secret words", at=moment("2026-05-15 09:00"), actor=LI)
    with story.database.read() as session:
        asked = select(AuditEntry).where(
            col(AuditEntry.action).in_(["matter.stage", "matter.struck", "court_date.noted"])
        )
        entries = session.exec(asked).all()
        assert len(entries) == 3
        assert "secret" not in str([one.detail for one in entries])
        assert court_dates(session, matter(story, sued).referral.id or 0)


def test_a_hand_noted_filing_is_not_told_to_the_clocks_again(story: Story, sued: Borrower) -> None:
    receipt = paper(story, sued)
    told = note(story, sued, Happening.filed, "2026-05-13", document_id=receipt.id)
    row = enter(story, sued, S.filed, "2026-05-13", document_id=receipt.id, **COURT)
    assert (row.clock_event_id, len(story.rows(ClockEvent))) == (told.id, 1)


def test_the_paper_that_came_takes_the_place_of_the_word_that_was_only_told(story: Story, sued: Borrower) -> None:
    enter(story, sued, S.filed, "2026-05-14", **COURT)
    enter(story, sued, S.judgment, "2026-06-01", awarded=1, paper_to_come=True)
    assert matter(story, sued).lacks_judgment
    enter(story, sued, S.judgment, "2026-06-01", "2026-06-09 12:00", awarded=1, document_id=paper(story, sued).id)
    assert not matter(story, sued).lacks_judgment
    with story.database.read() as session:
        found = read_clocks(session, [sued.account_id], moment("2026-06-09 13:00"))[sued.account_id].clocks
    assert [one.kind.value for one in found].count("appeal") == 1


def test_a_judgment_whose_paper_was_another_ones_counts_as_it_was_told(story: Story, sued: Borrower) -> None:
    """The entry before it counts again, also for the clocks; and what is struck after that is struck there too."""
    enter(story, sued, S.filed, "2026-05-14", document_id=paper(story, sued).id, **COURT)
    told = enter(story, sued, S.judgment, "2026-06-01", awarded=1, paper_to_come=True)
    proven = enter(
        story, sued, S.judgment, "2026-06-01", "2026-06-09 12:00", awarded=1, document_id=paper(story, sued).id
    )
    for row, left in ((proven, 1), (told, 0)):
        at = moment(f"2026-06-1{left} 12:00")
        story.do(casework.strike_stage, sued.account_id, row.id, "another borrower's", at=at, actor=LI)
        events = story.rows(ClockEvent)
        gone = {one.about_id for one in events if one.kind is Happening.struck}
        judged = [one for one in events if one.kind is Happening.judgment_served and one.id not in gone]
        assert [one.document_id for one in judged] == [None] * left


def test_what_was_struck_can_be_entered_again_and_counts(story: Story, sued: Borrower) -> None:
    receipt = paper(story, sued)
    row = enter(story, sued, S.filed, "2026-05-14", document_id=receipt.id, **COURT)
    story.do(casework.strike_stage, sued.account_id, row.id, "court", at=moment("2026-05-15 09:00"), actor=LI)
    enter(story, sued, S.filed, "2026-05-14", document_id=receipt.id, court="徐汇法院", case_no="1")
    assert clocks(story, sued, "2026-05-15 10:00")["limitation"].met is not None
