"""What may be agreed with a borrower, until when, and who may agree to it (handbook sections 4 and 7, all [config])."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from collector.identity.rules import Role

ALL = Decimal(1)


@dataclass(frozen=True)
class Authority:
    """What a role may give up of one account: the share of each component that is owed, and so much in all (minor
    units; None: any amount)."""

    role: Role
    penalty: Decimal = ALL
    fees: Decimal = ALL
    interest: Decimal = ALL
    principal: Decimal = ALL
    amount: int | None = None

    def covers(self, owed: Sequence[int], waived: Sequence[int]) -> bool:
        """Whether it reaches that far. Both: penalty, fees, interest, principal, in minor units."""
        shares = (self.penalty, self.fees, self.interest, self.principal)
        within = all(up <= have * share for up, have, share in zip(waived, owed, shares, strict=True))
        return within and (self.amount is None or sum(waived) <= self.amount)


SHIPPED_AUTHORITY = (
    Authority(Role.supervisor, interest=Decimal("0.5"), principal=Decimal(0)),
    Authority(Role.legal, principal=Decimal("0.3")),
    Authority(Role.admin),
)


@dataclass(frozen=True)
class TermsPolicy:
    """`ask_days`: so long before maturity an extension must be asked for. `offer_days`: no offer is open longer, from
    the day it is proposed."""

    ask_days: int = 30
    offer_days: int = 31
    authority: tuple[Authority, ...] = SHIPPED_AUTHORITY
    schedules: frozenset[Role] = frozenset({Role.supervisor, Role.legal, Role.admin})
    """Who may agree to an extension or another schedule."""
    write_offs: frozenset[Role] = frozenset({Role.legal, Role.admin})
    advances: frozenset[Role] = frozenset({Role.supervisor, Role.operations, Role.admin})
    """Who may agree to advances, and to what comes back of them."""
    closings: frozenset[Role] = frozenset({Role.supervisor, Role.legal, Role.operations, Role.admin})

    def who_may_waive(self, owed: Sequence[int], waived: Sequence[int]) -> frozenset[Role]:
        """The roles whose authority covers that: penalty, fees, interest, principal, in minor units."""
        return frozenset(one.role for one in self.authority if one.covers(owed, waived))


def is_enough(roles: Collection[Role], needed: Collection[Role]) -> bool:
    """Whether one of these roles is among those that may."""
    return any(role in needed for role in roles)
