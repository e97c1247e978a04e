"""Strategies by the names people use: files and portfolio codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from collector.facts.queries import stream
from collector.facts.rules import AccountFacts
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput
from collector.foundation.money import plain
from collector.portfolio.queries import portfolio_by_code
from collector.portfolio.tables import Portfolio
from collector.strategy import actions, queries
from collector.strategy.reading import overlap_warnings, parse
from collector.strategy.rules import diff as flows_between
from collector.texts.catalogue import Catalogue

EVERYONE = 2**62
LARGEST = 256 * 1024
"""Bytes of a strategy file."""


def read_text(file: Path) -> str:
    """The text of a strategy file, or a `BadInput`."""
    try:
        if file.stat().st_size > LARGEST:
            raise BadInput(f"{file.name} is larger than any strategy; the limit is 256 KB")
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BadInput(f"there is no file {file.name}") from error
    except OSError as error:
        raise BadInput(f"{file} can not be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file.name} is not UTF-8 text") from error


def validate(session: Session, catalogue: Catalogue, text: str, portfolio: str | None = None) -> list[str]:
    """Everything a publication would check; returns what is only worth knowing (rows that overlap)."""
    document = parse(text)
    actions.check_for(document, catalogue, _portfolios(session, portfolio))
    return [str(warning) for warning in overlap_warnings(document)]


def publish(
    session: Session,
    catalogue: Catalogue,
    text: str,
    portfolio: str | None,
    author: str,
    reason: str,
    starts_at: datetime,
    now: datetime,
) -> list[dict[str, Any]]:
    """Publish for one portfolio, or for all that have none of their own."""
    ids = [portfolio_by_code(session, portfolio).id] if portfolio else [None]
    versions = actions.publish(session, text, ids, author, reason, starts_at, now, catalogue)
    return [
        {"portfolio": portfolio or "all", "version": row.version, "starts_at": row.starts_at, "digest": row.digest}
        for row in versions
    ]


def diff(session: Session, text: str, portfolio: str | None, at: datetime) -> list[dict[str, Any]]:
    """What publishing would move, per portfolio, from segment to segment; flows that stay are left out."""
    told = []
    for row in _portfolios(session, portfolio):
        number, today = row.id or 0, local_day(at, row.timezone)
        old = queries.compiled(session, number, at)
        new = queries.compiled_text(text, row.currency, old.version + 1)
        for flow in flows_between(old, new, _accounts(session, number, at, row.timezone), today):
            if flow.moves:
                told.append(
                    {
                        "portfolio": row.code,
                        "from": flow.source,
                        "to": flow.target,
                        "accounts": flow.accounts,
                        "overdue": plain(flow.overdue, row.currency),
                        "owed": plain(flow.owed, row.currency),
                        "currency": row.currency,
                    }
                )
    return told


def text_in_force(session: Session, portfolio: str, at: datetime) -> str:
    """The YAML that decides for a portfolio at that moment."""
    return queries.active(session, portfolio_by_code(session, portfolio).id or 0, at).body


def _portfolios(session: Session, code: str | None) -> list[Portfolio]:
    if code is not None:
        return [portfolio_by_code(session, code)]
    return list(session.exec(select(Portfolio).order_by(col(Portfolio.id))))


def _accounts(session: Session, portfolio_id: int, at: datetime, zone: str) -> Iterator[AccountFacts]:
    for accounts, _, _ in stream(session, portfolio_id, local_day(at, zone), 0, EVERYONE):
        yield from (account for account in accounts if account.portfolio_id == portfolio_id)
