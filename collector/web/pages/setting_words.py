"""What the settings of a portfolio are called."""

from __future__ import annotations

from collector.texts.rules import VALUES
from collector.web.words import Words


def setting_field(name: str, t: Words) -> str:
    """What a field of a setting is called."""
    if name in VALUES:
        return t.word(VALUES[name].meaning)
    return {
        "day_count": t("Days are counted"),
        "order": t("Money is taken in this order"),
        "sweep": t("Of several instalments"),
        "penalty_on": t("Penalty is asked on"),
    }[name]


def setting_value(name: str, value: object, t: Words) -> str:
    """The value of such a field."""
    if isinstance(value, list):
        return " → ".join(t.word(str(one)) for one in value) if value else "—"
    return str(value) if name in VALUES else t.word(str(value))
