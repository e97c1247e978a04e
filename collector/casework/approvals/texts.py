"""The words that are sent: one writes them, another agrees to them (security section 1, borrowers' payments)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.casework.approvals.kind import Kind
from collector.casework.approvals.waiting import ask
from collector.casework.office import Office
from collector.foundation.errors import BadInput
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.texts import actions
from collector.texts.catalogue import LANGUAGE, NAME
from collector.texts.template import Template, read_template

TEXT = "text"


def propose(
    session: Session,
    office: Office,
    language: str,
    name: str,
    source: str,
    reason: str,
    maker: Actor,
    now: datetime,
) -> Approval:
    """Ask a second person for these words. `BadInput` names everything that is wrong with them, by line."""
    template = drafted(language, name, source)
    held = office.texts(session).exact(name, language)
    if held is not None and (held.body, held.purpose, held.tone) == (template.body, template.purpose, template.tone):
        raise BadInput("nothing would change: these are the words in force")
    body = {
        "language": language,
        "name": name,
        "source": source,
        "reason": reason,
        "before": held.digest if held else "",
        "source_before": held.source if held else "",
    }
    return ask(session, TEXT, f"text:{language}/{name}", body, maker, now, None)


def drafted(language: str, name: str, source: str) -> Template:
    """The template that this would be."""
    require_names(language, name)
    return read_template(source, name, language)


def require_names(language: str, name: str) -> None:
    if not NAME.fullmatch(name) or not LANGUAGE.fullmatch(language):
        raise BadInput("a text is named in small letters, figures and -, its language as zh or en")


def carry_out(session: Session, office: Office, approval: Approval, _actor: Actor, at: datetime) -> None:
    body = approval.body
    held = office.texts(session).exact(body["name"], body["language"])
    actions.publish(
        session,
        body["language"],
        body["name"],
        body["source"],
        body["before"],
        author=approval.maker,
        checker=approval.checker or "",
        reason=body["reason"],
        at=at,
        present=held.digest if held else "",
    )


KIND = Kind(TEXT, frozenset({Role.supervisor, Role.legal, Role.admin}), carry_out)
