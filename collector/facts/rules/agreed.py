"""What counts up to a moment: records that have begun, and of what was agreed about a debt its schedule, what was given
up of it, and what is offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from collector.facts.rules.records import OfferRecord, Records, WaivedRecord
from collector.facts.rules.words import OfferFact
from collector.portfolio.rules import Instalment, Waived


class Dated(Protocol):
    """Something that counts from `at` (seconds)."""

    @property
    def at(self) -> int: ...


D = TypeVar("D", bound=Dated)


def begun(rows: Sequence[D], now: int, turns: list[int]) -> Sequence[D]:
    """Those dated up to `now`; the moments of the others are turns: then they come to count."""
    for row in rows:
        if row.at > now:
            break
    else:
        return rows
    turns.extend(row.at for row in rows if row.at > now)
    return [row for row in rows if row.at <= now]


def schedule_at(records: Records, account_id: int, now: int, turns: list[int]) -> Sequence[Instalment]:
    """The instalments that held then."""
    for former in records.former.get(account_id, ()):
        if former.until > now:
            turns.append(former.until)
            return former.lines
    return records.instalments.get(account_id, ())


def waived_at(rows: Sequence[WaivedRecord], now: int, turns: list[int]) -> list[Waived]:
    """What was given up by then, without what was taken back by then."""
    if not rows:
        return []
    standing = [row for row in begun(rows, now, turns) if row.ended_at is None or row.ended_at > now]
    turns.extend(row.ended_at for row in standing if row.ended_at is not None)
    return [Waived(row.on, row.amount) for row in standing]


def offers_at(rows: Sequence[OfferRecord], now: int, turns: list[int]) -> tuple[OfferFact, ...]:
    """Those that stand. What was decided later was open before."""
    standing = [row for row in begun(rows, now, turns) if row.ended_at is None or row.ended_at > now]
    for row in standing:
        turns.extend(turn for turn in (row.kept_at, row.ended_at) if turn is not None and turn > now)
    return tuple(
        OfferFact(row.id, row.total, row.due_at, row.at, row.kept_at is not None and row.kept_at <= now)
        for row in standing
    )
