"""The figures: charts of a book, the accounts behind every number, and lists that leave as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from sqlmodel import Session

from collector.foundation.errors import BadInput, NotFound
from collector.identity.rules import Scope
from collector.reports import queries as reports
from collector.reports.queries import Chosen
from collector.reports.rules import OfDifferences, OfRoll, Wanted, address_of, check_span, wanted_of
from collector.web.pages import figure_charts, figure_grids
from collector.web.pages.charts import Chart
from collector.web.pages.export_parts import agreed_to, agreed_words, ledger_table, left_words
from collector.web.pages.figure_lists import list_table
from collector.web.pages.figure_words import Drawing, drawing, list_title
from collector.web.pages.shell import frame_of, may_open
from collector.web.session import CallerParam, DeskParam, reading
from collector.web.templating import Page, Table, Told, render
from collector.web.words import Words

router = APIRouter()
BookKey = Annotated[str | None, Query(pattern=r"^([0-9]{1,18}|[A-Z]{3})$")]
DayWord = Annotated[str, Query(max_length=10)]
AT_ONCE = 10_000
"""Accounts up to which the matrix is worked out unasked."""
A_SECOND = 4_000
"""Accounts that the matrix takes in a second, cautiously."""
ROLL_DAYS = 30


@dataclass(frozen=True)
class FiguresPage(Page):
    template: ClassVar[str] = "figures.html"
    books: Sequence[tuple[str, str, bool]]
    """Key, name, and whether it is shown."""
    of: str
    first: str
    last: str
    as_of: str
    charts: Sequence[Chart]
    """Two beside each other, in this order."""
    whole: Chart | None
    waits: str
    """Where the matrix of a large book waits to be asked for: what it would cost."""
    ask: str
    exports: Table


@dataclass(frozen=True)
class AccountsPage(Page):
    template: ClassVar[str] = "figures_accounts.html"
    title: str
    about: str
    accounts: Table
    more: str
    back: str
    fields: Sequence[tuple[str, str]]
    """The list as a form carries it."""
    left: str
    may_export: bool
    may_ask: bool
    """Whether another person can be asked for this list."""


@router.get("/figures")
def figures_page(
    request: Request,
    desk: DeskParam,
    caller: CallerParam,
    book: BookKey = None,
    first: DayWord = "",
    last: DayWord = "",
    matrix: bool = False,
) -> Any:
    """Charts of one portfolio, or of all of one currency."""
    frame, now, scope = frame_of(request, caller), desk.clock(), caller.actor.scope
    t = frame.t
    with reading(desk) as session:
        chosen = reports.choose(session, scope, book)
        if chosen is None:
            return render(FiguresPage(frame, [], "", "", "", "", [], None, "", "", Table((), (), "")))
        span = _span(chosen, first, last, now)
        draw = drawing(t, chosen, lambda wanted: _address(chosen, wanted))
        size = reports.size(session, chosen)
        is_shown = matrix or size <= AT_ONCE
        page = FiguresPage(
            frame=frame,
            books=[(key, _name(t, key, name), key == chosen.key) for key, name in reports.offered(session, scope)],
            of=name_of(t, chosen),
            first=span[0].isoformat(),
            last=span[1].isoformat(),
            as_of=draw.told.whose(now),
            charts=_charts(session, chosen, span if is_shown else None, draw, now),
            whole=figure_charts.collected(reports.collected(session, chosen, now), draw),
            waits="" if is_shown else t("{accounts} accounts: about {seconds} s.", **_cost(size)),
            ask="/figures?" + urlencode({"book": chosen.key, "first": span[0], "last": span[1], "matrix": "1"}),
            exports=ledger_table(session, caller, t),
        )
    return render(page)


def _cost(size: int) -> Mapping[str, str]:
    return {"accounts": f"{size:,}", "seconds": str(size // A_SECOND)}


def _name(t: Words, key: str, name: str) -> str:
    return name if key.isdecimal() else t("all in {currency}", currency=name)


def name_of(t: Words, chosen: Chosen) -> str:
    """The portfolio by its code, or all of a currency."""
    return _name(t, chosen.key, chosen.books[0].code if chosen.key.isdecimal() else chosen.currency)


def _charts(
    session: Session, chosen: Chosen, span: tuple[date, date] | None, draw: Drawing, now: datetime
) -> list[Chart]:
    """`span`: the days of the matrix; None: it waits to be asked for."""
    matrix = [] if span is None else [figure_grids.rolls(reports.rolls(session, chosen, *span, now), draw)]
    return [
        figure_charts.funnel(reports.funnel(session, chosen, now), draw),
        figure_charts.promises(reports.promises_due(session, chosen, now), draw),
        *matrix,
        figure_grids.hours(reports.hours(session, chosen, now), draw),
    ]


def _span(chosen: Chosen, first: str, last: str, now: datetime) -> tuple[date, date]:
    """The days of the matrix: what was asked for, else the last thirty."""
    end = min(_day(last) or chosen.today(now), chosen.today(now))
    start = _day(first) or end - timedelta(days=ROLL_DAYS)
    check_span(start, end, at_least=1)
    return start, end


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput("this is not a day; write it as 2026-05-31") from error


def _address(chosen: Chosen, wanted: Wanted, **more: str) -> str:
    return "/figures/accounts?" + urlencode(fields_of(chosen, wanted) | more)


def fields_of(chosen: Chosen, wanted: Wanted) -> dict[str, str]:
    """The list as an address and a form carry it: ids, codes and days."""
    return {"book": chosen.key, **address_of(wanted)}


def asked_for(session: Session, scope: Scope, fields: Mapping[str, str]) -> tuple[Chosen, Wanted]:
    """What an address or a form names, inside the scope: a book of others is an absent one."""
    named = dict(fields)
    key = named.pop("book", "")
    chosen = reports.choose(session, scope, key) if key else None
    if chosen is None:
        raise NotFound
    return chosen, wanted_of(named)


@router.get("/figures/accounts")
def figures_accounts(
    request: Request,
    desk: DeskParam,
    caller: CallerParam,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> Any:
    """The accounts behind a number, 200 a page."""
    frame, now = frame_of(request, caller), desk.clock()
    t = frame.t
    fields = _asked(request)
    with reading(desk) as session:
        chosen, wanted = asked_for(session, caller.actor.scope, fields)
        found = reports.listed(session, chosen, wanted, now, after)
        total = _counted(session, chosen, wanted, now)
        left, fits = left_words(session, caller, t, total, now)
        agreed = agreed_to(session, caller, chosen, wanted, now)
    told = Told(t, chosen.zone, chosen.currency)
    page = AccountsPage(
        frame=frame,
        title=list_title(t, wanted),
        about=t(
            "{book} · accounts: {accounts} · as of {moment}",
            book=name_of(t, chosen),
            accounts=t("not counted") if total is None else f"{total:,}",
            moment=told.whose(now),
        ),
        accounts=list_table(found.rows, wanted, t),
        more=_address(chosen, wanted, after=found.after) if found.after else "",
        back=_back(chosen, wanted),
        fields=list(fields_of(chosen, wanted).items()),
        left=agreed_words(agreed, t) if agreed else left,
        may_export=(fits or agreed is not None) and may_open(caller, "export_accounts"),
        may_ask=not fits and agreed is None and bool(found.rows) and may_open(caller, "ask_export"),
    )
    return render(page)


def _back(chosen: Chosen, wanted: Wanted) -> str:
    if isinstance(wanted, OfDifferences):
        return "/operations/differences" + (f"?book={chosen.key}" if chosen.key.isdecimal() else "")
    return "/figures?" + urlencode({"book": chosen.key})


def _counted(session: Session, chosen: Chosen, wanted: Wanted, now: datetime) -> int | None:
    """How long the whole list is; None where that would be a walk through the records of a large book."""
    if isinstance(wanted, OfRoll) and reports.size(session, chosen) > AT_ONCE:
        return None
    return reports.count_rows(session, chosen, wanted, now)


def _asked(request: Request) -> dict[str, str]:
    """The fields of the address but the page's key; a repeated one is refused."""
    fields: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in fields:
            raise BadInput("the address says something twice; open the page by its link")
        fields[name] = value
    fields.pop("after", None)
    return fields
