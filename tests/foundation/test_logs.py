"""Log lines: JSON, nothing a terminal obeys, nothing personal out of errors."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from collector.foundation.errors import BadInput, CollectorError, NotReady
from collector.foundation.logs import configure, printable

PHONE = "+8613812348821"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return [json.loads(line) for line in captured.err.splitlines()]


def fail(error: Exception) -> None:
    borrower = PHONE  # a local, which no traceback may show
    raise error from KeyError(borrower)


def test_one_json_line_per_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    structlog.get_logger("collector.test").info("sent", task=7, parts=[1, "x"], at=object())
    logging.getLogger("bells").info("bell %s", "rung")
    structlog.get_logger().debug("not shown")
    first, second = lines(capsys)
    assert (first["event"], first["task"], first["level"], first["at"]) == ("sent", 7, "info", "<object>")
    assert str(first["timestamp"]).endswith("Z")
    assert (second["event"], second["logger"]) == ("bell rung", "bells")


@pytest.mark.parametrize("logger", ["uvicorn.access", "twilio.http_client", "sqlalchemy.engine", "httpx"])
def test_loggers_that_print_addresses_and_parameters_are_quiet(logger: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure("DEBUG")
    logging.getLogger(logger).info("GET /search?phone=%s", PHONE)
    assert lines(capsys) == []


@pytest.mark.parametrize(
    ("error", "message"),
    [
        pytest.param(ValueError(f"Key (phone)=({PHONE}) already exists"), None, id="foreign"),
        pytest.param(BadInput(f"{PHONE!r} is not an amount"), None, id="bad-input-repeats-what-was-given"),
        pytest.param(NotReady("the master secret is missing"), "the master secret is missing", id="ours"),
        pytest.param(PermissionError(13, "Permission denied", f"/x/{PHONE}"), "Permission denied", id="system"),
    ],
)
def test_errors_are_told_without_what_was_given(
    error: Exception, message: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    try:
        fail(error)
    except (CollectorError, ValueError, OSError):
        logging.getLogger("collector").exception("failed")
    text = capsys.readouterr().err
    assert PHONE not in text
    told = json.loads(text)["error"]
    assert [link["kind"] for link in told] == [type(error).__name__, "KeyError"]
    assert told[0].get("message") == message
    assert told[0]["frames"][-1].endswith(" fail")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\x1b[31mb\x07", "a[31mb", id="c0"),
        pytest.param("a\x9b31mb\x7f", "a31mb", id="c1"),
        pytest.param("a\u202eb\u2066c\u200f", "abc", id="bidi"),
        pytest.param("a\nb\tc\r", "a b c ", id="line-ends-become-spaces"),
        pytest.param("张三 é 😀", "张三 é 😀", id="letters-stay"),
    ],
)
def test_what_a_terminal_obeys_is_stripped(text: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert printable(text) == shown
    configure()
    structlog.get_logger().warning("note", **{"deep": {"k\x1b": [text]}})
    assert lines(capsys)[0]["deep"] == {"k": [shown]}


def test_an_unknown_level_is_bad_input() -> None:
    with pytest.raises(BadInput, match="log level"):
        configure("loud")
