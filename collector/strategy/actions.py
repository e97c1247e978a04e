"""Publishing a strategy."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from collector.audit.actions import record
from collector.foundation.database import lock_key
from collector.foundation.errors import BadInput, Problem
from collector.portfolio.queries import portfolio_of
from collector.portfolio.tables import Portfolio
from collector.strategy.compiling import compile_document, digest_of, template_names
from collector.strategy.document import Document
from collector.strategy.reading import parse
from collector.strategy.tables import StrategyVersion
from collector.texts.catalogue import Catalogue


def publish(
    session: Session,
    text: str,
    portfolio_ids: Sequence[int | None],
    author: str,
    reason: str,
    starts_at: datetime,
    now: datetime,
    catalogue: Catalogue,
    approver: str | None = None,
) -> list[StrategyVersion]:
    """A new version for each of the portfolios (None: for all that have none of their own), from `starts_at` on.

    `BadInput`: the document is wrong, names a template that a portfolio's language lacks, has an amount its
    currency can not express, has no reason, or would start in the past, which would rewrite why things were done.
    """
    owners = check_publishable(session, text, portfolio_ids, reason, starts_at, now, catalogue)
    lock_key(session, "strategy")
    versions = []
    for owner in owners:
        owner_id = None if owner is None else owner.id
        version = StrategyVersion(
            portfolio_id=owner_id,
            version=_newest(session, owner_id) + 1,
            body=text,
            digest=digest_of(text),
            author=author,
            reason=reason.strip(),
            published_at=now,
            starts_at=starts_at,
            approver=approver,
        )
        session.add(version)
        session.flush()
        _audit(session, version, now)
        versions.append(version)
    return versions


def check_publishable(
    session: Session,
    text: str,
    portfolio_ids: Sequence[int | None],
    reason: str,
    starts_at: datetime,
    now: datetime,
    catalogue: Catalogue,
) -> list[Portfolio | None]:
    """Everything `publish` asks before it writes, with the same `BadInput`; returns the portfolios."""
    _check_request(portfolio_ids, reason, starts_at, now)
    document = parse(text)
    owners = [None if each is None else portfolio_of(session, each) for each in dict.fromkeys(portfolio_ids)]
    check_for(document, catalogue, _concerned(session, owners))
    return owners


def check_for(document: Document, catalogue: Catalogue, portfolios: Iterable[Portfolio]) -> None:
    """Whether the document can hold for these portfolios: its templates exist in their languages (in all that there
    are, where there is no portfolio yet), its amounts in their currencies. `BadInput` names every one that is
    missing, and where it is asked for."""
    concerned = list(portfolios)
    languages = sorted({portfolio.language for portfolio in concerned}) or list(catalogue.languages)
    problems = [
        Problem(missing.reason, document.line(place), file=document.file)
        for name, place in template_names(document).items()
        for missing in catalogue.problems([name], languages)
    ]
    if problems:
        raise BadInput(problems=tuple(problems))
    for currency in sorted({portfolio.currency for portfolio in concerned}):
        compile_document(document, currency)


def _check_request(portfolio_ids: Sequence[int | None], reason: str, starts_at: datetime, now: datetime) -> None:
    if not portfolio_ids:
        raise BadInput("say for which portfolios")
    if not reason.strip():
        raise BadInput("give a reason; it is kept with the version")
    if starts_at < now:
        raise BadInput("a strategy can not start in the past")


def _concerned(session: Session, owners: Sequence[Portfolio | None]) -> list[Portfolio]:
    """The portfolios the text must fit: those named, or all of them when it is for all."""
    if None in owners:
        return list(session.exec(select(Portfolio)))
    return [owner for owner in owners if owner is not None]


def _newest(session: Session, portfolio_id: int | None) -> int:
    own = col(StrategyVersion.portfolio_id)
    newest = session.exec(
        select(func.max(StrategyVersion.version)).where(own.is_(None) if portfolio_id is None else own == portfolio_id)
    ).one()
    return newest or 0


def _audit(session: Session, version: StrategyVersion, now: datetime) -> None:
    detail = {
        "portfolio": version.portfolio_id,
        "version": version.version,
        "digest": version.digest,
        "starts_at": version.starts_at.isoformat(),
        "approver": version.approver,
    }
    record(session, version.author, "strategy.publish", f"strategy_version:{version.id}", detail, now)
