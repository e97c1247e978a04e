"""Search: what was typed is sent in the body, never in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from fastapi import APIRouter, Request

from collector.casework.views.find import Line
from collector.casework.views.find import search as find
from collector.foundation.errors import BadInput
from collector.web.pages.shell import Form, frame_of, read
from collector.web.session import CallerParam, DeskParam, FormParam, reading
from collector.web.templating import Cell, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()


@dataclass(frozen=True)
class SearchPage(Page):
    template: ClassVar[str] = "search.html"
    text: str = ""
    problem: str = ""
    found: Table | None = None


class SearchForm(Form):
    text: str = ""


@router.get("/search")
def search_page(request: Request, caller: CallerParam) -> Any:
    return render(SearchPage(frame_of(request, caller)))


@router.post("/search")
def search(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form, frame = read(SearchForm, fields), frame_of(request, caller)
    try:
        with reading(desk) as session:
            lines = find(session, caller.actor.scope, form.text, desk.clock())
    except BadInput as error:
        return render(SearchPage(frame, form.text, frame.t.error(error.message)), 422)
    return render(SearchPage(frame, form.text, found=accounts_told(lines, frame.t)))


def accounts_told(lines: Sequence[Line], t: Words) -> Table:
    """Accounts as a list tells them."""
    return table(
        [
            t("Account"),
            t("Name"),
            t("Product"),
            num(t("Days past due")),
            t("Bucket"),
            num(t("Overdue")),
            num(t("Owed")),
        ],
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
            for one in lines
        ],
        t("Nothing of yours begins like this. Try the whole account number, or the whole phone number."),
    )
