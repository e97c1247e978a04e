"""Playbooks for the screens: how to talk by borrower type and stage, causes, excuses (handbook sections 5 and 7).

Words for our own people, in English and Chinese; never sent or printed for anyone outside.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from collector.foundation.files import read_yaml
from collector.history.rules import Cause
from collector.portfolio.rules import BorrowerType
from collector.strategy.rules import Segment, Stage


class Words(BaseModel):
    """The same in both languages of the screens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: Annotated[str, Field(min_length=1)]
    zh: Annotated[str, Field(min_length=1)]

    def said(self, language: str) -> str:
        """In the language of a screen: `zh…` is Chinese, everything else English."""
        return self.zh if language.startswith("zh") else self.en


class TypePlay(BaseModel):
    """How a borrower type reads, and what to do at each stage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reads_as: Words
    stages: dict[Stage, Words]


class CausePlay(BaseModel):
    """A cause of default, and what follows from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cause: Words
    action: Words


class Excuse(BaseModel):
    """What is often said, and the answer the screen offers. `key` stays the same in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    says: Words
    answer: Words


class Playbooks(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    stages: dict[Stage, Words]
    """Purpose and tone of each stage, whoever the borrower is."""
    types: dict[BorrowerType, TypePlay]
    causes: dict[Cause, CausePlay]
    excuses: tuple[Excuse, ...]

    def for_segment(self, segment: Segment, borrower_type: str) -> TypePlay:
        """The play of a segment: its own where it names one, else by the borrower's type."""
        return self.types[BorrowerType(segment.playbook or borrower_type)]


@lru_cache(maxsize=1)
def playbooks() -> Playbooks:
    """The shipped playbooks; read once."""
    text = files("collector.strategy").joinpath("playbooks.yaml").read_text("utf-8")
    return Playbooks.model_validate(read_yaml(text, "playbooks.yaml"))
