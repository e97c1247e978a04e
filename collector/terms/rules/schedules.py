"""Extension and restructuring: another schedule for what is not paid. What is paid stays as it was, and what is owed
stays the same to the minor unit, but for interest that is agreed beside it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from collector.foundation.errors import BadInput, Conflict
from collector.terms.rules.parts import Line, Parts, taken

MOST_INSTALMENTS = 360


def check_asked(today: date, matures_on: date, ask_days: int) -> None:
    """An extension must be asked for so many days before maturity (handbook section 4); else a `Conflict`."""
    last = matures_on - timedelta(days=ask_days)
    if today > last:
        raise Conflict(f"an extension is asked for {ask_days} days before maturity, here by {last}")


def extended(lines: Sequence[Line], until: date, interest: int) -> list[Line]:
    """The instalments that fall due last move to the new day; agreed interest for the time is added to the last."""
    if not lines:
        raise Conflict("this account has no schedule that could be changed")
    last = max(line.due_on for line in lines)
    if until <= last:
        raise BadInput("choose a day after the present maturity")
    if interest < 0:
        raise BadInput("interest is 0 or more")
    moved = [line._replace(due_on=until) if line.due_on == last else line for line in lines]
    final = max(moved, key=lambda line: (line.due_on, line.number))
    told = final.parts
    more = final._replace(
        amount=final.amount + interest, principal=told.principal, interest=told.interest + interest, fee=told.fees
    )
    return [more if line.number == final.number and interest else line for line in moved]


def kept_lines(lines: Sequence[Line], lowered: int) -> tuple[list[Line], Parts]:
    """The instalments as far as they are paid, and what is left of the others: payments and waivers of that sum taken
    oldest due first. Of a part-paid instalment the paid part stays."""
    kept, left = [], Parts()
    for line in sorted(lines, key=lambda one: (one.due_on, one.number)):
        rest, lowered = taken(line.parts, lowered)
        left = left.plus(rest)
        if not rest.total:
            kept.append(line)
        elif rest.total < line.amount:
            paid = line.parts.less(rest)
            kept.append(Line(line.number, line.due_on, paid.total, paid.principal, paid.interest, paid.fees))
    return kept, left


def restructured(
    lines: Sequence[Line], lowered: int, count: int, first: date, today: date, interest: int
) -> list[Line]:
    """What is left in `count` monthly instalments from `first` on, with that much interest agreed beside it. Each
    component in equal parts, what does not divide in the last one."""
    if not 1 <= count <= MOST_INSTALMENTS:
        raise BadInput(f"choose 1 to {MOST_INSTALMENTS} instalments")
    if first <= today:
        raise BadInput("the first new instalment falls due after today")
    if interest < 0:
        raise BadInput("interest is 0 or more")
    kept, left = kept_lines(lines, lowered)
    if not left.total:
        raise Conflict("nothing is left to be paid; there is nothing to restructure")
    left = left._replace(interest=left.interest + interest)
    number = max((line.number for line in lines), default=0)
    return [*kept, *(_part(left, at, count, number, first) for at in range(count))]


def _part(left: Parts, at: int, count: int, number: int, first: date) -> Line:
    shares = [part - part // count * (count - 1) if at == count - 1 else part // count for part in left]
    _, fees, interest, principal = shares
    return Line(number + at + 1, months_after(first, at), fees + interest + principal, principal, interest, fees)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
