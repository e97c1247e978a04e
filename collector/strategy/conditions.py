"""From a condition as written to the values it admits. Structured only: nothing in it is ever evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from collector.foundation.errors import BadInput
from collector.strategy.document import Operators
from collector.strategy.rules import END, FIELDS, Condition, Domain, Field, FieldKind, Numbers, Words, common

Scale = Callable[[Decimal], int]
"""Decimal major units → whole units; a `BadInput` when there are more decimals than the currency has."""

NUMERIC = (FieldKind.number, FieldKind.money)
SIGNS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}


def scale_by(digits: int, currency: str = "") -> Scale:
    """Amounts in units of 10^-digits."""

    def scale(amount: Decimal) -> int:
        scaled = amount.scaleb(digits)
        if scaled != scaled.to_integral_value():
            raise BadInput(f"{amount} has more than {digits} decimals{', as ' + currency if currency else ''}")
        return int(scaled)

    return scale


def read_condition(
    name: str, written: Any, buckets: tuple[str, ...], scale: Scale, fields: Mapping[str, Field] = FIELDS
) -> Condition:
    """One entry of `when`. `BadInput` says what is wrong with it."""
    field = fields.get(name)
    if field is None:
        raise BadInput(f"unknown field {name!r}; there are {', '.join(sorted(fields))}")
    reader = _Reader(field, buckets, scale)
    if isinstance(written, list):
        return Condition(name, reader.one_of(written), " or ".join(_shown(value) for value in written))
    if not isinstance(written, dict):
        return Condition(name, reader.one_of([written]), _shown(written))
    operators = _operators(field, written)
    given = operators.model_dump(exclude_unset=True)
    domain = field.everything
    for operator, value in given.items():
        domain = common(domain, reader.admitted(operator, value))
    return Condition(name, domain, " and ".join(_texts(given)))


def _operators(field: Field, written: dict[str, Any]) -> Operators:
    try:
        operators = Operators.model_validate(written)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        known = ", ".join(Operators.model_fields)
        reason = f"unknown operator {where!r}" if first["type"] == "extra_forbidden" else f"{where}: {first['msg']}"
        raise BadInput(f"{field.name}: {reason}; the operators are {known}") from error
    if not operators.model_fields_set:
        raise BadInput(f"{field.name}: an empty condition; remove it or say what it must be")
    return operators


def _texts(given: dict[str, Any]) -> Iterator[str]:
    for operator, value in given.items():
        if operator == "between":
            yield f"between {_shown(value[0])} and {_shown(value[1])}"
        elif operator == "is_null":
            yield "absent" if value else "present"
        else:
            yield f"{SIGNS.get(operator, '')} {_shown(value)}".strip()


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Reader:
    """Reads values of one field."""

    def __init__(self, field: Field, buckets: tuple[str, ...], scale: Scale) -> None:
        self._field = field
        self._scale = scale
        self._words = frozenset(buckets) if field.kind is FieldKind.bucket else field.words

    def one_of(self, values: list[Any]) -> Domain:
        if not values:
            raise BadInput(f"{self._field.name}: an empty list admits nothing")
        if self._field.kind in NUMERIC:
            return Numbers.of((number, number) for number in map(self._number, values))
        return Words(frozenset(self._flag(value) if self._is_flag else self._word(value) for value in values))

    def admitted(self, operator: str, value: Any) -> Domain:
        if operator == "eq":
            return self.one_of([value])
        if operator == "is_null":
            return self._null(value)
        if self._field.kind not in NUMERIC:
            raise BadInput(f"{self._field.name}: {operator} compares numbers; give a list of words instead")
        if operator == "between":
            low, high = self._number(value[0]), self._number(value[1])
            if low > high:
                raise BadInput(f"{self._field.name}: between {value[0]} and {value[1]} is empty")
            return Numbers.of([(low, high)])
        number = self._number(value)
        ranges = {"gte": (number, END), "gt": (number + 1, END), "lte": (0, number), "lt": (0, number - 1)}
        return Numbers.of([ranges[operator]])

    @property
    def _is_flag(self) -> bool:
        return self._field.kind is FieldKind.flag

    def _null(self, wanted: bool) -> Domain:
        if not self._field.nullable:
            raise BadInput(f"{self._field.name} is never absent; is_null makes no sense here")
        if self._field.kind in NUMERIC:
            return Numbers((), null=True) if wanted else Numbers.of([(0, END)])
        return Words(frozenset({None}), others=not wanted)

    def _flag(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise BadInput(f"{self._field.name}: {value!r} is neither true nor false")
        return value

    def _word(self, value: Any) -> str:
        if not isinstance(value, str):
            raise BadInput(f"{self._field.name}: {value!r} is not a word")
        if self._words is not None and value not in self._words:
            kind = "bucket" if self._field.kind is FieldKind.bucket else "value"
            raise BadInput(f"{self._field.name}: unknown {kind} {value!r}; there are {', '.join(sorted(self._words))}")
        return value

    def _number(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise BadInput(f"{self._field.name}: {value!r} is not a number from 0 on")
        if self._field.kind is FieldKind.money:
            amount = self._scale(Decimal(str(value)))
        elif isinstance(value, int):
            amount = value
        else:
            raise BadInput(f"{self._field.name}: {value!r} must be whole")
        if amount >= END:
            raise BadInput(f"{self._field.name}: {value!r} is larger than any there is")
        return amount
