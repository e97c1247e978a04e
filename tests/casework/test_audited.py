"""Whatever the business writes, an entry of the audit tells of it in the same transaction, and no entry tells a name.

The database itself notes every row that is written; at every commit each of them must have its entry. The walk
carries out every business event there is, with people who are marked so that they would be found again anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pytest
from audited_walk import MARKS, Walk
from sqlalchemy import event, text
from sqlmodel import Session, SQLModel, col, select

from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.casework.replay import Standing as Replay
from collector.casework.replay import replay
from collector.foundation.database import Database, is_postgresql
from collector.planning.tables import Task

NOT_TOLD = {
    "account_state": "follows from the records",
    "person_state": "follows from the records",
    "stage_account": "rows on their way into the book",
    "stage_instalment": "rows on their way into the book",
    "stage_payment": "rows on their way into the book",
    "stage_party": "rows on their way into the book",
    "stage_balance": "rows on their way into the book",
    "plan_run": "its publication is one entry",
    "upload": "a file's way into the book: bringing, loading and dropping it are entries, what was loaded another",
    "task": "work to be done: a plan is one entry, a verdict about it another",
    "refusal": "ordinary rows (design section 3)",
    "strategy_trial": "what a draft would change: worked out from it, and dropped with it",
    "letter_batch": "how far a batch is: its begin, its end and its numbers are entries, and so is each letter",
    "brake_sample": "messages that followed something new: each has its verdict, the brake its own entries",
    "messages_out": "how many messages a claim let go, each of which has its verdict",
    "carrier_event": "remembers which reports were taken",
    "throttle": "counts wrong passwords, each of which is an entry",
    "user_session": "a login is an entry, and so is its end",
    "sign_in": "waits for a code: what becomes of it is an entry",
    "policy_text": "words of a gate, whose use is an entry",
    "audit_entry": "the audit itself",
    "audit_link": "the audit itself",
    "audit_checkpoint": "the audit itself",
}
IN_BULK = {
    **{name: {"load"} for name in ("person", "account", "instalment", "payment", "party", "partner", "contact_point")},
    **{name: {"attempts.taken_over"} for name in ("attempt", "outcome", "delivery")},
    **{name: {"filing.made"} for name in ("referral", "referral_step")},
    "disposition": {"dispositions.taken_over"},
    "portfolio": {"load"},
    "ledger_balance": {"load", "ledger.compared"},
    "strategy_version": set(),
}
"""Actions that tell of many rows at once, by digest or count."""
EMPTIED = (
    "account", "attempt", "complaint", "contact_point", "dispute", "disposition", "document", "hold", "inbound_call",
    "inbound_message", "look", "outcome", "payment", "person", "promise", "purge", "recording", "referral", "stop",
    "submission",
)  # fmt: skip
"""Where a purge takes out words; its entry tells of a batch by counts and a digest, its list of each record."""
IN_BULK |= {name: IN_BULK.get(name, set()) | {"purge.removed"} for name in EMPTIED}
ABOUT = {
    "user_account": ("user", "id"),
    "api_key": ("apikey", "id"),
    "reset_code": ("user", "user_id"),
    "pause": ("account", "account_id"),
    "delivery": ("attempt", "attempt_id"),
    "submission": ("task", "task_id"),
    "agent_state": ("user", "user_id"),
    "holding": ("account", "account_id"),
    "referral_step": ("referral", "referral_id"),
    "campaign_member": ("campaign", "campaign_id"),
    "instalment": ("account", "account_id"),
    "instalment_before": ("account", "account_id"),
    "case_file_part": ("case_file", "case_file_id"),
    "purged": ("purge", "purge_id"),
    "purged_file": ("purge", "purge_id"),
    "stated_instalment": ("account", "account_id"),
}
"""Tables whose entries are about something else: what it is called, and the column that names it."""


def told_tables() -> list[str]:
    return sorted(set(SQLModel.metadata.tables) - set(NOT_TOLD))


def _notes(session: Session) -> Iterable[str]:
    """Statements by which the database notes every row that is written."""
    number = "SERIAL PRIMARY KEY" if is_postgresql(session) else "INTEGER PRIMARY KEY"
    yield f"CREATE TABLE touched (n {number}, what TEXT, id BIGINT, about BIGINT)"
    for table in told_tables():
        columns = SQLModel.metadata.tables[table].c
        _, about = ABOUT.get(table, (table, "id"))
        own = "id" if "id" in columns else about
        note = f"INSERT INTO touched (what, id, about) VALUES ('{table}', NEW.{own}, NEW.{about})"
        if not is_postgresql(session):
            for kind in ("INSERT", "UPDATE"):
                yield f"CREATE TRIGGER noted_{table}_{kind} AFTER {kind} ON {table} BEGIN {note}; END"
            continue
        body = f"BEGIN {note}; RETURN NULL; END"
        yield f"CREATE FUNCTION note_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
        yield (f"CREATE TRIGGER noted AFTER INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION note_{table}()")


class Watch:
    """At every commit: each row that was written since the last one has its entry."""

    def __init__(self, database: Database) -> None:
        self.untold: list[tuple[str, int, list[str]]] = []
        self.seen: set[str] = set()
        with database.begin() as session:
            for statement in _notes(session):
                session.execute(text(statement))
            self._last = session.execute(text("SELECT COALESCE(MAX(id), 0) FROM audit_entry")).scalar_one()
        event.listen(Session, "before_commit", self.look)

    def stop(self) -> None:
        event.remove(Session, "before_commit", self.look)

    def look(self, session: Session) -> None:
        if session.in_nested_transaction():
            return
        session.flush()
        rows = session.execute(text("SELECT DISTINCT what, id, about FROM touched")).all()
        if not rows:
            return
        entries = session.exec(select(AuditEntry).where(col(AuditEntry.id) > self._last)).all()
        self._last = max((entry.id or 0 for entry in entries), default=self._last)
        subjects, actions = {entry.subject for entry in entries}, {entry.action for entry in entries}
        for what, number, about in rows:
            self.seen.add(what)
            kind = ABOUT.get(what, (what, ""))[0]
            is_told = {f"{what}:{number}", f"{kind}:{about}"} & subjects or IN_BULK.get(what, set()) & actions
            if not is_told and not _access(what, subjects):
                self.untold.append((what, number, sorted(actions)))
        session.execute(text("DELETE FROM touched"))


def _access(what: str, subjects: set[str]) -> bool:
    return what == "portfolio_access" and any(word.startswith(("user:", "apikey:")) for word in subjects)


class Walked(NamedTuple):
    walk: Walk
    watch: Watch


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def walked(
    request: pytest.FixtureRequest, databases: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walked]:
    with databases(request.param) as database:
        walk = Walk(database, tmp_path_factory.mktemp("walk"))
        watch = Watch(database)
        try:
            walk.go()
        finally:
            watch.stop()
        yield Walked(walk, watch)


def test_every_table_is_told_of_or_says_why_not() -> None:
    assert set(NOT_TOLD) <= set(SQLModel.metadata.tables)
    assert not set(NOT_TOLD) & {*IN_BULK, *ABOUT}


def test_the_walk_carries_out_every_event_and_writes_every_table(walked: Walked) -> None:
    assert set(casework.__all__) - walked.walk.done == set()
    assert set(told_tables()) - walked.watch.seen - {"closing_refused"} == set()


def test_every_row_that_is_written_has_its_entry(walked: Walked) -> None:
    assert walked.watch.untold == []


def test_no_entry_holds_a_name_a_number_or_a_word_of_anybody(walked: Walked) -> None:
    with walked.walk.database.read() as session:
        rows = session.execute(text("SELECT id, action, actor || ' ' || subject || ' ' || detail FROM audit_entry"))
        found = [(number, action, mark) for number, action, told in rows for mark in MARKS if mark in told]
    assert found == []


def test_an_honest_walk_replays_clean(walked: Walked) -> None:
    """Contacts that a file brought are from before any gate was known here."""
    with walked.walk.database.read() as session:
        done = replay(session)
    assert [(one.channel, one.standing) for one in done.told] == [("letter", Replay.ungated)], "what left all the same"
    assert done.counts[Replay.before] == 2
    assert done.counts[Replay.lawful] >= 5


def test_every_verdict_names_its_gate_and_its_facts(walked: Walked) -> None:
    with walked.walk.database.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "gate.judged")).all()
        tasks = {row.id for row in session.exec(select(Task).where(col(Task.submitted_at).is_not(None)))}
    assert {f"task:{number}" for number in tasks} <= {entry.subject for entry in entries}
    for entry in entries:
        assert {"moment", "answer", "rules", "person", "account"} <= set(entry.detail)
        assert all(len(entry.detail[name]) == 64 for name in ("policy", "facts"))
