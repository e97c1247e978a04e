"""The rules of sign-in: who may decide, which codes count, what is guessed early, and from where a key may come."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest
from floor import moment
from hypothesis import given
from hypothesis import strategies as st

from collector.foundation.errors import BadInput
from collector.identity.passwords import check_rules
from collector.identity.rules import RECENT, Hand, Touch, why_not_decide
from collector.identity.rules.addresses import admits, networks
from collector.identity.rules.codes import STEP_S, step_of
from collector.identity.rules.guessing import WORDS, is_guessed_early
from collector.identity.rules.throttling import FREE_TRIES, LONGEST_WAIT, waiting

AT = moment("2026-05-12 09:00")
EARLIER = AT - RECENT + timedelta(seconds=1)
LONG_AGO = AT - RECENT
SECRET = "JBSWY3DPEHPK3PXP" * 2


@pytest.mark.parametrize(
    ("checker", "touches", "closed"),
    [
        pytest.param("002", [], "", id="another person"),
        pytest.param("001", [], "who proposed", id="themselves, under whatever login"),
        *(pytest.param("002", [Touch(hand, "001", EARLIER)], "7 days", id=f"{hand} by the maker") for hand in Hand),
        *(pytest.param("002", [Touch(hand, "001", LONG_AGO)], "", id=f"{hand} by the maker, then") for hand in Hand),
        *(pytest.param("002", [Touch(hand, "003", EARLIER)], "", id=f"{hand} by somebody else") for hand in Hand),
        pytest.param("002", [Touch(Hand.created, None, EARLIER)], "", id="made when the house was set up"),
        pytest.param("002", [Touch(Hand.reset, None, EARLIER)], "command line", id="reset by nobody knows whom"),
        pytest.param(
            "002", [Touch(Hand.reset, "003", EARLIER), Touch(Hand.reset, "001", EARLIER)], "reset", id="the maker asked"
        ),
    ],
)
def test_who_may_decide(checker: str, touches: list[Touch], closed: str) -> None:
    said = why_not_decide("001", checker, touches, AT)
    assert (closed in said) if closed and said else said is None and not closed


def code_at(at: datetime) -> str:
    return pyotp.TOTP(SECRET).at(at)


@pytest.mark.parametrize(
    ("steps", "used", "taken"),
    [
        pytest.param(0, None, True, id="now"),
        pytest.param(-1, None, True, id="a step ago"),
        pytest.param(1, None, True, id="a phone that is fast"),
        pytest.param(-2, None, False, id="too old"),
        pytest.param(2, None, False, id="too early"),
        pytest.param(0, 0, False, id="used"),
        pytest.param(-1, 0, False, id="older than the one used"),
        pytest.param(1, 0, True, id="newer than the one used"),
    ],
)
def test_a_code_counts_around_its_half_minute_and_once(steps: int, used: int | None, taken: bool) -> None:
    here = int(AT.timestamp()) // STEP_S
    code = code_at(AT + timedelta(seconds=STEP_S * steps))
    found = step_of(SECRET, f"{code[:3]} {code[3:]}", AT, None if used is None else here + used)
    assert found == (here + steps if taken else None)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "000000\n"])
def test_what_is_no_code_is_none(code: str) -> None:
    assert step_of(SECRET, code, AT, None) is None


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd2026!",
        "Passw0rd Passw0rd",
        "letmeinletmein",
        "qwertyuiop123",
        "1qaz2wsx3edc",
        "asdfghjkl123",
        "123456789012",
        "210987654321",
        "abcdefghijkl",
        "aaaaaaaaaaaab",
        "summer2024winter",
        "I love you 1314",
        "woaini5201314",
        "Admin#2026#Admin",
        "welcome123456",
        "cuishou888888",
        "monkeydragon1",
        "xkcdxkcdxkcd",
    ],
)
def test_what_is_guessed_early_is_refused(password: str) -> None:
    assert len(password) >= 12
    with pytest.raises(BadInput):
        check_rules(password)


@pytest.mark.parametrize(
    "password",
    [
        "a quiet river in autumn",
        "walnut tram violet nine",
        "correcthorsebatterystaple",
        "Tz7!qLw0pV2x",
        "ab12-93fe-77c0-1d2e",
        "in summer my old dog loves the red sun",
    ],
)
def test_a_sentence_or_chance_is_taken(password: str) -> None:
    check_rules(password, "li")


@given(st.sampled_from(sorted(WORDS)), st.sampled_from(sorted(WORDS)), st.integers(0, 10**6))
def test_two_common_words_and_figures_are_no_password(one: str, other: str, figures: int) -> None:
    if len(one + other) >= 3:
        assert is_guessed_early(f"{one.title()}{figures}{other}!")


@pytest.mark.parametrize("word", ["Wangxiaoyun 77 trees", "my COLLECTOR of shells"])
def test_the_houses_own_words_are_refused(word: str) -> None:
    with pytest.raises(BadInput, match="your name"):
        check_rules(word, "wangxiaoyun")


@pytest.mark.parametrize(
    ("listed", "address", "opens"),
    [
        pytest.param("", "anything", True, id="no list"),
        pytest.param("203.0.113.7/32", "203.0.113.7", True, id="the address"),
        pytest.param("203.0.113.0/24", "203.0.113.200", True, id="of the network"),
        pytest.param("203.0.113.0/24", "203.0.114.1", False, id="beside it"),
        pytest.param("198.51.100.1/32,203.0.113.0/24", "203.0.113.1", True, id="of the second"),
        pytest.param("203.0.113.0/24", "::ffff:203.0.113.9", True, id="as IPv6"),
        pytest.param("2001:db8::/32", "2001:db8::1", True, id="IPv6"),
        pytest.param("2001:db8::/32", "203.0.113.1", False, id="another kind"),
        pytest.param("0.0.0.0/0", "testclient", False, id="no address"),
        pytest.param("0.0.0.0/0", "203.0.113.1, 10.0.0.1", False, id="a forged list"),
    ],
)
def test_from_where_a_key_may_come(listed: str, address: str, opens: bool) -> None:
    assert admits(listed, address) is opens


@pytest.mark.parametrize("word", ["10.0.0.7/8", "house", "300.1.1.1", "10.0.0.0/33"])
def test_what_is_no_network_is_named(word: str) -> None:
    with pytest.raises(BadInput, match=word.split("/")[0]):
        networks([word])


@given(st.integers(0, 200))
def test_waiting_never_shrinks_and_ends(failures: int) -> None:
    assert waiting(failures) <= waiting(failures + 1) <= LONGEST_WAIT
    assert (waiting(failures) > timedelta(0)) == (failures >= FREE_TRIES)
