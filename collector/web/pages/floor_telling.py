"""The parts of the supervisor's floor as they are told: figures, queues, the rail. Nothing is decided here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from collector.casework.views.agents import Agent
from collector.casework.views.call_queues import Queue
from collector.casework.views.floor import Floor
from collector.casework.views.pulse import Money, Pulse
from collector.dispatch.rules import AgentState
from collector.foundation.money import brief
from collector.history.rules import HoldScope
from collector.portfolio.tables import Portfolio
from collector.web.templating import Cell, Choice, Link, Table, Told, city, num, table
from collector.web.words import Words


@dataclass(frozen=True)
class Figure:
    """One figure of the day: what it is, and its lines, each of some cells."""

    words: str
    lines: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class QueueLine:
    """A queue, with its bar: `worked` of `all` calls."""

    portfolio: str
    segment: str
    bucket: str
    level: str
    open: int
    worked: int
    all: int
    left_out: int
    amount: str
    oldest: int
    agents: str


@dataclass(frozen=True)
class Group:
    """Choices under one head."""

    words: str
    choices: Sequence[Choice]


def figures(seen: Pulse, refused: int, book: int | None, t: Words) -> list[Figure]:
    """The row of figures. Money is told for each currency by itself; `book`: the portfolio that is looked at."""

    def money(amount: Callable[[Money], int], kind: str = "") -> list[Cell]:
        return [Cell(brief(amount(one), one.currency, t.language), kind) for one in seen.money]

    def promised(words: str, count: int, amount: Callable[[Money], int], kind: str, which: str) -> list[Cell]:
        href = f"/floor/promises/{which}{query_of(book)}" if count else ""
        named = [one for one in money(amount) if count]
        return [Cell(f"{count} {words}", kind if count else "dim", href), *named]

    return [
        Figure(t("Book"), [[Cell(f"{seen.accounts:,}", "big")], [Cell(t("accounts"), "dim")]]),
        Figure(
            t("Overdue"),
            [money(lambda one: one.overdue, "big"), [Cell(t("{count} accounts", count=f"{seen.late:,}"), "dim")]],
        ),
        Figure(
            t("Collected today"),
            [
                money(lambda one: one.collected, "big"),
                [Cell(t("due today and unpaid"), "dim"), *money(lambda one: one.still_due, "dim")],
            ],
        ),
        Figure(
            t("Promises today"),
            [
                promised(t("due"), seen.due, lambda one: one.promised_due, "", "due"),
                promised(t("kept"), seen.kept, lambda one: one.promised_kept, "good", "kept"),
                promised(t("broken"), seen.broken, lambda one: one.promised_broken, "late", "broken"),
            ],
        ),
        Figure(
            t("Reached today"),
            [
                [Cell(str(seen.reached), "big")],
                [
                    Cell(
                        t("{count} an hour, of {calls} calls", count=f"{seen.reached_per_hour:.1f}", calls=seen.called),
                        "dim",
                    )
                ],
            ],
        ),
        Figure(t("Refused today"), [[Cell(f"{refused:,}", "big", "/refusals")], [Cell(t("contacts"), "dim")]]),
    ]


def query_of(book: int | None) -> str:
    return f"?book={book}" if book is not None else ""


def queue_lines(rows: Sequence[Queue], t: Words) -> tuple[list[QueueLine], list[QueueLine]]:
    """The queues with work in them, and those with nothing open and nothing worked."""
    told = [
        QueueLine(
            one.portfolio,
            one.segment,
            one.bucket,
            t.word(one.level),
            one.open,
            one.worked,
            one.open + one.worked,
            one.left_out,
            Told(t, "UTC", one.currency).money(one.amount) if one.open else "",
            one.oldest,
            str(one.agents) if one.agents else "",
        )
        for one in rows
    ]
    idle = [one.is_idle for one in rows]
    return (
        [line for line, is_idle in zip(told, idle, strict=True) if not is_idle],
        [line for line, is_idle in zip(told, idle, strict=True) if is_idle],
    )


AGENTS = {
    AgentState.on_call: "good",
    AgentState.wrap_up: "look",
    AgentState.on_break: "look",
    AgentState.signed_out: "dim",
}


def agents(seen: Floor, t: Words) -> Table:
    told = Told(t, seen.zone)
    head: list[Cell | str] = [
        t("Agent"),
        t("State"),
        f"{t('Since')} · {city(seen.zone)}",
        t("Account in hand"),
        num(t("Worked")),
    ]
    return table(
        [*head, num(t("Reached")), num(t("Promises")), num(t("Calls an hour"))],
        [
            [
                one.name,
                Cell(t.word(one.state), AGENTS.get(one.state, "")),
                told.short(one.since),
                Cell(one.key, "", f"/accounts/{one.account_id}" if one.account_id else ""),
                num(str(one.worked)),
                num(str(one.reached)),
                num(str(one.promises)),
                num(f"{one.pace:.1f}" if one.worked else "·", "" if one.worked else "dim"),
            ]
            for one in seen.agents
        ],
        t("No agent may see these portfolios. An admin gives users a role and portfolios."),
    )


def at_work(rows: Sequence[Agent], t: Words) -> str:
    """How many do what."""
    counted = Counter(one.state for one in rows)
    return " · ".join(f"{counted[state]} {t.word(state)}" for state in AgentState if counted[state])


def books(seen: Floor, book: int | None, t: Words) -> list[Link]:
    """All portfolios together, or one of them."""
    named = [Link(f"/floor?book={one.id}", one.code, here=one.id == book) for one in seen.portfolios]
    return [Link("/floor", t("All portfolios"), here=book is None), *named] if len(named) > 1 else []


def hold(row: Any, known: Sequence[Portfolio], t: Words) -> str:
    """A hold in words: what it is on, until when, why, and whose it is."""
    book = next((one for one in known if one.id == row.portfolio_id), None)
    until = t("until {moment}", moment=Told(t, book.timezone if book else "UTC").whose(row.until)) if row.until else ""
    parts = (
        t.word(row.scope),
        book.code if book else "",
        row.segment or "",
        until,
        row.note,
        row.actor.removeprefix("user:"),
    )
    return " · ".join(part for part in parts if part)


def stoppable(seen: Floor, t: Words) -> list[Group]:
    """Each portfolio that is looked at: all of it, or one of its segments."""
    return [
        Group(
            book.code,
            [
                Choice(str(book.id), t("all of {portfolio}", portfolio=book.code)),
                *(Choice(f"{book.id}:{name}", name) for name in seen.segments[book.id or 0]),
            ],
        )
        for book in seen.portfolios
        if book.id in seen.segments
    ]


def is_red(rows: Sequence[Any]) -> bool:
    """Whether everything is held."""
    return any(row.scope is HoldScope.everything for row in rows)
