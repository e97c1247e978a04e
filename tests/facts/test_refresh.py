"""Kept facts follow from the records, at every moment, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from floor import AMOUNT, DUE, Floor, noon
from sqlalchemy import event
from sqlmodel import Session

from collector.facts import actions as facts
from collector.facts.queries import read_person, stream
from collector.facts.rules import PersonFacts, body_decoder, lateness
from collector.foundation.database import Database, is_postgresql
from collector.history.actions import settle_promises
from collector.identity.rules import WORKER
from collector.portfolio.queries import records_of


def everyone(floor: Floor) -> list[int]:
    return [floor.wang, floor.zhao, floor.qian, floor.stranger]


def test_kept_facts_are_what_the_records_say(session: Session) -> None:
    floor = Floor(session)
    now = noon(DUE + timedelta(days=5))
    floor.contact(now - timedelta(days=1))
    facts.refresh(session, everyone(floor), now)
    assert facts.verify(session) == []
    wang = read_person(session, floor.wang, now)
    assert [account.account_no for account in wang.accounts] == ["L-1", "C-1"]
    assert lateness(wang.accounts[0], date(2026, 5, 15)) == 5
    assert wang.accounts[0].overdue == AMOUNT
    assert wang.body.zones == ("Asia/Shanghai",)
    assert [account.role for account in read_person(session, floor.zhao, now).accounts] == ["co_borrower"]


def test_verify_names_what_was_changed_behind_its_back(session: Session) -> None:
    floor = Floor(session)
    now = noon(DUE + timedelta(days=5))
    facts.refresh(session, everyone(floor), now)
    floor.pay(AMOUNT, now - timedelta(days=2))
    fields = {(row.person_id, row.field) for row in facts.verify(session)}
    assert (floor.wang, "overdue") in fields
    assert (floor.qian, "oldest_unpaid_due") in fields
    facts.refresh(session, everyone(floor), now)
    assert facts.verify(session) == []


def test_stream_is_read_person(database: Database) -> None:
    with database.begin() as session:
        floor = Floor(session)
        now = noon(DUE + timedelta(days=5))
        floor.contact(now - timedelta(hours=3), step="firm/3")
        floor.pay(5_00, now - timedelta(days=1))
    assert facts.refresh_stale(database.begin, now) == 4
    assert facts.refresh_stale(database.begin, now) == 0
    with database.read() as session:
        streamed = list(stream(session, floor.cn, date(2026, 5, 15), 0, 10**9))
        people = [
            PersonFacts(accounts[0].person_id, body_decoder.decode(body), tuple(accounts))
            for accounts, _, body in streamed
        ]
        assert people == [read_person(session, number, now) for number in (floor.wang, floor.zhao, floor.qian)]
        assert people[0].accounts[0].step == "firm/3"


WORD_INDEXES = ("ix_payment_state", "ix_hold_scope")


def test_what_one_account_has_is_not_looked_for_among_all_of_a_word(session: Session) -> None:
    """Nearly every payment is `applied`: an index over that finds all of them, for every account anew (`mostly`)."""
    floor = Floor(session)
    now = noon(DUE + timedelta(days=5))
    floor.pay(AMOUNT, now - timedelta(days=2))
    session.flush()
    connection = session.connection()
    if is_postgresql(session):
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # so few rows are read without any index
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT") and (" payment" in statement or " hold" in statement):
            seen.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    facts.refresh(session, everyone(floor), now)
    records_of(session, [floor.loan])
    settle_promises(session, [floor.loan], now, WORKER)
    event.remove(connection, "before_cursor_execute", note)
    assert len(seen) >= 3
    explain = "EXPLAIN " if is_postgresql(session) else "EXPLAIN QUERY PLAN "
    for statement, parameters in seen:
        plan = str(connection.exec_driver_sql(explain + statement, parameters).all())
        assert not any(index in plan for index in WORD_INDEXES), plan
