"""Reading what each place says of interest: data with sources, nothing unknown let through."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import read_yaml
from collector.law.reading import WordingEntry
from collector.law.rules import Cap, ClaimPart, DayCount, Evidence, InterestLaw, Lender, RatePoint, Source, Sweep

FOLDER = Path(__file__).parent / "interest"
HOUSE = "house"
"""For places that have no file of their own."""

Percent = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,6})?$")]
"""Decimal text in quotation marks: exact."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceEntry(_Entry):
    id: str = Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$")
    source: str = Field(min_length=3)
    evidence: Evidence
    note: str = ""
    en: WordingEntry | None = None
    zh: WordingEntry | None = None

    def value(self) -> Source:
        given = {"en": self.en, "zh": self.zh}
        others = tuple(one.told(language) for language, one in given.items() if one is not None)
        return Source(self.id, self.source, self.evidence, self.note, others)


class CapEntry(SourceEntry):
    lender: Lender
    contracts_from: date
    percent: Percent | None = None
    times: Percent | None = None

    @model_validator(mode="after")
    def _says_one(self) -> CapEntry:
        if (self.percent is None) == (self.times is None):
            raise ValueError("a cap is either a percent or a multiple (times) of the published rate")
        return self


class InterestEntry(_Entry):
    code: str
    day_count: DayCount
    order: tuple[ClaimPart, ...]
    sweep: Sweep
    penalty_on: tuple[ClaimPart, ...]
    sources: tuple[SourceEntry, ...]
    caps: tuple[CapEntry, ...] = ()
    series: dict[date, Percent] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> InterestEntry:
        if set(self.order) != set(ClaimPart) or len(self.order) != len(ClaimPart):
            raise ValueError(f"order names each of {', '.join(ClaimPart)} once")
        if ClaimPart.penalty in self.penalty_on:
            raise ValueError("no penalty is asked on a penalty")
        if list(self.series) != sorted(self.series):
            raise ValueError("the series goes from the oldest day to the newest")
        return self


@lru_cache
def interest_law(code: str) -> InterestLaw:
    """The terms of a place by the code of its pack; one without its own has those of the house."""
    path = FOLDER / f"{code}.yaml"
    return read_interest(path if code.isalpha() and path.is_file() else FOLDER / f"{HOUSE}.yaml")


def read_interest(path: Path) -> InterestLaw:
    """One file; every unknown key and wrong value is a `BadInput` that names it."""
    try:
        entry = InterestEntry.model_validate(read_yaml(path))
    except ValidationError as error:
        problems = (
            Problem(f"{'.'.join(map(str, part['loc'])) or 'the file'}: {part['msg']}", file=path.name)
            for part in error.errors()
        )
        raise BadInput(problems=tuple(problems)) from error
    return InterestLaw(
        code=entry.code,
        day_count=entry.day_count,
        order=entry.order,
        sweep=entry.sweep,
        penalty_on=entry.penalty_on,
        caps=tuple(_cap(one) for one in entry.caps),
        series=tuple(RatePoint(on, Fraction(percent)) for on, percent in entry.series.items()),
        sources=tuple(one.value() for one in entry.sources),
    )


def _cap(entry: CapEntry) -> Cap:
    percent = Fraction(entry.percent) if entry.percent is not None else None
    times = Fraction(entry.times) if entry.times is not None else None
    return Cap(entry.lender, entry.value(), entry.contracts_from, percent, times)
