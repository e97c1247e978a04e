"""Keys of programs, for an admin: what each may do and see, from where, until when, and when it was last used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request

from collector.foundation.errors import NotFound
from collector.identity import actions as identity
from collector.identity.queries import api_keys as all_keys
from collector.identity.rules import ApiScope
from collector.identity.tables import ApiKey
from collector.portfolio.actions import give_access
from collector.portfolio.queries import codes_by_key, portfolios
from collector.web.confirming import require_confirmed
from collector.web.pages.shell import Form, frame_of, may_open, read, see, whose
from collector.web.pages.user import picked
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Frame, Page, Told, render
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class KeyShown:
    id: int
    name: str
    key_id: str
    scopes: str
    sees: str
    addresses: str
    made: str
    ends: str
    used: str
    state: str
    is_open: bool


@dataclass(frozen=True)
class KeysPage(Page):
    template: ClassVar[str] = "api_keys.html"
    keys: Sequence[KeyShown]
    scopes: Sequence[tuple[str, str]]
    """Scope, and what it opens."""
    codes: Sequence[str]
    ends_on: str
    may_change: bool
    made: tuple[str, str] | None = None
    """Name and key just made: shown once."""


def _scopes(t: Words) -> list[tuple[str, str]]:
    return [
        (ApiScope.read, t("read: accounts, tasks, referrals, explanations")),
        (ApiScope.load, t("load: bring files, match payments")),
        (ApiScope.work, t("work: next call, results, promises, stops")),
        (ApiScope.plan, t("plan: plan, sweep, send, hold, pause")),
        (ApiScope.admin, t("admin: publish strategies, lift stops, verify the audit")),
    ]


def _shown(row: ApiKey, codes: Mapping[int, Sequence[str]], now: datetime, t: Words) -> KeyShown:
    told = Told(t, "UTC")
    over = row.expires_at is not None and row.expires_at < now
    state = t("revoked") if row.revoked_at else t("over") if over else ""
    return KeyShown(
        id=row.id or 0,
        name=row.name,
        key_id=row.key_id,
        scopes=", ".join(row.scopes.split(",")),
        sees=t("all portfolios") if row.all_portfolios else ", ".join(codes.get(row.id or 0, ())),
        addresses=row.addresses.replace(",", ", ") or t("anywhere"),
        made=f"{told.moment(row.created_at)} {whose(row.created_by, t)}".strip(),
        ends=told.moment(row.expires_at) or t("never ends"),
        used=told.moment(row.last_used_at) or t("never"),
        state=state,
        is_open=not row.revoked_at,
    )


def _page(desk: Desk, caller: Caller, frame: Frame, made: tuple[str, str] | None = None) -> KeysPage:
    now = desk.clock()
    with reading(desk) as session:
        codes = codes_by_key(session)
        keys = [_shown(row, codes, now, frame.t) for row in all_keys(session)]
        books = [book.code for book in portfolios(session, caller.actor.scope)]
    ends_on = (now + identity.YEAR).date().isoformat()
    return KeysPage(frame, keys, _scopes(frame.t), books, ends_on, may_open(caller, "add_key"), made)


@router.get("/keys")
def api_keys(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    return render(_page(desk, caller, frame_of(request, caller)))


class KeyForm(Form):
    name: str
    ends_on: date | None = None
    addresses: str = ""
    confirm: str = ""


@router.post("/keys")
def add_key(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The key is shown once. With no portfolio ticked it sees all of them; its last day ends at midnight UTC."""
    scopes, codes = picked(fields, "scope."), picked(fields, "sees.")
    form = read(KeyForm, fields)
    require_confirmed(request, desk, caller, form.confirm)
    ends = datetime.combine(form.ends_on + timedelta(days=1), time(), UTC) if form.ends_on else None
    with writing(desk) as session:
        shown, row = identity.add_api_key(
            session,
            form.name,
            [scope for scope in ApiScope if scope in scopes],
            desk.clock(),
            caller.actor.name,
            all_portfolios=not codes,
            expires_at=ends,
            addresses=form.addresses.replace(",", " ").split(),
        )
        give_access(session, codes, api_key_id=row.id, actor=caller.actor.name, at=desk.clock())
    return render(_page(desk, caller, frame_of(request, caller), (form.name, shown)))


class NoForm(Form):
    pass


@router.post("/keys/{key_id}/revoke")
def revoke_key(key_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The key opens nothing from now on."""
    read(NoForm, fields)
    with writing(desk) as session:
        row = session.get(ApiKey, key_id)
        if row is None:
            raise NotFound("there is no such key")
        identity.revoke_api_key(session, row, desk.clock(), caller.actor.name)
    return see("/keys", "revoked")
