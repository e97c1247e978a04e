"""Rows of many ids at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ARRAY, BigInteger, ColumnElement, String, bindparam, cast, func, select
from sqlmodel import Session

from collector.foundation.database import is_postgresql


def among(session: Session, column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """The column is one of these ids or words, passed as a single value however many they are: a list of
    thousands of parameters costs more than the rows it finds."""
    kept = list(values)
    if is_postgresql(session):
        listed = select(func.unnest(_array(kept)))
    else:
        written = msgspec.json.encode(kept).decode()
        each = func.json_each(bindparam(None, written, type_=String())).table_valued("value")
        listed = select(each.c.value)
    found: ColumnElement[bool] = column.in_(listed)
    return found


def _array(values: list[Any]) -> ColumnElement[Any]:
    """Numbers are written out as one literal: item by item the driver takes several times longer. As a set that is
    joined, not an array that is searched: a plan that scans the table would search it once for every row."""
    if values and isinstance(values[0], str):
        return bindparam(None, values, type_=ARRAY(String()))
    return cast(bindparam(None, f"{{{','.join(map(str, values))}}}", type_=String()), ARRAY(BigInteger()))
