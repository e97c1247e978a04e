"""The night plan against the bare SQL statement, the object mapper row by row, and its own memory (design section 10).

    scripts/bench plan [--accounts 100000] [--processes 2] [--rounds 3]

Everything is measured in one run on one scratch database, which is dropped afterwards. Ratios count; seconds are this
machine's today. `COLLECTOR_BENCH_POSTGRES` (default: that of the tests) names a server where databases may be made.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import psycopg
from sqlalchemy import text
from sqlmodel import Session, SQLModel, select

import collector.app  # noqa: F401 - makes every table known
from collector.compliance.rules import Policy
from collector.facts.queries import read_person
from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.history.rules import Channel
from collector.planning import actions
from collector.planning.actions.rows import stamp
from collector.planning.actions.sweep import Errand, go_through_all
from collector.planning.queries import person_ranges, read_context
from collector.planning.rules import Context, RunState, plan_person
from collector.planning.tables import PlanRun, Task

SERVER = os.environ.get(
    "COLLECTOR_BENCH_POSTGRES",
    os.environ.get("COLLECTOR_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres"),
)
NOW = parse_moment("2026-05-12T02:00+08:00")
SMALL = 5
"""The small portfolio is this many times smaller: memory must not follow the size."""
SAMPLE = 1_000
"""Accounts that the object mapper is tried on."""

MARKS = {"without the gate": 2.0, "with the gate": 4.0}
"""First marks: at most so many times the bare statement."""

BOOK = """
INSERT INTO portfolio (id, code, creditor, collector_type, debt_type, currency, timezone, jurisdiction, language,
    sender_name, signature, pay_instructions, grace_days, tightening, links, call_backs, pay_accounts)
SELECT n, 'B' || n, 'Bank', 'creditor', 'bank_loan', 'CNY', 'Asia/Shanghai', 'cn', 'zh',
    'Bank', '', '', 0, '{}', '[]', '[]', '[]'
FROM generate_series(1, 2) n;
INSERT INTO caller_number (portfolio_id, number, channels)
SELECT p, '+86105550000' || n, 'call,sms' FROM generate_series(1, 2) p, generate_series(1, 3) n;
INSERT INTO person (id, name, salt, language) SELECT n, 'x', 's', 'zh' FROM generate_series(1, :total) n;
INSERT INTO account (id, portfolio_id, account_no, person_id, product, security, principal, autopay, borrower_type,
    value_tier, arbitration, notarised, service_address)
SELECT n, CASE WHEN n <= :big THEN 1 ELSE 2 END, 'A' || n, n, 'cash', 'credit', 1000000, false,
    (ARRAY['white_collar', 'worker', 'other', 'small_business_owner', 'student'])[1 + n % 5], 'ordinary',
    false, false, false
FROM generate_series(1, :total) n;
INSERT INTO contact_point (id, person_id, portfolio_id, kind, value, label, source, owner, status, rank)
SELECT n, n, CASE WHEN n <= :big THEN 1 ELSE 2 END, 'phone', '+86138' || lpad(n::text, 8, '0'), 'mobile', 'book',
    'own', 'active', 0
FROM generate_series(1, :total) n;
INSERT INTO account_state (person_id, account_id, portfolio_id, role, account_no, product, borrower_type, value_tier,
    security, autopay, principal, grace_days, oldest_unpaid_due, overdue, due_today, owed, next_due_on,
    next_due_amount, missed_consecutive, missed_cumulative, settled, step, step_on, touched_on, promises_broken,
    fresh_from, fresh_until)
SELECT n, n, CASE WHEN n <= :big THEN 1 ELSE 2 END, 'borrower', 'A' || n, 'cash',
    (ARRAY['white_collar', 'worker', 'other', 'small_business_owner', 'student'])[1 + n % 5], 'ordinary', 'credit',
    false, 1000000, 0,
    CASE WHEN n % 10 < 7 THEN date '2026-05-12' - (1 + (n::bigint * 7919) % 120)::int END,
    CASE WHEN n % 10 < 7 THEN 50000 + n % 100000 ELSE 0 END, 0, 900000, date '2026-05-12' + (1 + n % 30)::int,
    60000, n % 3, 1 + n % 5, false,
    CASE WHEN n % 20 >= 8 THEN 'done/900' END, CASE WHEN n % 20 >= 8 THEN date '2026-05-10' END,
    CASE WHEN n % 3 = 0 THEN date '2026-05-01' END, 0, date '2026-05-01', NULL
FROM generate_series(1, :total) n;
INSERT INTO person_state (person_id, attention, body, refreshed_at)
SELECT n, 0, format(
    '{"zones":["Asia/Shanghai"],"language":"zh","phones":[[%s,"+86138%s","own","active","mobile",["Asia/Shanghai"]]],'
    || '"events":[["call",1778300000,"outbound","no_answer","+86138%s","+861055500001",[%s],1],'
    || '["sms",1778400000,"outbound",null,"+86138%s","+861055500001",[%s],1],'
    || '["call",1778480000,"outbound","no_answer","+86138%s","+861055500002",[%s],1]]}',
    n, lpad(n::text, 8, '0'), lpad(n::text, 8, '0'), n, lpad(n::text, 8, '0'), n, lpad(n::text, 8, '0'), n),
    timestamptz '2026-05-11 00:00+08'
FROM generate_series(1, :total) n;
ANALYZE;
"""

CASES = " ".join(
    f"WHEN s.borrower_type = '{kind}' AND date '2026-05-12' - s.oldest_unpaid_due BETWEEN {low} AND {high} "
    f"AND s.overdue >= {amount} THEN '{kind}-{low}'"
    for kind, amount in (("white_collar", 50000), ("worker", 50000), ("other", 50000), ("student", 50000))
    for low, high in ((1, 10), (11, 30), (31, 60), (61, 90), (91, 9999))
)
"""Twenty rows over five columns."""
BARE = f"""
INSERT INTO task (run_id, portfolio_id, person_id, account_id, debts, contact_point_id, number, channel, purpose,
    segment, stage, level, step, template, tone, caller, slot, not_before, not_after, rank, priority, reason, state)
SELECT %(run)s, s.portfolio_id, s.person_id, s.account_id, '[' || s.account_id || ']', s.person_id,
    '+86138' || lpad(s.person_id::text, 8, '0'), CASE WHEN s.account_id %% 2 = 0 THEN 'sms' ELSE 'call' END, 'collect',
    CASE {CASES} ELSE 'rest' END, 'growth', 'primary', 'first/3', 'overdue-first', 'courteous', '+861055500001',
    'morning', timestamptz '2026-05-12 00:30+00', timestamptz '2026-05-12 04:00+00',
    800000000000000000 - s.owed * 2 / 5,
    '{{"tier":"ordinary","weight":1.0,"balance":' || s.owed || ',"chance":0.4,"reach":{{"base":0.4}}}}',
    'step first/3', 'planned'
FROM account_state s JOIN person_state p ON p.person_id = s.person_id
WHERE s.portfolio_id = 1 AND s.overdue > 0 AND s.step IS NULL AND NOT s.settled AND length(p.body) > 0
"""


def main(argv: list[str] | None = None) -> None:
    options = _options(argv)
    if options.memory:
        _plan_and_print_memory(options.memory, options.portfolio)
        return
    with scratch() as (address, database):
        fill(database, options.accounts, options.accounts + options.accounts // SMALL)
        _measure(address, database, options)


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench plan", description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many counts")
    parser.add_argument("--memory", help=argparse.SUPPRESS)
    parser.add_argument("--portfolio", type=int, default=1, help=argparse.SUPPRESS)
    return parser.parse_args(argv)


@contextmanager
def scratch() -> Iterator[tuple[str, Database]]:
    """A database of our own, dropped afterwards."""
    name = f"collector_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    address = SERVER.rsplit("/", 1)[0] + "/" + name
    database = Database(address)
    try:
        SQLModel.metadata.create_all(database.engine)
        yield address, database
    finally:
        database.dispose()
        with psycopg.connect(SERVER, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def fill(database: Database, big: int, total: int) -> None:
    """Two portfolios with a person for each account: `big` in the first, the rest of `total` in the second."""
    given = {"big": big, "total": total}
    for statement in BOOK.split(";\n"):
        if statement.strip():
            with database.begin() as session:
                wanted = {name: value for name, value in given.items() if f":{name}" in statement}
                session.connection().execute(text(statement), wanted)


def _measure(address: str, database: Database, options: argparse.Namespace) -> None:
    rounds, best = options.rounds, min
    with database.begin() as session:
        ctx = read_context(session, 1, NOW)
    bare = best(_bare(database) for _ in range(rounds))
    print(f"{options.accounts} accounts; best of {rounds}; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"bare INSERT … SELECT, indexed                {bare[0]:8.2f} s   {bare[1]} tasks   1.0 x")
    gates = {"without the gate": replace(ctx, policy=_silent(ctx.policy)), "with the gate": ctx}
    gated = bare
    for processes in range(1, options.processes + 1):
        for name, ground in gates.items():
            gated = best(_ours(database, ground, processes, address) for _ in range(rounds))
            words = f"plan {name}, {processes} process{'es' if processes > 1 else ''}"
            ratio = gated[0] / bare[0]
            print(f"{words:<44} {gated[0]:8.2f} s   {gated[1]} tasks   {ratio:.1f} x (mark {MARKS[name]} x)")
    whole = best(_whole(database, options.processes) for _ in range(rounds))
    print(f"from refreshed facts to published            {whole:8.2f} s   {whole / bare[0]:.1f} x")
    mapped = _row_by_row(database, ctx) * options.accounts / SAMPLE
    print(f"object mapper row by row (sampled)           {mapped:8.2f} s   {mapped / gated[0]:.0f} x the plan")
    small, big = (_memory(address, portfolio) for portfolio in (2, 1))
    print(f"peak memory: {small} MB at {options.accounts // SMALL}, {big} MB at {options.accounts} accounts")


def _silent(policy: Policy) -> Policy:
    """A gate that asks nothing."""
    return replace(policy, rules=(), touched={})


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    begun = time.perf_counter()
    done = work()
    return time.perf_counter() - begun, done


def _run(database: Database) -> int:
    """An empty run; what earlier ones filled in is gone."""
    with database.engine.connect() as connection:
        connection.execute(text("TRUNCATE task, refusal, plan_run CASCADE"))
        connection.commit()
    with database.begin() as session:
        run = PlanRun(portfolio_id=1, at=NOW, day=NOW.date(), state=RunState.building, strategy="bench", started_at=NOW)
        session.add(run)
        session.flush()
        return run.id or 0


def _bare(database: Database) -> tuple[float, int]:
    run_id = _run(database)

    def work() -> int:
        with database.begin() as session:
            return int(session.connection().exec_driver_sql(BARE, {"run": run_id}).rowcount)

    return _timed(work)


def _ours(database: Database, ctx: Context, processes: int, address: str) -> tuple[float, int]:
    """All ranges decided and filled in; with several processes, their start included."""
    run_id = _run(database)
    stamp.cache_clear()

    def work() -> int:
        errand = Errand(ctx, NOW, run_id)
        with database.begin() as session:
            parts = list(person_ranges(session, 1, 5_000))
        shares = address if processes > 1 else None
        done = go_through_all(database.begin, errand, parts, lambda _done, _total: None, shares, processes)
        return sum(done.counts.values())

    return _timed(work)


def _whole(database: Database, processes: int) -> float:
    _run(database)
    return _timed(lambda: actions.plan(database.begin, [1], NOW, processes=processes)[0].tasks)[0]


def _row_by_row(database: Database, ctx: Context) -> float:
    """What the plan would cost if every person were read and every task written through the object mapper."""
    run_id = _run(database)

    def work() -> int:
        with database.begin() as session:
            for person_id in range(1, SAMPLE + 1):
                _one(session, ctx, run_id, person_id)
        return SAMPLE

    return _timed(work)[0]


def _one(session: Session, ctx: Context, run_id: int, person_id: int) -> None:
    for task in plan_person(read_person(session, person_id, NOW), ctx, NOW).tasks:
        values = {**task._asdict(), "channel": Channel(task.channel)}
        values |= {name: _moment(values[name]) for name in ("not_before", "not_after")}
        session.add(Task(run_id=run_id, **values))
        session.flush()


def _moment(seconds: int) -> datetime:
    return parse_moment("1970-01-01T00:00Z") + timedelta(seconds=seconds)


def _memory(address: str, portfolio: int) -> int:
    """Peak of a process of its own that plans this portfolio, in MB."""
    command = [sys.executable, "-m", "bench_parts.plan", "--memory", address, "--portfolio", str(portfolio)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(msgspec.json.decode(done.stdout)["peak_mb"])


def _plan_and_print_memory(address: str, portfolio: int) -> None:
    database = Database(address)
    actions.plan(database.begin, [portfolio], NOW)
    with database.read() as session:
        found = session.exec(select(PlanRun.id).where(PlanRun.state == RunState.current)).all()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(msgspec.json.encode({"peak_mb": peak, "runs": len(found)}).decode())
    database.dispose()


if __name__ == "__main__":
    main()
