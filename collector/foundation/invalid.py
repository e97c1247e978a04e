"""What pydantic finds wrong with a value, in plain words: what is wrong, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

WHOLE: Final = "is not a whole number; write digits, such as 12"
NUMBER: Final = "is not a number; write one such as 12.50"
FLAG: Final = "is neither yes nor no; choose one"
DAY: Final = "is not a day; write it as 2026-05-31"
MOMENT: Final = "is not a moment; write it as 2026-05-31T09:30+08:00"
CLOCK: Final = "is not a time of day; write it as 09:30"
CHOICE: Final = "is not one of {expected}; choose one of them"
KIND: Final = "is of another kind than is asked for"

PLAIN: Final[Mapping[str, str]] = {
    "missing": "is missing; fill it in",
    "extra_forbidden": "is not asked for here; open the page again",
    "enum": CHOICE,
    "literal_error": CHOICE,
    "int_parsing": WHOLE,
    "int_type": WHOLE,
    "int_from_float": WHOLE,
    "int_parsing_size": "is larger than any number that is taken",
    "float_parsing": NUMBER,
    "float_type": NUMBER,
    "decimal_parsing": NUMBER,
    "decimal_type": NUMBER,
    "finite_number": NUMBER,
    "bool_parsing": FLAG,
    "bool_type": FLAG,
    "date_parsing": DAY,
    "date_type": DAY,
    "date_from_datetime_parsing": DAY,
    "date_from_datetime_inexact": DAY,
    "datetime_parsing": MOMENT,
    "datetime_type": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "timezone_aware": MOMENT,
    "time_parsing": CLOCK,
    "time_type": CLOCK,
    "string_type": "is not text; write words",
    "string_too_long": "is longer than {max_length} characters; shorten it",
    "string_too_short": "is shorter than {min_length} characters; write more",
    "string_pattern_mismatch": "is not written in the way that is asked for",
    "greater_than": "must be more than {gt}; write a larger number",
    "greater_than_equal": "must be at least {ge}; write a larger number",
    "less_than": "must be less than {lt}; write a smaller number",
    "less_than_equal": "must be at most {le}; write a smaller number",
    "too_long": "has more than {max_length} entries; leave some out",
    "list_type": KIND,
    "dict_type": KIND,
    "model_type": KIND,
    "model_attributes_type": KIND,
}
"""By pydantic's own name of what it found."""


def in_plain_words(found: Mapping[str, Any]) -> str:
    """One of `ValidationError.errors()` as a reason, never with the value that was sent."""
    about = dict(found.get("ctx", {}))
    if isinstance(about.get("error"), ValueError):  # a sentence of our own, raised by a validator
        return str(about["error"])
    if "expected" in about:
        about["expected"] = ", ".join(re.findall(r"'([^']*)'", str(about["expected"])) or [str(about["expected"])])
    plain = PLAIN.get(str(found["type"]))
    said = str(found["msg"])
    return plain.format(**about) if plain else said[:1].lower() + said[1:]
