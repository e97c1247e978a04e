"""The second step of a sign-in, and a new password by an admin's code: both before there is a session."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from collector.foundation.errors import BadInput, Unauthorized
from collector.identity import actions as identity
from collector.identity import signing_in
from collector.web.pages.entry import CodePage, come_in, outside, sign_in_page
from collector.web.pages.shell import own_page, see
from collector.web.session import Desk, DeskParam, came_from, refuse_cross_site, writing
from collector.web.templating import Page, render

public = APIRouter(include_in_schema=False)

WRONG_CODE = "This code is not right, or was used already. Wait for the next one."
WRONG_RESET = "Name or code is not right, or the code is used or over. An admin can make another."
LONGEST = 200


async def _fields(request: Request, *names: str) -> Mapping[str, str]:
    refuse_cross_site(request)
    form = await request.form(max_files=0, max_fields=8)
    return {name: str(form.get(name, ""))[:LONGEST] for name in names}


@public.post("/login/code")
async def give_code(request: Request, desk: DeskParam) -> Any:
    """A code of the user's app, for the sign-in that waits for it."""
    given = await _fields(request, "token", "code", "from")
    back = own_page(request, given["from"])
    return await run_in_threadpool(_second_step, request, desk, given["token"], given["code"], back)


def _second_step(request: Request, desk: Desk, token: str, code: str, back: str) -> Response:
    try:
        with writing(desk) as session:
            entered = identity.give_code(session, desk.office.keys, token, code, came_from(request), desk.clock())
    except Unauthorized as error:
        over = error.message == identity.OVER
        return sign_in_page(request, desk, error.message, back, 401 if over else 429)
    if entered is None:
        frame = outside(request)
        return render(CodePage(frame, token, back, frame.t(WRONG_CODE)), 401)
    return come_in(desk, entered, back)


@dataclass(frozen=True)
class ResetPage(Page):
    template: ClassVar[str] = "reset.html"
    name: str = ""
    problem: str = ""


@public.get("/reset")
def reset_page(request: Request) -> Any:
    return render(ResetPage(outside(request)))


@public.post("/reset")
async def use_reset(request: Request, desk: DeskParam) -> Any:
    """A new password for a code of an admin's. One answer for every code that will not do, whoever's name it is."""
    given = await _fields(request, "name", "code", "new", "again")
    return await run_in_threadpool(_reset, request, desk, given)


def _reset(request: Request, desk: Desk, given: Mapping[str, str]) -> Response:
    frame, name, new = outside(request), given["name"].strip(), given["new"]
    try:
        if new != given["again"]:
            raise BadInput("the two new passwords differ")
        done = signing_in.reset_password(
            desk.office.database, name, given["code"], new, came_from(request), desk.clock()
        )
    except BadInput as error:
        return render(ResetPage(frame, name, frame.t.error(error.message)), 422)
    except Unauthorized as error:
        return render(ResetPage(frame, name, frame.t.error(error.message)), 429)
    if not done:
        return render(ResetPage(frame, name, frame.t(WRONG_RESET)), 401)
    return see("/login", "new-password")
