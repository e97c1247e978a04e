"""Keys of programs: 256 bits, so that a fast hash suffices; what each may do, see, and from where (ASVS 11.5.1)."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.foundation.errors import BadInput, Conflict, Forbidden, Unauthorized
from collector.identity.actions.sessions import digest
from collector.identity.rules import ApiScope
from collector.identity.rules.addresses import admits, networks
from collector.identity.tables import ApiKey

YEAR = timedelta(days=365)
"""How long a key lives unless told."""
LOOKS_LIKE_KEY = re.compile(r"[0-9a-f]{12}\.[A-Za-z0-9_-]{43}")


def add_api_key(
    session: Session,
    name: str,
    scopes: Sequence[ApiScope],
    now: datetime,
    actor: str,
    *,
    all_portfolios: bool = False,
    expires_at: datetime | None = None,
    addresses: Iterable[str] = (),
) -> tuple[str, ApiKey]:
    """A key, shown once as "id.secret"; only a hash is kept. It ends after a year unless `expires_at` says otherwise;
    `addresses`: the networks it may be used from, none: any."""
    ends = expires_at or now + YEAR
    if ends <= now:
        raise BadInput("a key that has ended already opens nothing; let it end later")
    if not scopes:
        raise BadInput("a key needs at least one scope: " + ", ".join(ApiScope))
    if session.exec(select(ApiKey.id).where(ApiKey.name == name, col(ApiKey.revoked_at).is_(None))).first():
        raise Conflict(f"there is a key {name!r} already; revoke it first, or take another name")
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = ApiKey(
        key_id=key_id,
        secret_hash=digest(secret),
        name=name,
        scopes=",".join(sorted(scopes)),
        all_portfolios=all_portfolios,
        addresses=",".join(map(str, networks(addresses))),
        created_by=actor,
        created_at=now,
        expires_at=ends,
    )
    session.add(row)
    session.flush()
    detail = {"scopes": row.scopes, "expires": ends.isoformat(), "limited": bool(row.addresses)}
    record(session, actor, "apikey.add", f"apikey:{row.id}", detail, now)
    return f"{key_id}.{secret}", row


def api_key(session: Session, shown: str, now: datetime, address: str) -> ApiKey:
    """The key behind "id.secret". Unknown, revoked and expired ones are `Unauthorized`; one that is used from an
    address that is not on its list is `Forbidden`."""
    key_id, _, secret = shown.partition(".")
    row = session.exec(select(ApiKey).where(ApiKey.key_id == key_id)).first()
    genuine = hmac.compare_digest(digest(secret), row.secret_hash if row else digest(""))
    if row is None or not genuine or row.revoked_at or (row.expires_at and row.expires_at < now):
        raise Unauthorized("this API key is not known, or no longer valid")
    if not admits(row.addresses, address):
        raise Forbidden("this API key may not be used from your address; an admin can add it to the key's list")
    if row.last_used_at is None or now > row.last_used_at + timedelta(minutes=1):
        session.execute(update(ApiKey).where(col(ApiKey.id) == row.id).values(last_used_at=now))
    return row


def revoke_api_key(session: Session, row: ApiKey, now: datetime, actor: str) -> None:
    """The key opens nothing from now on; done again, nothing changes."""
    if row.revoked_at is not None:
        return
    row.revoked_at = now
    session.add(row)
    session.flush()
    record(session, actor, "apikey.revoke", f"apikey:{row.id}", {}, now)
