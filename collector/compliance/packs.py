"""Reading the rule packs: data with sources, house rules included, nothing unknown let through."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.compliance.rules import Answer, Pack, Recording, Retained, Rule, Since, Term, parameters_of
from collector.foundation.clock import zone
from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import read_yaml
from collector.history.rules import Channel
from collector.law.rules import Evidence
from collector.portfolio.rules import CollectorType, DebtType

FOLDER = Path(__file__).parent / "packs"
HOUSE = "house"
CODES = ("cn", "us", "in", "uk", HOUSE)


class Title(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str
    zh: str


class RuleEntry(BaseModel):
    """A rule as it stands in a pack file. Without `rule` it states a duty that is kept elsewhere, told in `note`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$")
    title: Title
    source: str = Field(min_length=3)
    evidence: Evidence
    rule: str | None = None
    answer: Literal["deny", "review"] = "deny"
    parameters: dict[str, Any] = Field(default_factory=dict)
    binds: tuple[CollectorType, ...] = ()
    debt_types: tuple[DebtType, ...] = ()
    channels: tuple[Channel, ...] = ()
    note: str = ""


class Change(BaseModel):
    """What a pack changes of a house rule: the pack knows the law of its place, the house did not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer: Literal["deny", "review"] | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    binds: tuple[CollectorType, ...] | None = None


class House(BaseModel):
    """How the house rules are taken over."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    without: tuple[str, ...] = ()
    """Replaced by rules of the pack's own."""
    change: dict[str, Change] = Field(default_factory=dict)


class RecordingEntry(BaseModel):
    """How long recordings of calls are kept, and by which rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep_years: int = Field(ge=1, le=30)
    rule: str = ""


class TermEntry(BaseModel):
    """How long some kinds of records are kept. Without `keep_years`: for ever."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$")
    title: Title
    source: str = Field(min_length=3)
    evidence: Evidence
    kinds: tuple[Retained, ...] = Field(min_length=1)
    since: Since = Since.last_activity
    keep_years: int | None = Field(default=None, ge=1, le=100)
    after: Literal["may_go", "must_go"] = "may_go"
    debt_types: tuple[DebtType, ...] = ()
    note: str = ""


class PackFile(BaseModel):
    """A pack file. Without `recording` it takes that of the house; `recording: null` forbids it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    title: Title
    zone: str | None = None
    country: str = ""
    house: House = Field(default_factory=House)
    recording: RecordingEntry | None = None
    retention: tuple[TermEntry, ...] = ()
    rules: tuple[RuleEntry, ...]


@lru_cache(maxsize=16)
def load_pack(code: str) -> Pack:
    """The shipped pack of that code, house rules included; an unknown code is a `BadInput`."""
    if code not in CODES:
        raise BadInput(f"no pack {code!r}; there are {', '.join(CODES)}")
    house = (FOLDER / f"{HOUSE}.yaml").read_text(encoding="utf-8")
    text = house if code == HOUSE else (FOLDER / f"{code}.yaml").read_text(encoding="utf-8")
    return read_pack(text, house)


def read_pack(text: str, house: str) -> Pack:
    """A pack from the text of its file and of the house rules' file; what is wrong is a `BadInput` with its place."""
    file, shared = _parsed(text), _parsed(house)
    ground = [] if file.code == HOUSE else _ground(shared, file.house)
    rules = (*ground, *(_rule(entry) for entry in file.rules))
    _check(file, rules)
    version = hashlib.sha256(f"{house}\0{text}".encode()).hexdigest()[:16]
    kept = file.recording if "recording" in file.model_fields_set else shared.recording
    return Pack(
        code=file.code,
        title=file.title.model_dump(),
        rules=rules,
        zone=file.zone,
        country=file.country,
        version=version,
        texts=(text, house),
        recording=Recording(kept.keep_years, kept.rule) if kept is not None else None,
        retention=_terms(file, shared),
    )


def _terms(file: PackFile, house: PackFile) -> tuple[Term, ...]:
    """The pack's own terms, and the house's beside them: the longest wins."""
    entries = file.retention if file.code == HOUSE else (*file.retention, *house.retention)
    names = [entry.id for entry in entries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput(problems=(Problem("this term stands twice", column=", ".join(twice)),))
    return tuple(_term(entry) for entry in entries)


def _term(entry: TermEntry) -> Term:
    return Term(
        id=entry.id,
        kinds=frozenset(entry.kinds),
        since=entry.since,
        keep_years=entry.keep_years,
        must_go=entry.after == "must_go",
        debt_types=frozenset(kind.value for kind in entry.debt_types),
        title=entry.title.model_dump(),
        source=entry.source,
        evidence=entry.evidence,
        note=entry.note,
    )


def _parsed(text: str) -> PackFile:
    try:
        return PackFile.model_validate(read_yaml(text, "pack"))
    except ValidationError as error:
        raise BadInput(
            problems=tuple(Problem(part["msg"], column=_place(part["loc"])) for part in error.errors())
        ) from error


def _place(parts: tuple[int | str, ...]) -> str:
    return ".".join(map(str, parts))


def _ground(house: PackFile, taken: House) -> list[Rule]:
    names = {entry.id for entry in house.rules}
    if unknown := ({*taken.without, *taken.change} - names) | (set(taken.without) & set(taken.change)):
        raise BadInput(f"house rules unknown, or both changed and left out: {', '.join(sorted(unknown))}")
    return [
        _rule(_changed(entry, taken.change.get(entry.id))) for entry in house.rules if entry.id not in taken.without
    ]


def _changed(entry: RuleEntry, change: Change | None) -> RuleEntry:
    if change is None:
        return entry
    parts: dict[str, Any] = {"parameters": {**entry.parameters, **change.parameters}}
    if change.answer is not None:
        parts["answer"] = change.answer
    if change.binds is not None:
        parts["binds"] = change.binds
    return entry.model_copy(update=parts)


def _rule(entry: RuleEntry) -> Rule:
    return Rule(
        id=entry.id,
        source=entry.source,
        evidence=entry.evidence,
        title=entry.title.model_dump(),
        asks=entry.rule,
        parameters=entry.parameters,
        answer=Answer(entry.answer),
        binds=frozenset(kind.value for kind in entry.binds),
        debt_types=frozenset(kind.value for kind in entry.debt_types),
        channels=frozenset(channel.value for channel in entry.channels),
        note=entry.note,
    )


def _check(file: PackFile, rules: tuple[Rule, ...]) -> None:
    """Ids once, zone and functions known, parameters that fit, and a note where nothing is asked."""
    if file.zone is not None:
        zone(file.zone)
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise BadInput(problems=(Problem("this rule stands twice", column=rule.id),))
        seen.add(rule.id)
        if rule.asks is not None:
            parameters_of(rule)
    if file.recording is not None and file.recording.rule and file.recording.rule not in seen:
        raise BadInput(problems=(Problem(f"no rule {file.recording.rule}", column="recording.rule"),))
