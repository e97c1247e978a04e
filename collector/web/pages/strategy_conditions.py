"""Conditions of a row as chips and as fields of a form: fields, operators and words as the strategy knows them, nothing
typed freely but numbers and names. What can not be a value yet is kept as it was typed, and told as a problem."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collector.foundation.errors import BadInput
from collector.foundation.files import flow_yaml
from collector.strategy.rules import CURRENT, FIELDS, Field, FieldKind
from collector.web.templating import Choice, choices
from collector.web.words import Words

NUMERIC = (FieldKind.number, FieldKind.money)
COMPARING = {"gte": "≥", "gt": ">", "lte": "≤", "lt": "<"}
NOT_OFFERED = "this choice is not one of those offered; open the page again"
WHOLE, DECIMAL = re.compile(r"-?(0|[1-9]\d{0,17})"), re.compile(r"-?\d{1,18}\.\d{1,6}")


@dataclass(frozen=True)
class Asked:
    """One condition as fields: `ops` none where there is one operator only; `boxes`: name, word, ticked. `written`: it
    says more than fields can, and is kept as it stands."""

    name: str
    words: str
    ops: Sequence[Choice] = ()
    op: str = ""
    value: str = ""
    second: str = ""
    boxes: Sequence[tuple[str, str, bool]] = ()
    typed: bool = False
    """Values are typed."""
    flag: Sequence[Choice] = ()
    written: str = ""


SPELLED = {"refused": "refuses to pay", "disputed": "disputes the debt"}
"""Fields whose name alone would say something else."""


def field_words(name: str, t: Words) -> str:
    """A field by what people call it."""
    return t.word(SPELLED.get(name, name))


def chip(name: str, written: Any, t: Words) -> str:
    """A condition in few words."""
    op, values = _read(written)
    if op is None:
        return f"{field_words(name, t)} {_flow(written)}"
    if op in ("absent", "present"):
        return f"{field_words(name, t)} {t('is not known') if op == 'absent' else t('is known')}"
    if op == "between" and len(values) == 2:
        return f"{field_words(name, t)} {_shown(values[0], t)}–{_shown(values[1], t)}"
    sign = COMPARING.get(op)
    told = (", " if t.language == "en" else "、").join(_shown(value, t) for value in values) or "…"
    return f"{field_words(name, t)} {sign} {told}" if sign else f"{field_words(name, t)}: {told}"


def _shown(value: Any, t: Words) -> str:
    if isinstance(value, bool):
        return t.word(str(value).lower())
    if value == CURRENT:
        return t("not late")
    return t.word(value) if isinstance(value, str) else "…" if value is None else str(value)


def _flow(value: Any) -> str:
    return flow_yaml({"x": value})[4:-1]


def _read(written: Any) -> tuple[str | None, list[Any]]:
    """Operator and values; None where it says more than one."""
    if isinstance(written, list):
        return "one_of", written
    if not isinstance(written, dict):
        return "one_of", [written]
    if len(written) != 1:
        return None, []
    op, value = next(iter(written.items()))
    if op == "is_null" and isinstance(value, bool):
        return ("absent" if value else "present"), []
    if op == "between":
        return (op, value) if isinstance(value, list) and len(value) == 2 else (None, [])
    return ("one_of", [value]) if op == "eq" else (op, [value]) if op in COMPARING else (None, [])


def asked(name: str, written: Any, buckets: Sequence[str], t: Words) -> Asked:
    """The condition as fields of the form."""
    field, (op, values) = FIELDS.get(name), _read(written)
    if field is None or op is None:
        return Asked(name, field_words(name, t), written=_flow(written))
    if field.kind is FieldKind.flag:
        said = str(values[0]).lower() if values else ""
        return Asked(name, field_words(name, t), flag=choices(t, ("true", "false")), value=said)
    ops = _ops(field, t)
    if field.kind in NUMERIC:
        first = ", ".join(map(_typed, values)) if op == "one_of" else _typed(values[0]) if values else ""
        second = _typed(values[1]) if op == "between" else ""
        return Asked(name, field_words(name, t), ops, op, first, second, typed=True)
    words = _words(field, buckets)
    if words is None:
        return Asked(name, field_words(name, t), ops, op, ", ".join(map(_typed, values)), typed=True)
    boxes = [(f"is-{name}-{word}", _shown(word, t), word in values) for word in words]
    return Asked(name, field_words(name, t), ops, op, boxes=boxes)


def _typed(value: Any) -> str:
    return "" if value is None else str(value)


def _ops(field: Field, t: Words) -> list[Choice]:
    found = [Choice(op, sign) for op, sign in COMPARING.items()] if field.kind in NUMERIC else []
    found += [Choice("between", t("between"))] if field.kind in NUMERIC else []
    found.append(Choice("one_of", t("one of")))
    known = [Choice("absent", t("is not known")), Choice("present", t("is known"))]
    return found + known if field.nullable else found


def _words(field: Field, buckets: Sequence[str]) -> Sequence[str] | None:
    if field.kind is FieldKind.bucket:
        return [CURRENT, *buckets]
    return None if field.words is None else sorted(field.words)


def fresh(name: str) -> Any:
    """A condition on that field that says nothing yet."""
    field = FIELDS.get(name)
    if field is None:
        raise BadInput(NOT_OFFERED)
    if field.kind is FieldKind.flag:
        return True
    return {"gte": None} if field.kind in NUMERIC else []


def said(name: str, fields: Mapping[str, str], before: Any, buckets: Sequence[str]) -> Any:
    """The condition as the form says it; one that the form can not say stays as it was."""
    field = FIELDS.get(name)
    if field is None or _read(before)[0] is None:
        return before
    value = fields.get(f"v-{name}", "").strip()
    if field.kind is FieldKind.flag:
        return value == "true"
    op = fields.get(f"op-{name}", "one_of")
    if op not in {*COMPARING, "between", "one_of", "absent", "present"}:
        raise BadInput(NOT_OFFERED)
    if op in ("absent", "present"):
        return {"is_null": op == "absent"}
    words = _words(field, buckets)
    if words is not None:
        return [word for word in words if f"is-{name}-{word}" in fields]
    if field.kind in NUMERIC and op != "one_of":
        second = number(fields.get(f"w-{name}", ""))
        return {op: [number(value), second] if op == "between" else number(value)}
    given = [part.strip() for part in re.split("[,，、]", value) if part.strip()]
    return [number(part) for part in given] if field.kind in NUMERIC else given


def number(text: str) -> int | float | str | None:
    """What was typed as a number; what is none stays text, so that the problem can be told where it is."""
    plain = text.strip().replace(" ", "")
    if WHOLE.fullmatch(plain):
        return int(plain)
    return float(plain) if DECIMAL.fullmatch(plain) else plain or None
