"""Loading a file and following it up: facts, promises, hand-overs and the plan of everyone it touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import col, select

from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.ledger import compare_again, compare_statement
from collector.casework.actions.loading.events import load_events
from collector.casework.office import Office
from collector.compliance.actions import keep_policy
from collector.facts.actions import mark_behind, people_behind
from collector.facts.queries import people_of_accounts
from collector.facts.tables import AccountState
from collector.foundation.database import among
from collector.identity.rules import Actor
from collector.planning.queries import policy_in_force
from collector.portfolio import loading
from collector.portfolio.loading import LoadResult, Progress, no_progress, nothing_more
from collector.portfolio.rules import LoadKind
from collector.portfolio.tables import Portfolio

SCHEDULE = frozenset({LoadKind.accounts, LoadKind.instalments, LoadKind.parties})
"""A book that comes in file by file looks later than it is until its payments are there: nothing is handed over yet."""

CHUNK = 2_000
"""Accounts followed up in one transaction."""


def load(
    office: Office,
    kind: LoadKind,
    path: Path,
    *,
    portfolio: str | None,
    mapping: Path | None,
    rejects: Path | None,
    at: datetime,
    as_of: datetime | None,
    actor: str,
    progress: Progress = no_progress,
    following: Progress | None = None,
    follow: bool = True,
) -> LoadResult:
    """Load one file at the moment `at`, then bring everyone it touched up to date, `CHUNK` accounts a transaction.

    The file goes in whole or not at all, and marks the kept facts that it overtakes; those that a process left behind
    which died while following up are followed up by the next load or sweep. With `follow` False the caller does that
    once for several files (`follow_accounts`). `following` is told of accounts, where `progress` is told of bytes.
    """
    read = loading.read_mapping(mapping) if mapping else None
    begin = office.database.begin
    if kind is LoadKind.events:
        result = load_events(
            begin,
            path,
            portfolio=portfolio,
            mapping=read,
            rejects=rejects,
            at=at,
            actor=Actor(actor),
            progress=progress,
        )
    else:
        result = loading.load(
            begin,
            office.keys,
            kind,
            path,
            portfolio_code=portfolio,
            mapping=read,
            rejects=rejects,
            at=at,
            as_of=as_of,
            actor=actor,
            progress=progress,
            merged=nothing_more if kind is LoadKind.balances else mark_behind,
        )
    if kind is LoadKind.portfolios:
        _keep_policies(office, at, actor)
    if kind is LoadKind.balances:
        compare_statement(office, result.run_id, at, Actor(actor))
        return result
    if follow:
        propose = kind not in SCHEDULE
        follow_accounts(office, result.changed_accounts, at, actor, following or progress, propose=propose)
        _follow_left_behind(office, at, Actor(actor), propose=propose)
    return result


def _keep_policies(office: Office, at: datetime, actor: str) -> None:
    """The gate of a portfolio may have changed: which one judges from now on is on record."""
    with office.database.begin() as session:
        for row in session.exec(select(Portfolio).order_by(col(Portfolio.id))).all():
            keep_policy(session, policy_in_force(session, row, office.capabilities, at), row.id or 0, actor, at)


def follow_accounts(
    office: Office,
    account_ids: Sequence[int],
    at: datetime,
    actor: str,
    progress: Progress = no_progress,
    *,
    propose: bool = True,
) -> None:
    """`follow_up` for everyone who owes these accounts, or did as far as the kept facts know."""
    for start in range(0, len(account_ids), CHUNK):
        chunk = account_ids[start : start + CHUNK]
        with office.database.begin() as session:
            kept = select(AccountState.person_id).where(among(session, AccountState.account_id, chunk))
            people = people_of_accounts(session, chunk) | set(session.exec(kept))
            follow_up(session, office, people, at, Actor(actor), propose=propose)
            compare_again(session, chunk, at, Actor(actor))
        progress(min(start + CHUNK, len(account_ids)), len(account_ids))


def _follow_left_behind(office: Office, at: datetime, actor: Actor, *, propose: bool) -> None:
    """Whomever an earlier load did not come to follow up, because it died."""
    with office.database.begin() as session:
        people = people_behind(session)
    for start in range(0, len(people), CHUNK):
        with office.database.begin() as session:
            follow_up(session, office, people[start : start + CHUNK], at, actor, propose=propose)
