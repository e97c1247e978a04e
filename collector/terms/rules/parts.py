"""A debt by its components, and which of them are given up first (handbook section 7: penalty, fees, interest,
principal). Money in minor units; every sum is exact.

`parts_left` works from the schedule alone: penalty is in none, and comes from whoever knows it to the day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from collector.foundation.errors import BadInput


class Parts(NamedTuple):
    """In the order in which they are given up."""

    penalty: int = 0
    fees: int = 0
    interest: int = 0
    principal: int = 0

    @property
    def total(self) -> int:
        return sum(self)

    @property
    def booked(self) -> int:
        """Without the penalty: what the schedule asks for."""
        return self.total - self.penalty

    def less(self, other: Parts) -> Parts:
        """What is left without the other's."""
        return Parts(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))

    def plus(self, other: Parts) -> Parts:
        return Parts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


NOTHING = Parts()


class Line(NamedTuple):
    """An instalment. None: the book does not say; what it does not say is principal, the last to be given up."""

    number: int
    due_on: date
    amount: int
    principal: int | None = None
    interest: int | None = None
    fee: int | None = None

    @property
    def parts(self) -> Parts:
        """Components that sum to the amount, whatever the book says of them."""
        fees = min(self.fee or 0, self.amount)
        interest = min(self.interest or 0, self.amount - fees)
        return Parts(0, fees, interest, self.amount - fees - interest)


def parts_left(lines: Sequence[Line], lowered: int, penalty: int = 0) -> Parts:
    """What is owed of these instalments after payments and waivers of that sum: oldest due first, and of each
    instalment fees, then interest, then principal (Civil Code 561)."""
    left = NOTHING
    for line in sorted(lines, key=lambda one: (one.due_on, one.number)):
        rest, lowered = taken(line.parts, lowered)
        left = left.plus(rest)
    return left._replace(penalty=penalty)


def taken(parts: Parts, amount: int) -> tuple[Parts, int]:
    """What is left of the parts, and of the amount, once it was taken off them in their order."""
    rest = []
    for part in parts:
        used = min(part, amount)
        rest.append(part - used)
        amount -= used
    return Parts(*rest), amount


def waive(owed: Parts, amount: int) -> Parts:
    """That much of what is owed, in order. More than is owed, or less than nothing, is a `BadInput`."""
    if amount < 0:
        raise BadInput("the total is more than is owed; nothing would be waived")
    if amount > owed.total:
        raise BadInput("more would be waived than is owed; ask for a total of 0 or more")
    rest, _ = taken(owed, amount)
    return owed.less(rest)
