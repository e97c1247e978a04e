"""What every route shares: one transaction, who is calling, and errors as HTTP answers (security section 2)."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from collector.casework.office import Office
from collector.foundation.clock import Clock
from collector.foundation.errors import (
    BadInput,
    CarrierError,
    CollectorError,
    Conflict,
    Forbidden,
    NotFound,
    NotReady,
    Unauthorized,
)
from collector.identity import actions as identity
from collector.identity.rules import Actor, ApiScope, Role
from collector.identity.tables import User
from collector.portfolio.queries import scope_of

STATUS: dict[type[CollectorError], int] = {
    BadInput: 422,
    NotFound: 404,
    Conflict: 409,
    Forbidden: 403,
    Unauthorized: 401,
    NotReady: 503,
    CarrierError: 502,
}


class SignInFirst(Unauthorized):
    """Please sign in."""


def status_of(error: CollectorError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


@dataclass(frozen=True)
class Desk:
    """What the application was started with."""

    office: Office
    clock: Clock


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


DeskParam = Annotated[Desk, Depends(desk_of)]


def cookie_name(desk: Desk) -> str:
    """`__Host-` needs https; the plain demo on loopback uses another name."""
    return "__Host-collector" if desk.office.settings.public_url.startswith("https:") else "collector"


@dataclass(frozen=True)
class Caller:
    """A signed-in person, or an API key; never both."""

    actor: Actor
    language: str = "en"
    display_name: str = ""
    csrf: str = ""
    user: User | None = None

    def require(self, *roles: Role) -> None:
        if not self.actor.roles & frozenset(roles):
            raise Forbidden("your role does not open this; ask a supervisor")

    def require_scope(self, scope: ApiScope) -> None:
        granted = self.actor.api_scopes or frozenset()
        if scope not in granted:
            raise Forbidden(f"this API key may not {scope}")


def signed_in(request: Request, desk: DeskParam) -> Caller:
    """The person behind the cookie. A page asks them to sign in; nothing else is ever said about why."""
    token = request.cookies.get(cookie_name(desk), "")
    live_page = request.headers.get("X-Live") == "1"
    with desk.office.database.begin() as session:
        found = identity.live_session(session, token, desk.clock(), activity=not live_page) if token else None
        if found is None:
            raise SignInFirst
        row, user = found
        base = identity.actor_of(user)
        scope = scope_of(session, user_id=user.id, everything=user.all_portfolios)
    if user.must_change and request.url.path not in {"/password", "/logout"}:
        raise SignInFirst("please choose your own password first")
    actor = Actor(base.name, base.user_id, base.roles, scope, base.level)
    return Caller(actor, user.language, user.display_name, row.csrf, user)


CallerParam = Annotated[Caller, Depends(signed_in)]


async def checked_form(request: Request, caller: CallerParam) -> dict[str, str]:
    """The fields of a form post whose token is this session's; a repeated field is refused."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden("this form was sent from another site")
    form = await request.form(max_files=1, max_fields=200)
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if name in fields:
            raise BadInput(f"{name} was sent twice")
        fields[name] = value if isinstance(value, str) else ""
    if not hmac.compare_digest(fields.pop("csrf", "").encode(), caller.csrf.encode()):
        raise Forbidden("this form is from an older sign-in; open the page again and repeat")
    return fields


FormParam = Annotated[dict[str, str], Depends(checked_form)]


def api_caller(request: Request, desk: DeskParam) -> Caller:
    """The API key in `Authorization: Bearer id.secret`. A cookie, or a key in the address, opens nothing here."""
    kind, _, shown = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not shown:
        raise Unauthorized("send your API key as: Authorization: Bearer ID.SECRET")
    with desk.office.database.begin() as session:
        key = identity.api_key(session, shown.strip(), desk.clock())
        scope = scope_of(session, api_key_id=key.id, everything=key.all_portfolios)
        scopes = frozenset(ApiScope(word) for word in key.scopes.split(",") if word)
    return Caller(Actor(f"key:{key.id}", None, frozenset(), scope, None, scopes))


ApiCallerParam = Annotated[Caller, Depends(api_caller)]


@contextmanager
def writing(desk: Desk) -> Iterator[Session]:
    """The one transaction of a request that changes something."""
    with desk.office.database.begin() as session:
        yield session


@contextmanager
def reading(desk: Desk) -> Iterator[Session]:
    """The one look of a request that changes nothing."""
    with desk.office.database.read() as session:
        yield session


def wants_json(request: Request) -> bool:
    return request.url.path.startswith(("/api", "/webhooks", "/openapi"))


async def on_error(request: Request, error: Exception) -> Response:
    """An error of ours, for whoever asked: JSON for programs, a page with a sentence for people."""
    assert isinstance(error, CollectorError)  # noqa: S101 - registered for these only
    status = status_of(error)
    if wants_json(request):
        problems = error.problems if isinstance(error, BadInput) else ()
        body: dict[str, Any] = {"error": error.message, "problems": [str(problem) for problem in problems]}
        return JSONResponse(body, status, headers={"WWW-Authenticate": "Bearer"} if status == 401 else None)
    if isinstance(error, Unauthorized) and request.url.path != "/login":
        return RedirectResponse("/password" if "password" in error.message else "/login", 303)
    return request.app.state.error_page(request, status, error.message)  # type: ignore[no-any-return]


async def on_invalid(request: Request, error: Exception) -> Response:
    """What FastAPI's own checks refuse: named by place and reason, without echoing what was sent."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    reasons = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()]
    if wants_json(request):
        return JSONResponse({"error": "the request is not valid", "problems": reasons}, 422)
    return request.app.state.error_page(request, 422, "; ".join(reasons))  # type: ignore[no-any-return]


async def on_busy(request: Request, error: Exception) -> Response:
    """The database is away or busy: nothing was done."""
    assert isinstance(error, OperationalError)  # noqa: S101
    words = "the database does not answer right now; nothing was changed, please try again"
    if wants_json(request):
        return JSONResponse({"error": words, "problems": []}, 503, headers={"Retry-After": "5"})
    return request.app.state.error_page(request, 503, words)  # type: ignore[no-any-return]
