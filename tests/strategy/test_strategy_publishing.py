"""Publishing a strategy, and which one holds when. Both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlmodel import Session, select
from strategy_books import row, table

from collector.audit.tables import AuditEntry
from collector.foundation.errors import BadInput, NotFound
from collector.portfolio.rules import CollectorType, DebtType
from collector.portfolio.tables import Portfolio
from collector.strategy.actions import publish
from collector.strategy.compiling import compile_document, default_text, template_names
from collector.strategy.queries import active, compiled, versions
from collector.strategy.reading import parse
from collector.strategy.tables import StrategyVersion
from collector.texts.catalogue import Catalogue

At = Callable[[str], datetime]
TEXT = table(row("big", "{overdue: {gte: 500.00}}"), row("rest"))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def book(session: Session, code: str, jurisdiction: str = "cn", currency: str = "CNY", language: str = "zh-CN") -> int:
    portfolio = Portfolio(
        code=code,
        creditor="North Bank",
        collector_type=CollectorType.creditor,
        debt_type=DebtType.bank_loan,
        currency=currency,
        timezone="Asia/Shanghai",
        jurisdiction=jurisdiction,
        language=language,
        sender_name="North Bank",
    )
    session.add(portfolio)
    session.flush()
    assert portfolio.id is not None
    return portfolio.id


def put(
    session: Session, catalogue: Catalogue, portfolio_id: int | None, starts_at: datetime, text: str = TEXT
) -> StrategyVersion:
    (version,) = publish(session, text, [portfolio_id], "user:1", "tighten", starts_at, starts_at, catalogue)
    return version


def test_without_any_version_the_shipped_one_holds(session: Session, at: At) -> None:
    cn, us = book(session, "CN"), book(session, "US", "us", "USD", "en-US")
    now = at("2026-05-12T09:00+08:00")
    assert [(found.version, found.body) for found in (active(session, cn, now), active(session, us, now))] == [
        (0, default_text("cn")),
        (0, default_text("us")),
    ]
    assert compiled(session, us, now).currency == "USD"


def test_a_version_holds_from_its_start(session: Session, catalogue: Catalogue, at: At) -> None:
    own = book(session, "CN")
    first = put(session, catalogue, own, at("2026-05-12T09:00+08:00"))
    second = put(session, catalogue, own, at("2026-05-14T00:00+08:00"))
    moments = ("2026-05-12T08:59+08:00", "2026-05-12T09:00+08:00", "2026-05-13T23:59+08:00", "2026-05-14T00:00+08:00")
    assert [active(session, own, at(moment)).version for moment in moments] == [0, 1, 1, 2]
    assert versions(session, own) == [second, first]


def test_a_portfolio_s_own_version_goes_before_the_one_for_all(session: Session, catalogue: Catalogue, at: At) -> None:
    own, other = book(session, "A"), book(session, "B")
    now = at("2026-05-12T09:00+08:00")
    mine, house = put(session, catalogue, own, now), put(session, catalogue, None, at("2026-05-12T10:00+08:00"))
    later = at("2026-05-13T09:00+08:00")
    assert active(session, own, later) == mine
    assert active(session, other, later) == house
    assert put(session, catalogue, None, later).version == 2


def test_publishing_is_audited_with_the_digest(session: Session, catalogue: Catalogue, at: At) -> None:
    version = put(session, catalogue, book(session, "CN"), at("2026-05-12T09:00+08:00"))
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "strategy.publish")).one()
    assert (entry.subject, entry.detail["digest"]) == (f"strategy_version:{version.id}", version.digest)


def test_the_same_text_is_compiled_once(session: Session, catalogue: Catalogue, at: At) -> None:
    own, now = book(session, "CN"), at("2026-05-12T09:00+08:00")
    put(session, catalogue, own, now)
    assert compiled(session, own, now) is compiled(session, own, now)


@pytest.mark.parametrize(
    ("text", "reason", "starts", "message"),
    [
        pytest.param(TEXT, " ", "2026-05-12T09:00+08:00", "reason", id="no reason"),
        pytest.param(TEXT, "tighten", "2026-05-12T08:59+08:00", "past", id="in the past"),
        pytest.param(
            TEXT.replace("overdue-first", "no-such"),
            "tighten",
            "2026-05-12T09:00+08:00",
            r"line 5: .*'no-such'",
            id="template",
        ),
        pytest.param(
            table(row("a", "{bucket: [M1]}")), "tighten", "2026-05-12T09:00+08:00", "no default", id="invalid"
        ),
        pytest.param(
            TEXT.replace("500.00", "0.005"), "tighten", "2026-05-12T09:00+08:00", "'big'.*2 decimals", id="currency"
        ),
    ],
)
def test_what_is_not_published(
    session: Session, catalogue: Catalogue, at: At, text: str, reason: str, starts: str, message: str
) -> None:
    own = book(session, "CN")
    with pytest.raises(BadInput, match=message):
        publish(session, text, [own], "user:1", reason, at(starts), at("2026-05-12T09:00+08:00"), catalogue)
    assert versions(session, own) == []


def test_an_unknown_portfolio_is_not_found(session: Session, catalogue: Catalogue, at: At) -> None:
    with pytest.raises(NotFound):
        put(session, catalogue, 404, at("2026-05-12T09:00+08:00"))
    with pytest.raises(NotFound):
        active(session, 404, at("2026-05-12T09:00+08:00"))


@pytest.mark.parametrize(("jurisdiction", "currency"), [("cn", "CNY"), ("us", "USD")])
def test_the_shipped_strategies_have_all_their_templates(
    catalogue: Catalogue, jurisdiction: str, currency: str
) -> None:
    document = parse(default_text(jurisdiction))
    assert catalogue.problems(template_names(document), ["zh-CN", "en-US"]) == []
    assert compile_document(document, currency).retry.days == 3
