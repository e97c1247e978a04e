"""Storing what two people agreed to send, and what a carrier said of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, select

from collector.audit.actions import record
from collector.foundation.database import lock_key
from collector.foundation.errors import BadInput, Conflict
from collector.texts.rules import Registration
from collector.texts.tables import TextRegistration, TextVersion
from collector.texts.template import read_template


def publish(
    session: Session,
    language: str,
    name: str,
    source: str,
    before: str,
    *,
    author: str,
    checker: str,
    reason: str,
    at: datetime,
    present: str,
) -> TextVersion:
    """The next version of a text; it is in force at once. `before`: digest of the words it was shown to replace ("":
    none); where `present`, those in force now, are others, it is a `Conflict`. What is wrong is a `BadInput`."""
    template = read_template(source, name, language)
    lock_key(session, f"text:{language}/{name}")
    if before != present:
        raise Conflict("this text was changed since; let the change be proposed anew")
    mine = TextVersion.language == language, TextVersion.name == name
    last = session.exec(select(func.coalesce(func.max(TextVersion.version), 0)).where(*mine)).one()
    row = TextVersion(
        language=language,
        name=name,
        version=last + 1,
        source=source,
        digest=template.digest,
        author=author,
        checker=checker,
        reason=reason,
        at=at,
    )
    session.add(row)
    session.flush()
    detail = {"text": f"{language}/{name}", "version": row.version, "digest": row.digest, "before": before}
    record(session, f"user:{checker}", "text.published", f"text_version:{row.id}", detail, at)
    return row


def register(
    session: Session,
    portfolio_id: int,
    carrier: str,
    language: str,
    name: str,
    digest: str,
    state: Registration,
    *,
    carrier_id: str,
    since: date,
    until: date | None,
    note: str,
    actor: str,
    at: datetime,
) -> TextRegistration:
    """Note what the carrier said of these words."""
    if state is Registration.registered and not carrier_id:
        raise BadInput("a registered text has a number with the carrier; enter it")
    if until is not None and until < since:
        raise BadInput("the last day comes after the first")
    row = TextRegistration(
        portfolio_id=portfolio_id,
        carrier=carrier,
        language=language,
        name=name,
        digest=digest,
        state=state,
        carrier_id=carrier_id,
        since=since,
        until=until,
        note=note,
        actor=actor,
        at=at,
    )
    session.add(row)
    session.flush()
    detail = {"portfolio": portfolio_id, "carrier": carrier, "text": f"{language}/{name}", "digest": digest}
    detail |= {"state": state.value, "since": since.isoformat(), "until": until.isoformat() if until else None}
    record(session, actor, "text.registration", f"text_registration:{row.id}", detail, at)
    return row
