"""Money that is agreed and judged: differences to the ledger, who may waive what, asset classes."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from collector.identity.rules import Role
from collector.strategy.document.values import Count, Money, Part, Portion, Positive, Roles
from collector.strategy.rules import AssetClass


class LedgerPart(Part):
    """`tolerance`: a difference to the creditor's ledger up to this is none."""

    tolerance: Money = Decimal(0)


class AuthorityRow(Part):
    """What a role may waive of one account: shares of what is owed, and so much in all (null: any amount)."""

    role: Role
    penalty: Portion = Decimal(1)
    fees: Portion = Decimal(1)
    interest: Portion = Decimal(1)
    principal: Portion = Decimal(1)
    amount: Money | None = None


SHIPPED_ROWS = (
    AuthorityRow(role=Role.supervisor, interest=Decimal("0.5"), principal=Decimal(0)),
    AuthorityRow(role=Role.legal, principal=Decimal("0.3")),
    AuthorityRow(role=Role.admin),
)


class TermsPart(Part):
    """Waivers, extensions, write-offs: until when, and who may agree to them."""

    ask_days: Count = 30
    offer_days: Positive = 31
    authority: Annotated[tuple[AuthorityRow, ...], Field(max_length=50)] = SHIPPED_ROWS
    schedules: Roles = (Role.supervisor, Role.legal, Role.admin)
    write_offs: Roles = (Role.legal, Role.admin)
    advances: Roles = (Role.supervisor, Role.operations, Role.admin)
    closings: Roles = (Role.supervisor, Role.legal, Role.operations, Role.admin)


class AssetClassesPart(Part):
    """Class → the first day past due it holds from; `normal` needs no day."""

    bank: dict[AssetClass, Positive] = {  # noqa: RUF012 - pydantic copies it
        AssetClass.special_mention: 1,
        AssetClass.substandard: 91,
        AssetClass.doubtful: 271,
        AssetClass.loss: 361,
    }
    card: dict[AssetClass, Positive] = {  # noqa: RUF012 - pydantic copies it
        AssetClass.special_mention: 1,
        AssetClass.substandard: 91,
        AssetClass.doubtful: 121,
        AssetClass.loss: 181,
    }
    card_products: tuple[str, ...] = ("card", "credit_card")
