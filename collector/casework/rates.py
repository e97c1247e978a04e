"""Changes of rates as somebody brings them, one or a file of them: checked whole before anybody is asked to agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session, col, func, or_, select

from collector.casework.actions.rates import check_rates
from collector.foundation.errors import BadInput, NotFound, Problem
from collector.foundation.files import plain_cell, read_table
from collector.identity.rules import Scope
from collector.portfolio.queries import account_by_key
from collector.portfolio.tables import Account, Portfolio, RateChange

COLUMNS: Final = ("account_no", "product", "from_on", "annual_rate", "penalty_rate", "reason")
NEEDED: Final = ("from_on", "reason")
MOST_LINES: Final = 5_000
"""Of a file: its second person reads them all."""


@dataclass(frozen=True, slots=True)
class RateOrder:
    """From a day on other rates: of an account, of a product, or of the whole portfolio. Percent a year; None: as
    before."""

    from_on: date
    reason: str
    account_id: int | None = None
    product: str | None = None
    annual_rate: str | None = None
    penalty_rate: str | None = None

    def as_data(self) -> dict[str, Any]:
        return {
            "account": self.account_id,
            "product": self.product,
            "from_on": self.from_on.isoformat(),
            "annual_rate": self.annual_rate,
            "penalty_rate": self.penalty_rate,
            "reason": self.reason,
        }


def checked(session: Session, portfolio: Portfolio, given: Mapping[str, str]) -> RateOrder:
    """The change that these words say, by column; columns may be left out or empty. `BadInput` says what is wrong."""
    told = {name: given.get(name, "").strip() for name in COLUMNS}
    annual, penalty = told["annual_rate"] or None, told["penalty_rate"] or None
    check_rates(annual, penalty, told["reason"])
    try:
        day = date.fromisoformat(told["from_on"])
    except ValueError as error:
        raise BadInput("from_on is not a day; write it as 2026-05-31") from error
    if told["account_no"] and told["product"]:
        raise BadInput("a change is for an account or for a product, not for both")
    account = _account(session, portfolio, told["account_no"]) if told["account_no"] else None
    if told["product"] and not _is_product(session, portfolio, told["product"]):
        raise BadInput(f"no account of this portfolio has the product {told['product'][:40]!r}")
    return RateOrder(day, told["reason"], account, told["product"] or None, annual, penalty)


def _account(session: Session, portfolio: Portfolio, number: str) -> int:
    key = number if number.startswith(f"{portfolio.code}/") else f"{portfolio.code}/{number}"
    try:
        return account_by_key(session, key, Scope(frozenset({portfolio.id or 0}))).id or 0
    except NotFound as error:
        raise BadInput("this portfolio has no such account") from error


def _is_product(session: Session, portfolio: Portfolio, product: str) -> bool:
    asked = select(Account.id).where(Account.portfolio_id == portfolio.id, Account.product == product).limit(1)
    return session.exec(asked).first() is not None


def read_rates(session: Session, portfolio: Portfolio, file: Path) -> list[RateOrder]:
    """The changes in a CSV or XLSX file. One wrong line and none is taken: `BadInput` with every problem, by line."""
    problems: list[Problem] = []
    orders: list[RateOrder] = []
    seen: dict[tuple[object, ...], int] = {}
    with read_table(file) as table:
        _check_header(table.header)
        for batch in table.batches:
            problems += batch.problems
            for line, cells in zip(batch.lines, batch.rows, strict=True):
                try:
                    order = checked(session, portfolio, dict(zip(table.header, map(plain_cell, cells), strict=True)))
                except BadInput as error:
                    problems.append(Problem(error.message, line, file=file.name))
                    continue
                orders.append(order)
                problems += _twice(seen, order, line, file.name)
            if len(orders) + len(problems) > MOST_LINES:
                raise BadInput(f"more than {MOST_LINES} lines; bring the file in parts")
    if problems:
        raise BadInput(problems=tuple(problems))
    return orders


def _check_header(header: Sequence[str]) -> None:
    missing = [name for name in NEEDED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing:
        raise BadInput(f"the file lacks the columns {', '.join(missing)}; it has {', '.join(header)}")
    if unknown:
        raise BadInput(f"unknown columns {', '.join(unknown)}; a file of rates has {', '.join(COLUMNS)}")


def _twice(seen: dict[tuple[object, ...], int], order: RateOrder, line: int, file: str) -> Iterator[Problem]:
    key = (order.account_id, order.product, order.from_on)
    if key in seen:
        yield Problem(f"the same account, product and day stand in line {seen[key]} already", line, file=file)
    seen.setdefault(key, line)


@dataclass(frozen=True, slots=True)
class RateView:
    """The changes of a portfolio, newest first, with the number of the account they are for; and how many of its
    accounts have no rate at all, by which of the two."""

    rows: Sequence[tuple[RateChange, str | None]]
    without_annual: int
    without_penalty: int
    products: Sequence[str]


def rate_view(session: Session, portfolio: Portfolio, most: int = 500) -> RateView:
    mine = RateChange.portfolio_id == portfolio.id
    asked = select(RateChange, Account.account_no).join(
        Account, col(Account.id) == col(RateChange.account_id), isouter=True
    )
    rows = session.exec(asked.where(mine).order_by(col(RateChange.id).desc()).limit(most)).all()
    products = select(Account.product).where(Account.portfolio_id == portfolio.id).distinct()
    return RateView(
        rows=[(row, number) for row, number in rows],
        without_annual=_without(session, portfolio, "annual_rate"),
        without_penalty=_without(session, portfolio, "penalty_rate"),
        products=sorted(session.exec(products).all()),
    )


def _without(session: Session, portfolio: Portfolio, name: str) -> int:
    """Accounts whose contract brought no such rate, and for which no change brings one."""
    own, changed = col(getattr(Account, name)), col(getattr(RateChange, name))
    covers = (
        select(RateChange.id)
        .where(
            RateChange.portfolio_id == portfolio.id,
            changed.is_not(None),
            or_(
                col(RateChange.account_id) == col(Account.id),
                col(RateChange.account_id).is_(None) & col(RateChange.product).is_(None),
                col(RateChange.account_id).is_(None) & (col(RateChange.product) == col(Account.product)),
            ),
        )
        .exists()
    )
    asked = select(func.count()).select_from(Account).where(Account.portfolio_id == portfolio.id, ~covers)
    return session.exec(asked.where(or_(own.is_(None), own == ""))).one()
