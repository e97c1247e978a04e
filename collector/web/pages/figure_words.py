"""How figures are told: language, money, and the address of the accounts behind a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from babel import Locale
from babel.numbers import format_compact_currency, format_compact_decimal

from collector.foundation.money import exponent
from collector.reports.queries import Chosen
from collector.reports.rules import (
    NOT_YET,
    SETTLED,
    OfDays,
    OfDifferences,
    OfHour,
    OfPromises,
    OfRoll,
    OfStage,
    Stage,
    Wanted,
)
from collector.strategy.rules import CURRENT
from collector.web.templating import Cell, Told, num
from collector.web.words import Words

Rows = list[list[Cell | str]]


@dataclass(frozen=True)
class Drawing:
    """What every chart of one page is told by: language, money, and the address of a list."""

    t: Words
    told: Told
    href: Callable[[Wanted], str]

    def short(self, amount: int) -> str:
        """Money for a picture, in few figures."""
        value = amount / 10 ** exponent(self.told.currency)
        currency = self.told.currency
        return str(format_compact_currency(value, currency, locale=self._locale(), fraction_digits=1))

    def brief(self, amount: int) -> str:
        """The same without its currency, for where there is no room."""
        value = amount / 10 ** exponent(self.told.currency)
        return str(format_compact_decimal(value, locale=self._locale(), fraction_digits=1))

    def _locale(self) -> Locale:
        return Locale.parse("zh_CN" if self.t.language == "zh" else "en")

    def link(self, count: int, wanted: Wanted, kind: str = "") -> Cell:
        """A number that opens its accounts; of nothing, a dot."""
        return num(f"{count:,}", kind, self.href(wanted)) if count else num("·", "dim")


def drawing(t: Words, chosen: Chosen, href: Callable[[Wanted], str]) -> Drawing:
    return Drawing(t, Told(t, chosen.zone, chosen.currency), href)


def stage_words(t: Words, stage: Stage) -> str:
    return {
        Stage.book: t("In the book"),
        Stage.overdue: t("Overdue in these days"),
        Stage.attempted: t("Attempted"),
        Stage.reached: t("Right party reached"),
        Stage.promised: t("Promised"),
        Stage.paid: t("Kept or paid"),
    }[stage]


def money_words(t: Words, stage: Stage) -> str:
    """What the money of a stage is."""
    return {
        Stage.book: t("owed in all"),
        Stage.promised: t("promised"),
        Stage.paid: t("paid in these days"),
    }.get(stage, t("overdue now or paid since"))


def percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else ""


def day_names(t: Words) -> list[str]:
    """Mon to Sun."""
    names = Locale.parse("zh_CN" if t.language == "zh" else "en").days["format"]["abbreviated"]
    return [str(names[day]) for day in range(7)]


def bucket_words(t: Words, bucket: str) -> str:
    return {SETTLED: t("paid off"), NOT_YET: t("opened since"), CURRENT: t("not late")}.get(bucket, bucket)


def list_title(t: Words, wanted: Wanted) -> str:
    """What a list holds, in one line."""
    match wanted:
        case OfStage():
            return stage_words(t, wanted.stage)
        case OfRoll():
            any_ = t("any")
            return t(
                "{came} on {first} → {went} on {last}",
                came=bucket_words(t, wanted.came or any_),
                went=bucket_words(t, wanted.went or any_),
                first=wanted.first,
                last=wanted.last,
            )
        case OfPromises():
            state = t.word(wanted.state) if wanted.state else t("any")
            return t("Promises due in the week of {week}: {state}", week=wanted.week, state=state)
        case OfDays():
            days = f"{wanted.first}" if wanted.first == wanted.last else f"{wanted.first} – {wanted.last}"
            return t("Paid: {days}", days=days) if wanted.paid else t("Fell due: {days}", days=days)
        case OfHour():
            return _hour_title(t, wanted)
        case OfDifferences():
            return _difference_title(t, wanted)


def _difference_title(t: Words, wanted: OfDifferences) -> str:
    kind = t.word(wanted.kind) if wanted.kind else t("all")
    standing = {None: "", False: t("not explained"), True: t("explained")}[wanted.explained]
    return " · ".join(part for part in (t("Differences to the creditor's ledger"), kind, standing) if part)


def _hour_title(t: Words, wanted: OfHour) -> str:
    day = t("any day") if wanted.weekday is None else day_names(t)[wanted.weekday]
    hour = t("any hour") if wanted.hour is None else f"{wanted.hour:02}:00"
    when = f"{day} {hour}"
    return t("Right party reached: {when}", when=when) if wanted.reached else t("Called: {when}", when=when)
