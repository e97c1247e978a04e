"""`collector matters`: stages, days at court, costs, the calendar, and the package for counsel."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_runs import Home
from sqlmodel import select

from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.history import actions as history
from collector.history.rules import ReferralKind, ReferralState
from collector.identity.rules import COMMAND_LINE
from collector.portfolio.tables import Account

NOW = "2026-05-12T18:00+08:00"
AT = ("--at", NOW)
FILED = ("matters", "stage", "CN/A1", "filed", "--on", "2026-05-12")
COURT = ("--court", "Pudong", "--case-no", "115-7", "--counsel", "Wang LLP")


@pytest.fixture
def sued(home: Home) -> Home:
    """Legal accepted the referral of A1."""
    database, now = Database(f"sqlite:///{home.folder / 'collector.db'}"), parse_moment(NOW)
    with database.begin() as session:
        account = session.exec(select(Account).where(Account.account_no == "A1")).one()
        row = history.open_referral(
            session,
            kind=ReferralKind.legal,
            person_id=account.person_id,
            account_id=account.id or 0,
            portfolio_id=account.portfolio_id,
            reasons=[],
            evidence={},
            now=now,
            actor=COMMAND_LINE,
        )
        history.move_referral(session, row.id or 0, ReferralState.accepted, now, COMMAND_LINE)
    database.engine.dispose()
    return home


def test_a_matter_is_told_from_stage_to_counsel(sued: Home, tmp_path: Path) -> None:
    done = sued.run(*FILED, *COURT, *AT, "--json")
    assert (done.code, done.document["stage"]) == (0, "filed"), done
    assert done.document["clock_event"]
    assert sued.run("matters", "cost", "CN/A1", "court_fee", "123.40", "--on", "2026-05-12", *AT).code == 0
    shown = sued.run("matters", "show", "CN/A1", "--json").document
    assert (shown["stage"], shown["money"]["claimed"], shown["money"]["costs"]) == ("filed", "1000.00", "123.40")
    assert shown["money"]["net"] == "-123.40"
    [listed] = sued.run("matters", "--json").document["matters"]
    assert (listed["account"], listed["court"], listed["next"]) == ("CN/A1", "Pudong", None)
    out = tmp_path / "package"
    made = sued.run("matters", "handover", "CN/A1", "--out", str(out), "--contact", "Li 0571-1", "--at", NOW, "--json")
    assert (made.code, (out / "case-file.pdf").is_file()) == (0, True), made
    checked = sued.run("casefile", "verify", str(out), "--json")
    assert checked.document["case_files"][0]["whole"] is True
    [counsel] = sued.run("matters", "counsel", "--json").document["counsel"]
    assert (counsel["counsel"], counsel["running"], counsel["claimed"]) == ("Wang LLP", 1, "1000.00")


def test_an_entry_is_struck_with_its_reason(sued: Home) -> None:
    step = sued.run(*FILED, *COURT, *AT, "--json").document["step"]
    assert sued.run("matters", "strike", "CN/A1", str(step), "wrong court", *AT).code == 0
    shown = sued.run("matters", "show", "CN/A1", "--json").document
    assert (shown["stage"], shown["history"][-1]["reason"]) == ("preparing", "wrong court")
    again = sued.run("matters", "strike", "CN/A1", str(step), "wrong court", *AT)
    assert (again.code, "only the last entry" in again.err) == (1, True)


def test_a_calendar_is_looked_at_and_then_loaded_whole(sued: Home) -> None:
    head, good = "account,kind,date,time,what\n", "CN/A1,hearing,2026-06-20,09:30,first hearing\n"
    file = sued.file("days.csv", head + good + "CN/A1,hearing,2026-06-20,,no hour\nCN/A2,deadline,2026-06-20,,x\n")
    for words in (["--check"], []):
        done = sued.run("matters", "calendar", file, *words, *AT, "--json")
        assert (done.code, done.document["noted"]) == (2, False)
        assert [one["line"] for one in done.document["refused"]] == [3, 4]
        assert [one["line"] for one in done.document["days"]] == [2]
    assert sued.run("matters", "dates", "--json").document["court_dates"] == []
    whole = sued.file("whole.csv", head + good)
    assert sued.run("matters", "calendar", whole, "--check", *AT, "--json").document["noted"] is False
    assert sued.run("matters", "calendar", whole, *AT, "--json").document["noted"] is True
    [day] = sued.run("matters", "dates", *AT, "--json").document["court_dates"]
    assert (day["days"], day["what"]) == (39, "first hearing")
    moved = sued.run("matters", "ended", str(day["number"]), "moved", "--to", "2026-07-01", "--time", "14:00", *AT)
    assert moved.code == 0, moved
    [day] = sued.run("matters", "dates", *AT, "--json").document["court_dates"]
    assert day["at"].startswith("2026-07-01T06:00")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param([*FILED[1:]], "before which court", id="no court"),
        pytest.param(["stage", "CN/A1", "filed", "--on", "soon", *COURT], "not a day", id="no day"),
        pytest.param(["show", "CN/A2"], "no matter yet", id="no matter"),
        pytest.param(["date", "CN/A1", "hearing", "x", "--on", "2026-06-01"], "needs its hour", id="no hour"),
        pytest.param(["date", "CN/A1", "deadline", "x", "--on", "2026-01-01"], "has passed", id="passed"),
        pytest.param(["cost", "CN/A1", "travel", "1.234", "--on", "2026-05-01"], "more than 2 decimals", id="decimals"),
        pytest.param(["post-costs", "CN/A1"], "no cost is for the borrower", id="nothing to post"),
        pytest.param(["received", "7", "desk", "--on", "2026-05-12"], "there is no counsel_package 7", id="no package"),
        pytest.param(["strike-cost", "7", "x"], "there is no such cost", id="no cost"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(sued: Home, words: list[str], told: str) -> None:
    more = [] if words[0] in ("show",) else AT
    done = sued.run("matters", *words, *more, "--json")
    assert done.code in (1, 2), done
    assert told in done.document["error"]


def test_a_calendar_without_dates_is_refused_in_a_sentence(sued: Home) -> None:
    file = sued.file("none.csv", "account,kind,date,what\nCN/A1,deadline,,evidence\n")
    done = sued.run("matters", "calendar", file, *AT, "--json")
    assert done.code == 2
    assert done.document["error"].startswith("this calendar has no dates")
