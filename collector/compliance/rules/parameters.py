"""Parameters of rules: typed, and each one knows which way is stricter, because a portfolio may only tighten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Tighter(Enum):
    """Which new value is at least as strict as the old one."""

    lower = "lower"
    higher = "higher"
    longer = "longer"
    """A term; None lasts until somebody ends it, which is the longest."""
    more = "more"
    """A superset; of word lists: every list keeps its words."""
    fewer = "fewer"
    on = "on"
    off = "off"
    named = "named"
    """May be set where the pack leaves it open."""
    fixed = "fixed"


def _more(old: Any, new: Any) -> bool:
    if isinstance(old, Mapping):
        return all(set(words) <= set(new.get(name, ())) for name, words in old.items())
    return set(old) <= set(new)


_AT_LEAST_AS_STRICT: dict[Tighter, Callable[[Any, Any], bool]] = {
    Tighter.lower: lambda old, new: old is None or (new is not None and new <= old),
    Tighter.higher: lambda old, new: old is None or (new is not None and new >= old),
    Tighter.longer: lambda old, new: new is None or (old is not None and new >= old),
    Tighter.more: _more,
    Tighter.fewer: lambda old, new: set(new) <= set(old),
    Tighter.on: lambda old, new: new or not old,
    Tighter.off: lambda old, new: old or not new,
    Tighter.named: lambda old, new: not old or new == old,
    Tighter.fixed: lambda old, new: new == old,
}


class Parameters(BaseModel):
    """Base of the parameters of one rule function. A field without a `Tighter` mark is fixed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def is_idle(self) -> bool:
        """Whether a rule with these parameters can never object, so that it need not be asked."""
        return False

    @property
    def is_shut(self) -> bool:
        """Whether a rule with these parameters objects whatever the facts, so that it is always asked."""
        return False

    def looser_fields(self, changed: Parameters) -> list[str]:
        """Fields in which the change is not at least as strict."""
        return [
            name
            for name, field in type(self).model_fields.items()
            if not is_tighter(_direction(field.metadata), getattr(self, name), getattr(changed, name))
        ]


def _direction(metadata: list[Any]) -> Tighter:
    return next((mark for mark in metadata if isinstance(mark, Tighter)), Tighter.fixed)


def is_tighter(direction: Tighter, old: Any, new: Any) -> bool:
    """Whether the new value is equal or stricter."""
    return bool(_AT_LEAST_AS_STRICT[direction](old, new))


def clock_seconds(text: object) -> int:
    """Seconds since midnight of "HH:MM"; 24:00 is the end of the day. Anything else is a ValueError.

    A bare number is none: YAML reads an unquoted 17:00 as 1020.
    """
    parts = text.split(":") if isinstance(text, str) else []
    if len(parts) == 2 and all(len(part) == 2 and part.isascii() and part.isdigit() for part in parts):
        seconds = int(parts[0]) * 3600 + int(parts[1]) * 60
        if int(parts[1]) < 60 and seconds <= 86400:
            return seconds
    raise ValueError(f"{text!r} is not a time of day such as 08:30")


ClockTime = Annotated[int, BeforeValidator(clock_seconds)]
"""Seconds since local midnight, written "HH:MM"."""
