"""The playbooks cover what the facts can say, in both languages."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from collector.history.rules import Cause
from collector.portfolio.rules import BorrowerType
from collector.strategy.compiling import compile_document, default_text
from collector.strategy.playbooks import Words, playbooks
from collector.strategy.reading import parse
from collector.strategy.rules import Stage

BOOKS = playbooks()
EVERY = [
    *BOOKS.stages.values(),
    *(words for play in BOOKS.types.values() for words in (play.reads_as, *play.stages.values())),
    *(words for play in BOOKS.causes.values() for words in (play.cause, play.action)),
    *(words for excuse in BOOKS.excuses for words in (excuse.says, excuse.answer)),
]
SEGMENTS = [
    segment
    for jurisdiction, currency in (("cn", "CNY"), ("us", "USD"))
    for segment in compile_document(parse(default_text(jurisdiction)), currency).segments()
]


def test_every_stage_type_and_cause_has_its_play() -> None:
    assert set(BOOKS.stages) == set(Stage)
    assert set(BOOKS.types) == set(BorrowerType)
    assert set(BOOKS.causes) == set(Cause)
    assert [kind for kind, play in BOOKS.types.items() if set(play.stages) != set(Stage)] == []


def test_each_language_is_written_in_its_script() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    assert [words for words in EVERY if han.search(words.en) or not han.search(words.zh)] == []


@given(st.sampled_from(SEGMENTS), st.sampled_from(BorrowerType))
def test_every_shipped_segment_finds_its_play(segment: object, borrower_type: BorrowerType) -> None:
    found = next(each for each in SEGMENTS if each is segment)
    assert found.stage in BOOKS.for_segment(found, borrower_type.value).stages


def test_words_in_the_language_of_the_screen() -> None:
    words = Words(en="late", zh="逾期")
    assert [words.said(language) for language in ("zh-CN", "en-US", "fr")] == ["逾期", "late", "late"]
