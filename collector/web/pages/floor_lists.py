"""The accounts behind the floor's numbers: promises of the day, and what nobody tried. Only ids in the address."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Query, Request

from collector.casework.views.find import Line
from collector.casework.views.floor import narrowed
from collector.casework.views.promised import Promised, Which, promised
from collector.casework.views.untouched import AGES, Why, untouched_accounts
from collector.foundation.paging import Page as Keyset
from collector.portfolio.queries import portfolios
from collector.web.pages.floor import Book
from collector.web.pages.floor_quiet import age_words
from collector.web.pages.shell import frame_of
from collector.web.session import CallerParam, DeskParam, reading
from collector.web.templating import Cell, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
After = Annotated[str | None, Query(max_length=20)]
"""The key that the page before gave."""


@dataclass(frozen=True)
class ListPage(Page):
    template: ClassVar[str] = "floor_list.html"
    title: str
    more: str
    rows: Table
    after: str
    back: str


def _address(path: str, book: int | None, after: str | None = None) -> str:
    asked = [f"book={book}" if book is not None else "", f"after={after}" if after is not None else ""]
    query = "&".join(one for one in asked if one)
    return f"{path}?{query}" if query else path


@router.get("/floor/promises/{which}")
def floor_promises(
    which: Which, request: Request, desk: DeskParam, caller: CallerParam, book: Book = None, after: After = None
) -> Any:
    """Today's promises that are due, kept or broken, each with its account."""
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        scope = narrowed(caller.actor.scope, portfolios(session, caller.actor.scope), book)
        found = promised(session, scope, desk.clock(), which, after=after)
    title = {
        Which.due: t("Promises due by tonight and not kept"),
        Which.kept: t("Promises kept today"),
        Which.broken: t("Promises broken today"),
    }[which]
    more = _address(f"/floor/promises/{which}", book, found.after) if found.after else ""
    return render(ListPage(frame, title, "", _promises(found, t), more, _address("/floor", book)))


def _promises(found: Keyset[Promised], t: Words) -> Table:
    rows: list[list[Cell | str]] = []
    for one in found.rows:
        told = Told(t, one.zone, one.currency)
        rows.append(
            [
                Cell(one.key, href=f"/accounts/{one.account_id}"),
                num(told.money(one.amount)),
                num(told.money(one.paid), "good" if one.paid else "dim"),
                told.whose(one.due_at),
                told.short(one.made_at),
                Cell(one.actor.removeprefix("user:"), "dim"),
            ]
        )
    head: list[Cell | str] = [t("Account"), num(t("Amount")), num(t("Paid")), t("Due"), t("Made"), t("By")]
    return table(head, rows, t("No promise of this kind today. Agents log promises with p."))


@router.get("/floor/untouched/{why}/{age}")
def floor_untouched(
    why: Why,
    age: Annotated[int, Path(ge=0, lt=len(AGES))],
    request: Request,
    desk: DeskParam,
    caller: CallerParam,
    book: Book = None,
    after: After = None,
) -> Any:
    """The overdue accounts that nobody tried for so many days, for that reason."""
    frame, now = frame_of(request, caller), desk.clock()
    t = frame.t
    with reading(desk) as session:
        scope = narrowed(caller.actor.scope, portfolios(session, caller.actor.scope), book)
        found = untouched_accounts(session, scope, now, why=why, age=age, after=after)
    days = t("{days} days without an attempt", days=age_words(age))
    title = t("Untouched: {why}", why=t.word(why))
    more = _address(f"/floor/untouched/{why}/{age}", book, found.after) if found.after else ""
    return render(ListPage(frame, title, days, _accounts(found, t), more, _address("/floor", book)))


def _accounts(found: Keyset[Line], t: Words) -> Table:
    head: list[Cell | str] = [t("Account"), t("Name"), t("Product"), num(t("Days past due")), t("Bucket")]
    return table(
        [*head, num(t("Overdue")), num(t("Owed"))],
        [
            [
                Cell(one.key, "", f"/accounts/{one.id}"),
                one.name,
                one.product,
                num(str(one.days_past_due), "late" if one.days_past_due else ""),
                one.bucket,
                num(Told(t, "UTC", one.currency).money(one.overdue)),
                num(Told(t, "UTC", one.currency).money(one.owed)),
            ]
            for one in found.rows
        ],
        t("No account is here any more: somebody tried it, or it was paid."),
    )
