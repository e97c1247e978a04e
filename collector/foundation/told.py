"""Our values as JSON tells them: the same on the command line and over the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any


def told(value: Any) -> Any:
    """Anything of ours as JSON values: moments in ISO with offset, dates in ISO, sets sorted."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: told(part) for key, part in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(key): told(part) for key, part in value.items()}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(told(part) for part in value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [told(part) for part in value]
    return value
