"""A page is a frozen dataclass and a template of its name; templates compute nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from collector.foundation.clock import local
from collector.foundation.money import exponent, shown
from collector.web.words import Words

TEMPLATES = Path(__file__).parent / "templates"

environment = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True)
class Link:
    """A way to another page; `key` opens it from the keyboard."""

    href: str
    words: str
    key: str = ""
    here: bool = False


@dataclass(frozen=True)
class Readiness:
    """Whether an agent takes calls, and since when; `other`: what they may choose instead."""

    words: str
    since: str
    on_break: bool
    other: str
    other_words: str


@dataclass(frozen=True)
class Bar:
    """A call that came in, at the reader's desk."""

    words: str
    state: str
    href: str


@dataclass(frozen=True)
class Frame:
    """What surrounds every page: who is signed in, where they can go, and the last thing they did."""

    t: Words
    path: str
    display_name: str = ""
    roles: str = ""
    csrf: str = ""
    links: Sequence[Link] = ()
    neighbours: Sequence[Link] = ()
    """Pages of the same group as the open one."""
    said: str = ""
    """The sentence about what was just done."""
    undo: str = ""
    """Where it can be said otherwise."""
    readiness: Readiness | None = None
    """Of an agent."""
    confirm: bool = False
    """A decision asks for a password or a code."""
    reset: str = ""
    """That somebody gave this login a new password."""
    bar: Bar | None = None
    live: str = ""
    """Where the bar is told from, of who answers calls; else empty."""


@dataclass(frozen=True)
class Page:
    """Every page has a frame, and names its template."""

    template: ClassVar[str]
    frame: Frame


@dataclass(frozen=True)
class Cell:
    """One cell. `kind`: of num, late, good, look, dim; wide and wrap may break their lines."""

    text: str
    kind: str = ""
    href: str = ""


@dataclass(frozen=True)
class Table:
    """Head, rows, and the sentence that says what would fill it."""

    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    empty: str


def table(head: Iterable[Cell | str], rows: Iterable[Sequence[Cell | str]], empty: str) -> Table:
    """A table of cells; plain strings become plain cells."""
    return Table(_cells(head), [_cells(row) for row in rows], empty)


def _cells(row: Iterable[Cell | str]) -> list[Cell]:
    return [cell if isinstance(cell, Cell) else Cell(cell) for cell in row]


def num(text: str, kind: str = "", href: str = "") -> Cell:
    """A cell of figures: right-aligned."""
    return Cell(text, f"num {kind}".strip(), href)


@dataclass(frozen=True)
class Choice:
    value: str
    words: str
    key: str = ""


def choices(t: Words, values: Iterable[Any]) -> list[Choice]:
    """Value and word of each choice."""
    return [Choice(str(value), t.word(str(value))) for value in values]


class Told:
    """How money, days and moments are told: in one language, on one clock, which the page names."""

    def __init__(self, t: Words, zone: str, currency: str = "") -> None:
        self.t, self.zone, self.currency = t, zone, currency

    def money(self, amount: int) -> str:
        return shown(amount, self.currency, self.t.language)

    def figure(self, amount: int) -> str:
        """The amount without its currency, which the column names."""
        digits = exponent(self.currency)
        return f"{Decimal(amount).scaleb(-digits):,.{digits}f}"

    def moment(self, at: datetime | None) -> str:
        return f"{local(at, self.zone):%Y-%m-%d %H:%M}" if at else ""

    def short(self, at: datetime | None) -> str:
        """Month, day and time, where the year is plain."""
        return f"{local(at, self.zone):%m-%d %H:%M}" if at else ""

    def second(self, at: datetime) -> str:
        """The time to the second, and whose clock it is on."""
        return f"{local(at, self.zone):%H:%M:%S} {city(self.zone)}"

    def hour(self, at: datetime) -> str:
        return f"{local(at, self.zone):%H:%M}"

    def whose(self, at: datetime) -> str:
        """The moment, and whose clock it is on."""
        return f"{self.moment(at)} {city(self.zone)}"

    def day(self, day: date | None) -> str:
        return day.isoformat() if day else ""


def city(zone: str) -> str:
    """A clock by its city."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def render(page: Page, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """The page as HTML."""
    html = environment.get_template(page.template).render(page=page, frame=page.frame, t=page.frame.t)
    return HTMLResponse(html, status, headers=dict(headers or {}))


def fragment(template: str, **values: Any) -> str:
    """A piece of a page that is sent to an open one."""
    return environment.get_template(template).render(**values).strip()


@dataclass(frozen=True)
class Part:
    """A part of a page that can be put in place alone. `digest` tells whether it says something else."""

    html: Markup
    digest: str


def part(template: str, page: Page) -> Part:
    """What the template makes of the page."""
    html = environment.get_template(template).render(page=page, frame=page.frame, t=page.frame.t)
    return Part(Markup(html), hashlib.blake2s(html.encode(), digest_size=8).hexdigest())  # noqa: S704 - escaped by the template


def language_of(request: Request) -> str:
    """For a visitor who is not signed in: what the browser asks for."""
    return "zh" if request.headers.get("Accept-Language", "").lower().startswith("zh") else "en"
