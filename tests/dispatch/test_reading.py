"""How inbound messages read: a labelled corpus with its marks, and a table of hostile ones."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.dispatch.lexicon import closes, load_tongues, read_tongue
from collector.dispatch.rules import ACTS_ALONE, Reach, Read, Reading, read_inbound
from collector.foundation.errors import BadInput
from collector.history.rules import Channel

CORPUS = Path(__file__).parent / "messages.txt"
LEAST = {"precision": 0.95, "recall": 0.92}
"""Over all readings of the corpus."""
LEAST_CERTAIN_RECALL = 0.95


def read(text: str) -> Read:
    return read_inbound(text, load_tongues())


def labelled() -> list[tuple[str, set[Reading], set[Reading]]]:
    """Text, readings, and those that act at once."""
    lines = [line.split("\t", 1) for line in CORPUS.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    return [
        (
            text,
            {Reading(label.rstrip("!")) for label in labels.split(",")},
            {Reading(label[:-1]) for label in labels.split(",") if label.endswith("!")},
        )
        for labels, text in lines
    ]


def test_the_corpus_is_read_well_and_what_acts_at_once_is_never_wrong() -> None:
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    slips = []
    for text, readings, acts in labelled():
        found = read(text)
        got = [*map(str, found.readings), *(f"{act}!" for act in found.certain)]
        wanted = [*map(str, readings), *(f"{act}!" for act in acts)]
        right.update(set(got) & set(wanted))
        wrong.update(set(got) - set(wanted))
        missed.update(set(wanted) - set(got))
        if set(got) != set(wanted):
            slips.append(f"{text!r}: wanted {sorted(wanted)}, read {sorted(got)}")
    marks = {
        label: (right[label] / max(1, right[label] + wrong[label]), right[label] / (right[label] + missed[label]))
        for label in sorted(right | missed)
    }
    print(f"\n{len(labelled())} messages; label, precision, recall, count")
    for label, (precision, recall) in marks.items():
        print(f"{label:15} {precision:.3f} {recall:.3f} {right[label] + missed[label]:4}")
    print(*slips, sep="\n")
    certain = {f"{act}!" for act in ACTS_ALONE}
    assert not {label: count for label, count in wrong.items() if label in certain}, slips
    assert all(marks[label][1] >= LEAST_CERTAIN_RECALL for label in certain), marks
    total = right.total()
    assert total / (total + wrong.total()) >= LEAST["precision"]
    assert total / (total + missed.total()) >= LEAST["recall"]
    assert len(labelled()) >= 300


STOP, OTHER, WRONG = Reading.stop, Reading.other, Reading.wrong_number


@pytest.mark.parametrize(
    ("text", "readings", "acts"),
    [
        pytest.param("ＳＴＯＰ", [STOP], True, id="full width"),
        pytest.param("s\u200bt\u200bo\u200bp", [STOP], True, id="unseen characters"),
        pytest.param("S.T.O.P", [STOP], True, id="points between"),
        pytest.param("s t o p", [STOP], True, id="blanks between"),
        pytest.param("\u202estop\u202c", [STOP], True, id="turned around for the eye"),
        pytest.param("\x00STOP\x07\r\n", [STOP], True, id="control characters"),
        pytest.param("ｓｔｏｐ！！！", [STOP], True, id="wide and shouted"),
        pytest.param("ѕtор", [STOP], True, id="cyrillic look-alikes"),
        pytest.param("S\u0336T\u0336O\u0336P\u0336", [STOP], True, id="struck out"),
        pytest.param("“STOP”", [STOP], True, id="quoted"),
        pytest.param("«Stop»", [STOP], True, id="quoted the french way"),
        pytest.param("STOP STOP STOP", [STOP], True, id="repeated"),
        pytest.param("STOP 退订", [STOP], True, id="two languages"),
        pytest.param("【王小明】退订", [STOP], True, id="signed at the head"),
        pytest.param("退\u3000订", [STOP], True, id="wide blank"),
        pytest.param("退-订", [STOP], True, id="dash between"),
        pytest.param("退訂", [STOP], True, id="traditional"),
        pytest.param("🛑🛑 STOP 🛑🛑", [STOP], True, id="emoji"),
        pytest.param("STOP\n\nSent from my iPhone", [STOP], True, id="signed by a machine"),
        pytest.param("STOP\nTHANK YOU", [STOP], True, id="two lines"),
        pytest.param("’don’t call me again’", [STOP], True, id="curly apostrophe"),
        pytest.param("T\u200b恤", [OTHER], False, id="a shirt, hidden"),
        pytest.param("I said don't stop!", [OTHER], False, id="negated"),
        pytest.param("stop. Just kidding, don't stop", [STOP], False, id="taken back: a person looks"),
        pytest.param("Text reads: reply STOP. What is STOP?", [STOP], False, id="asks about the word"),
        pytest.param("one-stop shop", [STOP], False, id="inside a word: a person looks"),
        pytest.param("END of month I pay", [Reading.will_pay], False, id="end is not END"),
        pytest.param("cancel my appointment", [OTHER], False, id="cancel something"),
        pytest.param("quit smoking", [OTHER], False, id="quit something"),
        pytest.param("stopwatch", [OTHER], False, id="part of a word"),
        pytest.param("R2D2", [OTHER], False, id="letters of a name"),
        pytest.param("YES I paid", [Reading.says_paid], False, id="yes is no start"),
        pytest.param("start stop", [STOP], False, id="both: a person looks"),
        pytest.param("restart", [OTHER], False, id="part of start"),
        pytest.param("START paying? no", [OTHER], False, id="start something"),
        pytest.param("", [OTHER], False, id="nothing"),
        pytest.param("   \n ", [OTHER], False, id="blanks"),
        pytest.param("\ud83d", [OTHER], False, id="half a character"),
        pytest.param("📷", [OTHER], False, id="a picture"),
        pytest.param("stop! wrong number", [STOP, WRONG], True, id="two intents"),
        pytest.param("我不是不还，是没钱", [Reading.hardship], False, id="double negation"),
        pytest.param("还没还上呢，周五还", [Reading.will_pay], False, id="not yet, but"),
        pytest.param("你去死", [OTHER], False, id="an insult is no crisis"),
        pytest.param("气死了", [OTHER], False, id="nobody died"),
        pytest.param("别再打电话了" + "！" * 5000, [STOP], True, id="ten thousand marks"),
    ],
)
def test_hostile_messages(text: str, readings: list[Reading], acts: bool) -> None:
    found = read(text)
    assert (list(found.readings), STOP in found.certain) == (readings, acts)


@pytest.mark.parametrize(
    "unit",
    [
        "stop ",
        "please ",
        "请你们",
        "不要再",
        "don't call me ",
        "不要再打电话给我",
        "a",
        "还",
        "1,",
        "pay ",
        "i told you to ",
    ],
)
def test_ten_thousand_characters_are_read_in_no_time(unit: str) -> None:
    begun = perf_counter()
    read((unit * 10_000)[:10_000])
    assert perf_counter() - begun < 1


@given(st.text(max_size=200))
def test_any_text_reads_as_something_and_only_clear_words_act(text: str) -> None:
    found = read(text)
    assert found.readings
    assert found.certain <= set(found.readings) & ACTS_ALONE
    assert list(found.readings) == sorted(found.readings, key=list(Reading).index)


@given(
    st.sampled_from([line for line in labelled() if line[2]]), st.sampled_from(["{}!!", " {} ", "{} 🙏", "\u200b{}\n"])
)
def test_marks_around_a_message_change_nothing(line: tuple[str, set[Reading], set[Reading]], around: str) -> None:
    assert read(around.format(line[0])) == read(line[0])


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        pytest.param("STOP", Reach.messages, id="a stop word"),
        pytest.param("stop texting me", Reach.messages, id="texts"),
        pytest.param("stop calling me", Reach.everything, id="calls"),
        pytest.param("STOP. And don't call me again", Reach.everything, id="both: the wider"),
        pytest.param("别再打电话了", Reach.everything, id="电话"),
        pytest.param("别发短信了", Reach.messages, id="短信"),
    ],
)
def test_what_a_stop_is_about(text: str, reach: Reach) -> None:
    assert read(text).reach is reach


@pytest.mark.parametrize(
    ("jurisdiction", "day", "closed"),
    [
        pytest.param("us", "2027-01-30", (Channel.sms,), id="us, before"),
        pytest.param("us", "2027-01-31", (Channel.sms, Channel.call), id="us, from the day of revoke-all"),
        pytest.param("cn", "2027-01-31", (Channel.sms,), id="cn"),
        pytest.param("xx", "2026-01-01", (Channel.sms,), id="a place that is not listed"),
    ],
)
def test_a_stop_word_closes_what_the_law_of_that_day_says(jurisdiction: str, day: str, closed: tuple[Channel]) -> None:
    assert closes(Reach.messages, jurisdiction, date.fromisoformat(day)) == closed
    assert closes(Reach.everything, jurisdiction, date.fromisoformat(day)) == (None,)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("courtesies: []", id="parts are missing"),
        pytest.param("courtesies: []\ncontractions: {}\nparts: {}\nreadings: {}", id="no stops"),
        pytest.param(
            "courtesies: []\ncontractions: {}\nparts: {}\n"
            "readings: {stop_messages: {likely: ['(']}, stop_everything: {}}",
            id="no pattern",
        ),
        pytest.param(
            "courtesies: []\ncontractions: {}\nparts: {}\n"
            "readings: {stop_messages: {likely: ['<gone>']}, stop_everything: {}}",
            id="no such part",
        ),
        pytest.param(
            "courtesies: []\ncontractions: {}\nparts: {}\nreadings: {stop_messages: {}, stop_everything: {}, tea: {}}",
            id="no such reading",
        ),
    ],
)
def test_a_list_that_is_not_right_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(BadInput):
        read_tongue(text, "en")
