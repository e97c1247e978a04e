"""The book of the desk bench: very many open calls, each with the records that its account page and its facts need."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from bench_parts.plan import fill
from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.identity.installation import install
from collector.identity.passwords import hash_password
from collector.identity.rules import Level, Role
from collector.identity.tables import User
from collector.portfolio.actions import give_access

NOW: datetime = parse_moment("2026-05-12T09:30+08:00")
KEYS = Keys(b"a master secret for a bench, 32 bytes")
PASSWORD = "walnut tram violet nine"
LATE = 7
"""Of ten accounts, as many are overdue and have a call open."""

RECORDS = """
SET LOCAL session_replication_role = replica;
INSERT INTO instalment (account_id, number, due_on, amount_due)
SELECT account_id, n, coalesce(oldest_unpaid_due, next_due_on) + 30 * (n - 1),
    CASE WHEN n = 1 AND overdue > 0 THEN overdue ELSE 60000 END
FROM account_state, generate_series(1, 3) n;
INSERT INTO attempt (natural_key, person_id, portfolio_id, account_id, debts, contact_point_id, channel, direction, at,
    day, number, caller, slot, purpose, actor, recorded_at)
SELECT 'bench:' || account_id || ':' || n, person_id, portfolio_id, account_id, jsonb_build_array(account_id),
    person_id, 'call', 'outbound', timestamptz '2026-05-12 10:00+08' - n * interval '1 day', date '2026-05-12' - n,
    '+86138' || lpad(person_id::text, 8, '0'), '+86105550000' || n, 'morning', 'collect', 'user:agent0',
    timestamptz '2026-05-12 10:00+08' - n * interval '1 day'
FROM account_state, generate_series(1, 2) n;
INSERT INTO outcome (attempt_id, outcome, occurred_at, recorded_at, actor)
SELECT id, 'no_answer', at, at, actor FROM attempt;
INSERT INTO plan_run (id, portfolio_id, at, day, state, strategy, counts, left_out, digest, started_at, published_at)
VALUES (1, 1, '2026-05-12 02:00+08', '2026-05-12', 'current', 'bench@1', '{}', '{}', '', '2026-05-12 02:00+08',
    '2026-05-12 02:00+08');
INSERT INTO task (run_id, portfolio_id, person_id, account_id, debts, contact_point_id, number, channel, purpose,
    segment, stage, level, step, tone, caller, slot, not_before, not_after, rank, priority, reason, state)
SELECT 1, 1, person_id, account_id, '[' || account_id || ']', person_id, '+86138' || lpad(person_id::text, 8, '0'),
    'call', 'collect', 'm' || account_id % 7, 'growth', 'primary', 'first/3', 'courteous', '+861055500001', 'morning',
    '2026-05-12 08:30+08', '2026-05-12 20:00+08', 800000000000000000 - overdue * 100 - account_id % 100,
    '{"tier":"ordinary","weight":1.0,"balance":900000,"chance":0.4,"score":360000,"reach":{"base":0.4}}',
    'step first/3', 'planned'
FROM account_state WHERE portfolio_id = 1 AND overdue > 0;
ANALYZE;
"""


def furnish(database: Database, tasks: int) -> int:
    """A book with about so many open calls; returns how many."""
    accounts = tasks * 10 // LATE
    fill(database, accounts, accounts)
    with database.begin() as session:
        install(session, KEYS, NOW)
        for statement in RECORDS.split(";\n"):
            if statement.strip():
                session.connection().exec_driver_sql(statement.replace("%", "%%"))
        return int(session.scalar(text("SELECT count(*) FROM task")) or 0)


def hire(database: Database, count: int) -> list[str]:
    """Agents of the highest level, who see the one portfolio; their names."""
    password_hash, names = hash_password(PASSWORD), [f"agent{number}" for number in range(count)]
    with database.begin() as session:
        for name in names:
            user = User(
                name=name,
                staff_no=name,
                roles=Role.agent.value,
                level=Level.senior,
                password_hash=password_hash,
                must_change=False,
                created_at=NOW,
            )
            session.add(user)
            session.flush()
            give_access(session, ["B1"], user_id=user.id, actor="bench", at=NOW)
    return names
