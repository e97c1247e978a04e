"""What a carrier said of a text, and what it means for the words in force on a day; words from the house over files."""

from __future__ import annotations

from datetime import date

import pytest

from collector.texts.catalogue import Catalogue
from collector.texts.rules import Registration, Stand, stand

DAY = date(2026, 5, 13)


@pytest.mark.parametrize(
    ("state", "digest", "since", "until", "means"),
    [
        pytest.param("registered", "a", DAY, None, "registered", id="from today"),
        pytest.param("registered", "a", DAY, DAY, "registered", id="last day"),
        pytest.param("registered", "a", date(2026, 5, 14), None, "coming", id="from tomorrow"),
        pytest.param("registered", "a", date(2026, 5, 1), date(2026, 5, 12), "expired", id="until yesterday"),
        pytest.param("registered", "b", DAY, None, "other_words", id="other words"),
        pytest.param("submitted", "a", DAY, None, "submitted", id="submitted"),
        pytest.param("rejected", "b", DAY, None, "rejected", id="rejected"),
        pytest.param("unregistered", "a", DAY, None, "unregistered", id="taken back"),
    ],
)
def test_where_a_text_stands(state: str, digest: str, since: date, until: date | None, means: str) -> None:
    assert stand(Registration(state), digest, "a", since, until, DAY) is Stand(means)


GOOD = "purpose: overdue\ntone: soft\n---\n{{ signature }}您好，{{ overdue }}逾期。\n"
NOW_FORBIDDEN = GOOD.replace("您好", "请登录evil.com")


def test_words_of_the_house_take_the_place_of_a_file_and_say_so_by_their_digest() -> None:
    files = Catalogue.load()
    mine = files.laid_over({("zh", "overdue-soft"): GOOD, ("zh", "quite-new"): GOOD})
    assert mine.template("overdue-soft", "zh").body.startswith("{{ signature }}您好")
    assert mine.template("quite-new", "zh-CN").purpose == "overdue"
    changed = {name for name, digest in mine.digests.items() if files.digests.get(name) != digest}
    assert changed == {"zh/overdue-soft", "zh/quite-new"}
    assert files.exact("quite-new", "zh") is None


def test_words_that_do_not_pass_any_more_are_not_sent_and_neither_are_those_they_replaced() -> None:
    mine = Catalogue.load().laid_over({("zh", "overdue-soft"): NOW_FORBIDDEN})
    assert mine.exact("overdue-soft", "zh") is None


def test_a_text_is_edited_as_the_very_text_it_is() -> None:
    files = Catalogue.load()
    for one in files:
        again = files.laid_over({(one.language, one.name): one.source}).exact(one.name, one.language)
        assert again is not None
        assert (again.key, again.purpose, again.tone, again.description) == (
            one.key,
            one.purpose,
            one.tone,
            one.description,
        )
