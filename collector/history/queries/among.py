"""Rows of many ids at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ARRAY, BigInteger, ColumnElement, String, any_, bindparam, cast, func, select
from sqlmodel import Session

from collector.foundation.database import is_postgresql


def among(session: Session, column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """The column is one of these ids or words, passed as a single value however many they are: a list of
    thousands of parameters costs more than the rows it finds."""
    kept = list(values)
    found: ColumnElement[bool]
    if is_postgresql(session):
        found = column == any_(_array(kept))
    else:
        written = msgspec.json.encode(kept).decode()
        listed = func.json_each(bindparam(None, written, type_=String())).table_valued("value")
        found = column.in_(select(listed.c.value))
    return found


def _array(values: list[Any]) -> ColumnElement[Any]:
    """Numbers are written out as one literal, which the driver does several times slower item by item."""
    if values and isinstance(values[0], str):
        return bindparam(None, values, type_=ARRAY(String()))
    return cast(bindparam(None, f"{{{','.join(map(str, values))}}}", type_=String()), ARRAY(BigInteger()))
