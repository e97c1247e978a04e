"""Coming in and going out: sign in, own password, language, home."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from collector.foundation.errors import BadInput, Unauthorized
from collector.identity import actions as identity
from collector.identity import signing_in
from collector.identity.rules import Role
from collector.identity.tables import User
from collector.web.pages.shell import SAID, Form, frame_of, own_page, read, see, told_again
from collector.web.session import (
    CallerParam,
    Desk,
    DeskParam,
    FormParam,
    came_from,
    cookie_name,
    desk_of,
    refuse_cross_site,
    writing,
)
from collector.web.templating import Frame, Page, language_of, render
from collector.web.typed import Typed
from collector.web.words import LANGUAGES, Words

public = APIRouter(include_in_schema=False)
router = APIRouter()

LONGEST_S = int(identity.LONGEST.total_seconds())
HOME = {
    Role.supervisor: "/floor",
    Role.agent: "/desk",
    Role.senior: "/desk",
    Role.tracer: "/referrals/skiptrace",
    Role.legal: "/legal",
    Role.operations: "/operations",
    Role.auditor: "/audit",
    Role.admin: "/users",
}
"""The first of these that a user is opens first."""
WRONG = "Name or password is not right."


@dataclass(frozen=True)
class LoginPage(Page):
    template: ClassVar[str] = "login.html"
    problem: str = ""
    demo: bool = False
    back: str = ""
    """The page to come back to."""
    typed: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class PasswordPage(Page):
    template: ClassVar[str] = "password.html"
    problem: str = ""
    must: bool = False


@dataclass(frozen=True)
class CodePage(Page):
    """The second step of a sign-in: there is no session yet."""

    template: ClassVar[str] = "login_code.html"
    token: str
    back: str
    problem: str = ""


def outside(request: Request) -> Frame:
    t = Words(language_of(request))
    said = SAID.get(request.query_params.get("said", ""))
    return Frame(t, request.url.path, said=t(said) if said else "")


@public.get("/login")
def login_page(request: Request, desk: DeskParam) -> Any:
    return render(LoginPage(outside(request), demo=desk.office.settings.demo))


def sign_in_again(request: Request, kept: Typed) -> Response:
    """A form came without a living session: nothing was recorded, and nothing of what was typed is lost."""
    frame, demo = outside(request), desk_of(request).office.settings.demo
    page = LoginPage(frame, demo=demo, back=own_page(request, kept.page), typed=told_again(kept, frame.t))
    return render(page, 401)


@public.post("/login")
async def log_in(request: Request, desk: DeskParam) -> Any:
    """A new session and its cookie. The same sentence for an unknown name and a wrong password."""
    refuse_cross_site(request)
    form = await request.form(max_files=0, max_fields=5)
    name, password, back = (str(form.get(field, ""))[:200] for field in ("name", "password", "from"))
    return await run_in_threadpool(_enter, request, desk, name, password, own_page(request, back))


def _enter(request: Request, desk: Desk, name: str, password: str, back: str) -> Response:
    try:
        found = signing_in.sign_in(desk.office.database, name, password, came_from(request), desk.clock())
    except Unauthorized as error:
        return sign_in_page(request, desk, error.message, back, 429)
    if found is None:
        return sign_in_page(request, desk, WRONG, back, 401)
    if isinstance(found, identity.Awaited):
        return render(CodePage(outside(request), found.token, back))
    return come_in(desk, found, back)


def sign_in_page(request: Request, desk: Desk, problem: str, back: str, status: int) -> Response:
    """The sign-in again, with what was wrong."""
    frame = outside(request)
    told = frame.t(WRONG) if problem == WRONG else frame.t.error(problem)
    return render(LoginPage(frame, told, desk.office.settings.demo, back), status)


def come_in(desk: Desk, entered: identity.Entered, back: str) -> Response:
    """To the page they came from, with the cookie of their session."""
    answer = RedirectResponse(back, 303)
    _give_cookie(desk, answer, entered.token)
    return answer


def leave(desk: Desk, said: str) -> Response:
    """To the sign-in; a shared machine keeps nothing of what was seen."""
    answer = see("/login", said)
    answer.delete_cookie(cookie_name(desk), path="/")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _give_cookie(desk: Desk, answer: Response, token: str) -> None:
    https = desk.office.settings.public_url.startswith("https:")
    answer.set_cookie(
        cookie_name(desk), token, max_age=LONGEST_S, path="/", secure=https, httponly=True, samesite="lax"
    )


@router.post("/logout")
def log_out(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    with writing(desk) as session:
        identity.log_out(session, request.cookies.get(cookie_name(desk), ""), desk.clock())
    return leave(desk, "out")


class PasswordForm(Form):
    old: str
    new: str
    again: str


@router.get("/password")
def password_page(request: Request, caller: CallerParam) -> Any:
    return render(PasswordPage(frame_of(request, caller), must=caller.person.must_change))


@router.post("/password")
def change_password(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Ends every session of the user, this one too: they sign in with the new password."""
    try:
        form = read(PasswordForm, fields)
        if form.new != form.again:
            raise BadInput("the two new passwords differ")
        if not signing_in.change_password(
            desk.office.database, caller.person, form.old, form.new, came_from(request), desk.clock()
        ):
            raise BadInput("the present password is not right")
    except (BadInput, Unauthorized) as error:
        frame = frame_of(request, caller)
        return render(PasswordPage(frame, frame.t.error(error.message), caller.person.must_change), 422)
    return leave(desk, "password")


class LanguageForm(Form):
    language: str
    back: str = "/"


@router.post("/language")
def set_language(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(LanguageForm, fields)
    if form.language not in LANGUAGES:
        raise BadInput("the screens speak English and Chinese")
    with writing(desk) as session:
        _speak(session, caller.actor.user_id, form.language)
    return see(own_page(request, form.back))


def _speak(session: Session, user_id: int | None, language: str) -> None:
    user = session.get_one(User, user_id)
    user.language = language
    session.add(user)


@router.get("/")
def home(caller: CallerParam) -> Any:
    """Each role's own first page."""
    return see(next(path for role, path in HOME.items() if role in caller.actor.roles))
