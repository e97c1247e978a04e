"""Rows of many ids at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ARRAY, BigInteger, ColumnElement, String, any_, bindparam, func, select
from sqlmodel import Session

from collector.foundation.database import is_postgresql


def among(session: Session, column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """The column is one of these ids or words, passed as a single value however many they are: a list of
    thousands of parameters costs more than the rows it finds."""
    kept = list(values)
    words = bool(kept) and isinstance(kept[0], str)
    found: ColumnElement[bool]
    if is_postgresql(session):
        found = column == any_(bindparam(None, kept, type_=ARRAY(String() if words else BigInteger())))
    else:
        listed = func.json_each(bindparam(None, _json(kept), type_=String())).table_valued("value")
        found = column.in_(select(listed.c.value))
    return found


def _json(values: list[Any]) -> str:
    return msgspec.json.encode(values).decode()
