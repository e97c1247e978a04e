"""Reading the law of the debt: data with sources and evidence, nothing unknown let through."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import read_yaml
from collector.law.rules.clocks.words import ClockKind, ContractKind, Happening
from collector.law.rules.source import Evidence, Source, Wording
from collector.law.rules.statute import GuaranteeTerm, Limitation, Statute, Suspension, Term, Unstated

FOLDER = Path(__file__).parent / "statutes"
CODES = ("cn", "us", "in", "uk", "house")
Years = Field(ge=1, le=100)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(Strict):
    en: str
    zh: str


class WordingEntry(Strict):
    """The same in another language; what is left out stands as it is."""

    source: str = ""
    note: str = ""

    def told(self, language: str) -> Wording:
        return Wording(language, self.source, self.note)


class Sourced(Strict):
    """What every term carries."""

    id: str = Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$")
    source: str = Field(min_length=3)
    evidence: Evidence
    note: str = ""
    zh: WordingEntry | None = None

    def told(self) -> Source:
        others = (self.zh.told("zh"),) if self.zh is not None else ()
        return Source(self.id, self.source, self.evidence, self.note, others)


class SuspensionEntry(Sourced):
    """One of the two."""

    last_months: int | None = Field(default=None, ge=1, le=60)
    adds_days: bool = False

    @model_validator(mode="after")
    def _one(self) -> SuspensionEntry:
        if (self.last_months is None) is not self.adds_days:
            raise ValueError("give last_months, or adds_days: true")
        return self


class PlaceEntry(Strict):
    """Years by kind of contract; `restarts` where the place differs."""

    written: int = Years
    open: int = Years
    restarts: frozenset[Happening] | None = None


class LimitationEntry(Sourced):
    outer_years: int | None = Field(default=None, ge=1, le=100)
    restarts: frozenset[Happening]
    suspension: SuspensionEntry | None = None
    places: dict[str, PlaceEntry] = Field(min_length=1)


class UnstatedEntry(Strict):
    kind: Literal["general", "joint"]
    until: date | None = None


class GuaranteeEntry(Sourced):
    months: int = Field(ge=1, le=120)
    unstated: tuple[UnstatedEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _open(self) -> GuaranteeEntry:
        if [one.until is None for one in self.unstated] != [False] * (len(self.unstated) - 1) + [True]:
            raise ValueError("every kind but the last needs a day, and the last none")
        return self


class TermEntry(Sourced):
    """Days, or years."""

    days: int | None = Field(default=None, ge=1, le=3660)
    years: int | None = Field(default=None, ge=1, le=100)

    @model_validator(mode="after")
    def _one(self) -> TermEntry:
        if (self.days is None) is (self.years is None):
            raise ValueError("give days, or years")
        return self


class StatuteFile(Strict):
    code: str
    title: Title
    limitation: LimitationEntry | None = None
    guarantee: GuaranteeEntry | None = None
    terms: dict[ClockKind, TermEntry] = Field(default_factory=dict)


@lru_cache(maxsize=16)
def statute(code: str) -> Statute:
    """The shipped law of that jurisdiction; an unknown one is a `BadInput`."""
    if code not in CODES:
        raise BadInput(f"no law of {code!r}; there are {', '.join(CODES)}")
    return read_statute((FOLDER / f"{code}.yaml").read_text(encoding="utf-8"))


def read_statute(text: str) -> Statute:
    """A jurisdiction's law from the text of its file; what is wrong is a `BadInput` with its place."""
    try:
        file = StatuteFile.model_validate(read_yaml(text, "law"))
    except ValidationError as error:
        problems = (Problem(part["msg"], column=".".join(map(str, part["loc"]))) for part in error.errors())
        raise BadInput(problems=tuple(problems)) from error
    given = file.limitation
    places = {name: _place(given, entry) for name, entry in given.places.items()} if given else {}
    every = [one for by_contract in places.values() for one in by_contract.values()]
    return Statute(
        code=file.code,
        title=file.title.model_dump(),
        places=places,
        shortest=_shortest(every) if every else None,
        guarantee=_guarantee(file.guarantee) if file.guarantee else None,
        terms={kind: Term(one.told(), one.days or 0, one.years or 0) for kind, one in file.terms.items()},
    )


def _place(given: LimitationEntry, entry: PlaceEntry) -> dict[ContractKind, Limitation]:
    suspension = given.suspension
    return {
        contract: Limitation(
            years=years,
            restarts=given.restarts if entry.restarts is None else entry.restarts,
            source=given.told(),
            outer_years=given.outer_years,
            suspension=Suspension(suspension.told(), suspension.last_months) if suspension else None,
        )
        for contract, years in ((ContractKind.written, entry.written), (ContractKind.open_account, entry.open))
    }


def _shortest(every: Iterable[Limitation]) -> Limitation:
    """The shortest of all, begun anew only by what begins each of them anew, and never suspended."""
    known = list(every)
    least = min(known, key=lambda one: one.years)
    restarts = frozenset.intersection(*(one.restarts for one in known))
    return Limitation(least.years, restarts, least.source, least.outer_years, None, is_shortest=True)


def _guarantee(entry: GuaranteeEntry) -> GuaranteeTerm:
    return GuaranteeTerm(entry.months, tuple(Unstated(one.kind, one.until) for one in entry.unstated), entry.told())
