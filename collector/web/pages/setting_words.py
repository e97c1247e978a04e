"""What the settings of a portfolio are called."""

from __future__ import annotations

from collector.law.rules import ClaimPart, DayCount, Sweep
from collector.texts.rules import VALUES
from collector.web.words import Words


def setting_field(name: str, t: Words) -> str:
    """What a field of a setting is called."""
    if name in VALUES:
        return t.word(VALUES[name].meaning)
    return {
        "day_count": t("Days are counted"),
        "order": t("Payments go to these parts, in this order"),
        "sweep": t("Of several instalments"),
        "penalty_on": t("Penalty is charged on"),
    }[name]


def setting_value(name: str, value: object, t: Words) -> str:
    """The value of such a field."""
    if isinstance(value, list):
        return " → ".join(choice_words(str(one), t) for one in value) if value else "—"
    return str(value) if name in VALUES else choice_words(str(value), t)


def choice_words(value: str, t: Words) -> str:
    """How a part of a debt, a count of days or a sweep is called."""
    return {
        ClaimPart.fee.value: t("Fees"),
        ClaimPart.penalty.value: t("Penalty"),
        ClaimPart.interest.value: t("Interest"),
        ClaimPart.unsplit.value: t("not split by the creditor"),
        ClaimPart.principal.value: t("Principal"),
        DayCount.actual_365.value: t("actual days, a year of 365"),
        DayCount.actual_360.value: t("actual days, a year of 360"),
        DayCount.thirty_360.value: t("months of 30 days, a year of 360"),
        Sweep.instalments.value: t("the oldest with all its parts, then the next"),
        Sweep.parts.value: t("one part of all that are due, then the next part"),
    }[value]
