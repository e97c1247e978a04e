"""What every route shares: one transaction, and who is calling (security section 2)."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from collector.casework.office import CLOCK_TOLERANCE, Office
from collector.casework.views.calling_in import AtDesk, at_desk
from collector.dispatch.queries import choice_of, outbound_in_hand
from collector.dispatch.rules import AgentState, Choice, InboundState, state_of
from collector.dispatch.twilio import Signatures
from collector.foundation.clock import Clock, parse_moment
from collector.foundation.errors import BadInput, Forbidden, Unauthorized
from collector.identity import actions as identity
from collector.identity.rules import FRESH, Actor, ApiScope, Role
from collector.identity.tables import User, UserSession
from collector.planning.queries import Mark
from collector.portfolio.queries import portfolios, scope_of
from collector.web.live import Streams, is_live

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


class CodeFirst(Unauthorized):
    """Please set up the app that shows your codes first."""


WHILE_HELD = frozenset({"/password", "/logout", "/language"})
"""What opens before a first password is changed."""
WITHOUT_CODE = WHILE_HELD | {"/me/codes", "/me/codes/first"}
"""What opens before an app for codes is set up, where the role needs one."""


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
    voices: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CALLBACKS))
    """Those of them that somebody on the phone waits for."""
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
    session: UserSession | None = None
    fresh: bool = False
    """A password or a code was given in this session a moment ago: no decision asks for one again."""
    held: bool = False
    """Nothing opens before there is a password of their own, or an app for codes where the role needs one."""
    state: tuple[AgentState, datetime | None] = (AgentState.ready, None)
    """Of an agent: what they are doing, and since when."""
    at_desk: AtDesk | None = None
    """The call that came in and is at their desk."""

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


def _doing(
    session: Session, person: Actor, row: UserSession, now: datetime
) -> tuple[Choice | None, tuple[AgentState, datetime | None], AtDesk | None]:
    """What an agent chose, what follows of it and of their calls, and the call that came in to their desk."""
    is_agent = bool(person.roles & AGENTS)
    choice = choice_of(session, person.user_id or 0) if is_agent else None
    ringing = at_desk(session, person.user_id) if person.roles & (AGENTS | {Role.supervisor}) else None
    if ringing is not None:
        return choice, (AgentState.wrap_up if ringing.state is InboundState.over else AgentState.on_call, None), ringing
    held = outbound_in_hand(session, [person.name], now).get(person.name) if is_agent else None
    return choice, state_of(choice, held.call if held else None, row.created_at), None


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
        choice, state, ringing = _doing(session, base, row, now)
        books = portfolios(session, scope) if choice and choice.state is AgentState.on_break else ()
    if not is_live(request) and identity.goes_stale(row, now):
        with desk.office.database.begin() as session:
            identity.live_session(session, token, now)
    actor = Actor(base.name, base.user_id, base.roles, scope, base.level)
    lacks_code = desk.office.settings.codes_required and user.totp_sealed is None and identity.needs_code(user)
    caller = Caller(
        actor,
        user.language,
        user.display_name,
        row.csrf,
        user,
        choice,
        books[0].timezone if books else "UTC",
        session=row,
        fresh=row.confirmed_at is not None and now < row.confirmed_at + FRESH,
        held=user.must_change or lacks_code,
        state=state,
        at_desk=ringing,
    )
    request.state.caller = caller
    if user.must_change and request.url.path not in WHILE_HELD:
        raise PasswordFirst
    if lacks_code and request.url.path not in WITHOUT_CODE:
        raise CodeFirst
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


IN_ADDRESS = (
    "an API key does not belong in an address, which every log on the way keeps: send it as Authorization: Bearer, and "
    "have an admin revoke this one"
)


def came_from(request: Request) -> identity.Came:
    """The client's address, which the server takes from a proxy's header only where the settings trust that proxy."""
    browser = "".join(one for one in request.headers.get("User-Agent", "") if one.isprintable())
    return identity.Came(request.client.host if request.client else "", browser)


def api_caller(request: Request, desk: DeskParam) -> Caller:
    """The API key in `Authorization: Bearer id.secret`. A cookie, or a key in the address, opens nothing here."""
    if any(identity.LOOKS_LIKE_KEY.fullmatch(value) for _, value in request.query_params.multi_items()):
        raise Unauthorized(IN_ADDRESS)
    kind, _, shown = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not shown:
        raise Unauthorized("send your API key as: Authorization: Bearer ID.SECRET")
    with desk.office.database.begin() as session:
        key = identity.api_key(session, shown.strip(), desk.clock(), came_from(request).address)
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
