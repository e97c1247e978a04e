"""The small nouns: errors, clock, money, keys, paging."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.foundation.clock import at_local, day_start, local_day, parse_moment, zone
from collector.foundation.errors import BadInput, CollectorError, Conflict, NotFound, NotReady, Problem
from collector.foundation.keys import Keys, make_key_file, read_keys
from collector.foundation.money import LIMIT, exponent, parse_amount, plain, shown
from collector.foundation.paging import page_of

MASTER = bytes(range(32))


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        pytest.param(Problem("bad"), "bad", id="nowhere"),
        pytest.param(Problem("bad", 3), "line 3: bad", id="line"),
        pytest.param(Problem("bad", 3, "due_on", "a.csv"), "a.csv, line 3, column due_on: bad", id="everywhere"),
    ],
)
def test_problems_name_their_place(problem: Problem, text: str) -> None:
    assert str(problem) == text
    assert BadInput(problems=(problem,)).message == text


def test_default_messages_are_the_docstrings() -> None:
    assert NotFound().message == "There is nothing here under that name."
    assert BadInput("no").problems == (Problem("no"),)
    assert all(kind.__doc__ for kind in CollectorError.__subclasses__())


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-12T09:30+08:00", datetime(2026, 5, 12, 1, 30, tzinfo=UTC)),
        ("2026-05-12T09:30:15Z", datetime(2026, 5, 12, 9, 30, 15, tzinfo=UTC)),
    ],
)
def test_moments_are_utc(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment
    assert parse_moment(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["", "now", "2026-05-12", "2026-05-12T09:30", "0001-01-01T00:00+14:00", "2026-13-01Z"])
def test_moments_without_offset_or_sense_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_moment(text)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Asia", "a" * 300, "Asia/\0"])
def test_unknown_zones_are_bad_input(name: str) -> None:
    with pytest.raises(BadInput):
        zone(name)


@pytest.mark.parametrize(
    ("day", "clock_time", "moment"),
    [
        pytest.param(date(2026, 3, 8), time(2, 30), "2026-03-08T03:30-04:00", id="skipped-means-one-gap-later"),
        pytest.param(date(2026, 11, 1), time(1, 30), "2026-11-01T01:30-04:00", id="ambiguous-means-the-earlier"),
        pytest.param(date(2026, 7, 1), time(9), "2026-07-01T09:00-04:00", id="plain"),
    ],
)
def test_local_times_around_daylight_saving(day: date, clock_time: time, moment: str) -> None:
    assert at_local(day, clock_time, "America/New_York") == parse_moment(moment)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/London", "Asia/Kolkata"]),
)
def test_a_moment_lies_in_its_own_local_day(at: datetime, name: str) -> None:
    day = local_day(at, name)
    assert day_start(day, name) <= at < day_start(date.fromordinal(day.toordinal() + 1), name)


@given(st.integers(0, LIMIT), st.sampled_from(["CNY", "USD", "JPY", "BHD"]))
def test_amounts_survive_being_written(amount: int, currency: str) -> None:
    assert parse_amount(plain(amount, currency), currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("1234.50", "CNY", 123450),
        (" 0 ", "USD", 0),
        ("5", "JPY", 5),
        ("1.5000", "CNY", 150),
        (".5", "CNY", 50),
        ("0001.20", "CNY", 120),
        ("10000000000000.00", "CNY", LIMIT),
    ],
)
def test_amounts(text: str, currency: str, amount: int) -> None:
    assert parse_amount(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        pytest.param("", "CNY", id="empty"),
        pytest.param(".", "CNY", id="point"),
        pytest.param("1.2.3", "CNY", id="two-points"),
        pytest.param("-1", "CNY", id="sign"),
        pytest.param("1,000", "CNY", id="thousands"),
        pytest.param("1e3", "CNY", id="exponent"),
        pytest.param("٣", "CNY", id="other-digits"),
        pytest.param("NaN", "CNY", id="nan"),
        pytest.param("1.005", "CNY", id="decimals"),
        pytest.param("1.5", "JPY", id="decimals-of-yen"),
        pytest.param("1." + "0" * 30 + "1", "CNY", id="decimals-beyond-what-decimal-keeps"),
        pytest.param("10000000000000.01", "CNY", id="over-the-limit"),
        pytest.param("9" * 10_000, "CNY", id="endless"),
        pytest.param("1", "XXZ", id="currency"),
        pytest.param("1", "cny", id="currency-in-small-letters"),
    ],
)
def test_amounts_that_are_none(text: str, currency: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_amount(text, currency)
    assert len(caught.value.message) < 200


def test_money_as_people_read_it() -> None:
    assert (exponent("CNY"), exponent("JPY"), exponent("BHD")) == (2, 0, 3)
    assert shown(123450, "CNY", "zh") == "¥1,234.50"
    assert shown(123450, "USD") == "$1,234.50"
    assert plain(-5, "CNY") == "-0.05"


def test_sealed_texts_open_under_their_key_only() -> None:
    keys, other = Keys(MASTER), Keys(MASTER[::-1])
    sealed = keys.seal("110101199003070011")
    assert keys.open(sealed) == "110101199003070011"
    assert keys.seal("x") != keys.seal("x")
    with pytest.raises(NotReady, match="sealed with key"):
        other.open(sealed)


@pytest.mark.parametrize("spoil", [lambda t: t[:-4], lambda t: t[:-6] + "AAAA==", lambda t: t[:9], lambda t: t + "!"])
def test_a_changed_sealed_text_is_refused(spoil: object) -> None:
    keys = Keys(MASTER)
    with pytest.raises(NotReady):
        keys.open(spoil(keys.seal("secret")))  # type: ignore[operator]


def test_macs_keep_purposes_and_parts_apart() -> None:
    keys = Keys(MASTER)
    macs = [keys.mac("a", "x", "y"), keys.mac("a", "xy"), keys.mac("a", "x", "", "y"), keys.mac("b", "x", "y")]
    assert len(set(macs)) == 4
    assert keys.blind_index("cn_id", "1") == Keys(MASTER).blind_index("cn_id", "1")
    assert MASTER.hex() not in keys.check_value


def test_key_files_are_made_once_and_read_only_when_private(tmp_path: Path) -> None:
    path = tmp_path / "var" / "master.key"
    made = make_key_file(path)
    assert read_keys(path).check_value == made.check_value
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Conflict):
        make_key_file(path)
    path.chmod(0o640)
    with pytest.raises(NotReady, match="chmod 600"):
        read_keys(path)


@pytest.mark.parametrize("body", [b"", b"abcd", b"zz" * 32, b"\xff" * 64])
def test_files_that_hold_no_key_are_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "master.key"
    with pytest.raises(NotReady, match="missing"):
        read_keys(path)
    path.write_bytes(body)
    path.chmod(0o600)
    with pytest.raises(NotReady):
        read_keys(path)


@pytest.mark.parametrize(
    ("rows", "limit", "kept", "after"),
    [([], 2, [], None), ([1, 2], 2, [1, 2], None), ([1, 2, 3], 2, [1, 2], "2")],
)
def test_pages(rows: list[int], limit: int, kept: list[int], after: str | None) -> None:
    page = page_of(rows, limit, str)
    assert (page.rows, page.after) == (kept, after)
