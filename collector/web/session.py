"""What every route shares: one transaction, who is calling, and errors as HTTP answers (security section 2)."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from starlette.exceptions import HTTPException

from collector.casework.office import CLOCK_TOLERANCE, Office
from collector.dispatch.queries import choice_of
from collector.dispatch.rules import AgentState, Choice
from collector.dispatch.twilio import Signatures
from collector.foundation.clock import Clock, parse_moment
from collector.foundation.errors import (
    BadInput,
    CarrierError,
    CollectorError,
    Conflict,
    Forbidden,
    NotFound,
    NotReady,
    Problem,
    Unauthorized,
)
from collector.foundation.invalid import in_plain_words
from collector.identity import actions as identity
from collector.identity.rules import Actor, ApiScope, Role
from collector.identity.tables import User
from collector.planning.queries import Mark
from collector.portfolio.queries import portfolios, scope_of
from collector.web.live import Streams, is_live
from collector.web.typed import Typed, typed

STATUS: dict[type[CollectorError], int] = {
    BadInput: 422,
    NotFound: 404,
    Conflict: 409,
    Forbidden: 403,
    Unauthorized: 401,
    NotReady: 503,
    CarrierError: 502,
}

BUSY = "the database does not answer right now; nothing was changed, please try again"
BROKEN = "something went wrong on our side; nothing was changed. If it happens again, tell whoever runs this."


CALLBACKS = 4
"""Callbacks that are worked on at once."""
EXPORTS = 2
"""Files that are written at once (security section 2)."""


AGENTS = frozenset({Role.agent, Role.senior})
"""Those who say whether they are ready or on a break."""


class SignInFirst(Unauthorized):
    """Please sign in."""


class PasswordFirst(Unauthorized):
    """Please choose a password of your own first."""


def status_of(error: CollectorError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


@dataclass(frozen=True)
class Desk:
    """What the application was started with."""

    office: Office
    clock: Clock
    signatures: Signatures
    mark: Mark
    """Where the head of the call queue is, for every desk of this process."""
    streams: Streams = field(default_factory=Streams)
    """The pages of this process that are told what changes."""
    callbacks: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CALLBACKS))
    """A burst of the carrier's callbacks waits here, not in the threads that people's pages need."""
    exports: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(EXPORTS))
    """A third export waits until one of two is written."""

    def moment(self, at: str | None) -> datetime:
        """`at`, or the clock. Where real people can be reached, nobody writes history at another hour."""
        now = self.clock()
        if at is None:
            return now
        when = self.look(at)
        if not self.office.settings.sandboxed and abs(when - now) > CLOCK_TOLERANCE:
            raise BadInput("at is more than a minute from the clock: things are recorded when they happen")
        return when

    def look(self, at: str | None) -> datetime:
        """The moment a read is about: any, or the clock."""
        return parse_moment(at) if at else self.clock()


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
    choice: Choice | None = None
    """Of an agent: whether they take calls. None: they never said, and do."""
    zone: str = "UTC"
    """Of an agent on a break: the clock of their first portfolio."""

    def require(self, *roles: Role) -> None:
        if not self.actor.roles & frozenset(roles):
            raise Forbidden("your role does not open this; ask a supervisor")

    def require_scope(self, scope: ApiScope) -> None:
        granted = self.actor.api_scopes or frozenset()
        if scope not in granted:
            raise Forbidden(f"this API key may not {scope}")

    @property
    def person(self) -> User:
        """The user behind the desk; for a key, `Forbidden`: some things only people do."""
        if self.user is None:
            raise Forbidden("only a person may do this")
        return self.user


def signed_in(request: Request, desk: DeskParam) -> Caller:
    """The person behind the cookie. A page asks them to sign in; nothing else is ever said about why."""
    token = request.cookies.get(cookie_name(desk), "")
    if not token:
        raise SignInFirst
    now = desk.clock()
    with desk.office.database.read() as session:
        found = identity.live_session(session, token, now, activity=False)
        if found is None:
            raise SignInFirst
        row, user = found
        base = identity.actor_of(user)
        scope = scope_of(session, user_id=user.id, everything=user.all_portfolios)
        choice = choice_of(session, user.id or 0) if base.roles & AGENTS else None
        books = portfolios(session, scope) if choice and choice.state is AgentState.on_break else ()
    if not is_live(request) and identity.goes_stale(row, now):
        with desk.office.database.begin() as session:
            identity.live_session(session, token, now)
    actor = Actor(base.name, base.user_id, base.roles, scope, base.level)
    caller = Caller(
        actor, user.language, user.display_name, row.csrf, user, choice, books[0].timezone if books else "UTC"
    )
    request.state.caller = caller
    if user.must_change and request.url.path not in {"/password", "/logout", "/language"}:
        raise PasswordFirst
    return caller


CallerParam = Annotated[Caller, Depends(signed_in)]


async def checked_form(request: Request, caller: CallerParam) -> dict[str, str]:
    """The fields of a form post whose token is this session's; a repeated field is refused."""
    refuse_cross_site(request)
    form = await request.form(max_files=2, max_fields=200)
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if name in fields:
            raise BadInput(f"{name[:40]} was sent twice; open the page again and repeat")
        fields[name] = value if isinstance(value, str) else ""
    fields.pop("from", "")  # where the form stood: only for the way back from an error
    if not hmac.compare_digest(fields.pop("csrf", "").encode(), caller.csrf.encode()):
        raise Forbidden("this form is from an older sign-in; open the page again and repeat")
    return fields


def refuse_cross_site(request: Request) -> None:
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden("this form was sent from another site")


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
    return request.url.path.startswith(("/api", "/webhooks", "/healthz", "/ready"))


def _answer(
    request: Request, status: int, words: str, problems: tuple[Problem, ...] = (), kept: Typed | None = None
) -> Response:
    """JSON for programs, a page with a sentence for people."""
    if wants_json(request):
        headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}.get(status)
        told = [str(problem) for problem in problems]
        return JSONResponse({"error": words, "problems": told}, status, headers=headers)
    answer: Response = request.app.state.error_page(request, status, words, problems, kept or Typed())
    return answer


async def on_error(request: Request, error: Exception) -> Response:
    """An error of ours."""
    assert isinstance(error, CollectorError)  # noqa: S101 - registered for these only
    kept = Typed() if wants_json(request) else await typed(request)
    if not wants_json(request) and isinstance(error, SignInFirst | PasswordFirst):
        return _at_the_entrance(request, error, kept)
    problems = error.problems if isinstance(error, BadInput) else ()
    return _answer(request, status_of(error), error.message, problems, kept)


def _at_the_entrance(request: Request, error: SignInFirst | PasswordFirst, kept: Typed) -> Response:
    """To the sign-in, or to an own password; what was typed while the session ran out is shown there."""
    if isinstance(error, SignInFirst) and kept.fields:
        answer: Response = request.app.state.sign_in_again(request, kept)
        return answer
    return RedirectResponse("/password" if isinstance(error, PasswordFirst) else "/login", 303)


async def on_invalid(request: Request, error: Exception) -> Response:
    """What FastAPI's own checks refuse: named by place and reason, without echoing what was sent."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return _answer(request, 422, "the request is not valid", reasons(error.errors()))


def reasons(errors: Any, called: Callable[[str], str] = str) -> tuple[Problem, ...]:
    """Field and reason of each problem pydantic found; never the value. `called`: how a field is called there."""
    fields = [called(".".join(str(part) for part in one["loc"])) for one in errors]
    return tuple(Problem(f"{name}: {in_plain_words(one)}") for name, one in zip(fields, errors, strict=True))


async def on_http(request: Request, error: Exception) -> Response:
    """What the routing refuses: no such address, or not by this method."""
    assert isinstance(error, HTTPException)  # noqa: S101
    words = {404: NotFound().message, 405: "this address does not take that method"}.get(error.status_code)
    return _answer(request, error.status_code, words or str(error.detail))


async def on_gone(_request: Request, _error: Exception) -> Response:
    """Whoever asked hung up before the question was read: there is nobody to answer, and nothing was done."""
    return Response(status_code=400)


async def on_busy(request: Request, error: Exception) -> Response:
    """The database is away or busy: nothing was done."""
    assert isinstance(error, OperationalError)  # noqa: S101
    return _answer(request, 503, BUSY)


async def on_broken(request: Request, error: Exception) -> Response:
    """An error of the program itself. It is logged by the server; the answer tells nothing of it."""
    return _answer(request, 500, BROKEN)
