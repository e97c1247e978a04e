"""Opening a file: every person page goes through here first, and another's case asks why."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from collector.casework import actions
from collector.casework.views import within
from collector.web.pages.shell import Form, frame_of, own_page, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, writing
from collector.web.templating import Page, render

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class ReasonPage(Page):
    """Nothing about the person or the account: only the question."""

    template: ClassVar[str] = "reason.html"
    account_id: int


def closed_file(request: Request, desk: Desk, caller: Caller, account_id: int) -> Response | None:
    """None: the file is open, and that is on record. Else the page that asks why."""
    try:
        with writing(desk) as session:
            account, book = within.account(session, caller.actor.scope, account_id)
            actions.open_file(session, caller.actor, account, book.timezone, desk.clock())
    except actions.ReasonNeeded:
        return render(ReasonPage(frame_of(request, caller), account_id), 403)
    return None


class WhyForm(Form):
    why: str
    back: str = ""


@router.post("/accounts/{account_id}/open")
def open_file(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    with writing(desk) as session:
        account, book = within.account(session, caller.actor.scope, account_id)
        form = read(WhyForm, fields)
        actions.open_file(session, caller.actor, account, book.timezone, desk.clock(), form.why[:400])
    back = own_page(request, form.back)
    return see(back if back.startswith(f"/accounts/{account_id}") else f"/accounts/{account_id}")
