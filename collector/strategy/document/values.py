"""How values of a strategy are written: numbers, money, hours of the day, names."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from collector.identity.rules import Role

Place = tuple[str | int, ...]


def _decimal(value: Any) -> Decimal:
    """Exactly what was written: YAML reads 500.10 as a float, whose shortest text is what stood there."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("write a plain number such as 500.00")
    return Decimal(str(value))


def _span(value: Any) -> tuple[time, time]:
    """ "08:30-12:00" as two times; the end is outside."""
    if isinstance(value, str):
        parts = [part.strip() for part in value.split("-")]
        if len(parts) == 2 and all(_is_time(part) for part in parts):
            first, last = (time.fromisoformat(part) for part in parts)
            if first < last:
                return first, last
    raise ValueError('write a span of the day such as "08:30-12:00", its beginning before its end')


def _is_time(part: str) -> bool:
    hours, _, minutes = part.partition(":")
    return len(part) == 5 and hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60


Money = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0)]
Portion = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=1)]
Roles = Annotated[tuple[Role, ...], Field(max_length=20)]
Count = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, ge=1)]
Hours = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Span = Annotated[tuple[time, time], BeforeValidator(_span)]
Name = Annotated[str, Field(strict=True, min_length=1, max_length=60, pattern=r"^[^/\s][^/]*$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Operators(Part):
    """What a field must be; several together must all hold. `between` has both ends inside."""

    eq: str | int | float | bool | None = None
    gte: Any = None
    gt: Any = None
    lt: Any = None
    lte: Any = None
    between: tuple[Any, Any] | None = None
    is_null: Annotated[bool, Field(strict=True)] | None = None
