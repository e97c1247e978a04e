"""YAML and JSON from people: plain values with their lines, and the refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.foundation.errors import BadInput
from collector.foundation.files import read_json, read_yaml, read_yaml_with_lines


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("", None, id="empty"),
        pytest.param("a: 1\nb: [x, 2.5, ~, true]", {"a": 1, "b": ["x", 2.5, None, True]}, id="plain"),
        pytest.param("country: no\nswitch: on", {"country": "no", "switch": "on"}, id="words-are-not-bools"),
        pytest.param("from: 22:00\nday: 2026-01-02", {"from": "22:00", "day": "2026-01-02"}, id="times-stay-text"),
        pytest.param("id: 0123\nn: -7\nz: 0", {"id": "0123", "n": -7, "z": 0}, id="leading-zero-stays-text"),
        pytest.param("a: '1'\nb: |\n  true", {"a": "1", "b": "true"}, id="quoted-stays-text"),
        pytest.param("1: a\n2: b", {1: "a", 2: "b"}, id="numbers-as-keys"),
        pytest.param("a: 1e999\nb: 12345678901234567890", {"a": "1e999", "b": 12345678901234567890.0}, id="huge"),
        pytest.param("\ufeffa: 款", {"a": "款"}, id="bom"),
    ],
)
def test_yaml_values(text: str, value: object, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(text, "utf-8")
    assert read_yaml(text) == read_yaml(path) == value


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param("a: &x [1]\nb: *x", 1, "anchors", id="anchor"),
        pytest.param("a: 1\nb: *x", 2, "aliases", id="alias"),
        pytest.param("a: 1\nb:\n  c: 1\n  c: 2", 4, "'c' appears twice", id="repeated-key"),
        pytest.param("<<: {a: 1}", 1, "key must be", id="merge"),
        pytest.param("? [a]\n: 1", 1, "key must be", id="key-of-many-parts"),
        pytest.param("a: 1\nb: !!python/object/apply:os.getcwd []", 2, "tags", id="code"),
        pytest.param("a: !!binary aGk=", 1, "tags", id="safe-tag"),
        pytest.param("a: 1\n---\nb: 2", 2, "second document", id="two-documents"),
        pytest.param("a: 1\n b: [", 2, "not YAML", id="broken"),
        pytest.param("a: \x07", None, "YAML forbids", id="control-character"),
        pytest.param("[" * 41 + "]" * 41, 1, "nested deeper", id="deep"),
        pytest.param("[" * 100_000, 1, "nested deeper", id="very-deep"),
        pytest.param("a: " + "x" * 256 * 1024, None, "256 KB", id="large"),
    ],
)
def test_yaml_refusals(text: str, line: int | None, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_yaml(text, "s.yaml")
    problem = caught.value.problems[0]
    assert words in problem.reason
    assert (problem.file, problem.line) == ("s.yaml", line)


def test_every_part_of_a_yaml_document_has_its_line() -> None:
    _, lines = read_yaml_with_lines(
        "# strategy\nsegments:\n  - name: m1\n    when:\n      bucket: [M1]\n  - name: m2\n"
    )
    assert lines[("segments",)] == 2
    assert lines[("segments", 0)] == 3
    assert lines[("segments", 0, "when")] == 4
    assert lines[("segments", 0, "when", "bucket", 0)] == 5
    assert lines[("segments", 1, "name")] == 6


def test_every_repeated_key_is_named_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        read_yaml("a: 1\na: 2\nb: 1\nb: 2")
    assert [problem.line for problem in caught.value.problems] == [2, 4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('{"a": 1, "b": {"c": 1, "c": 2}}', "'c' appears twice", id="repeated-key"),
        pytest.param('{"a": NaN}', "NaN is not", id="nan"),
        pytest.param("[" * 100_000, "nested too deeply", id="deep"),
        pytest.param('{"a": 1', "line 1", id="cut-off"),
        pytest.param("1" * 5000, "5000 digits", id="long-number"),
        pytest.param('{"a": 1e999}', "beyond every range", id="infinite"),
        pytest.param('"' + "x" * 1024**2 + '"', "1024 KB", id="large"),
        pytest.param("", "line 1", id="empty"),
    ],
)
def test_json_refusals(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "check.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"check\.json") as caught:
        read_json(path)
    assert words in caught.value.message


def test_json_is_read_and_encoding_and_absence_are_told(tmp_path: Path) -> None:
    assert read_json('{"a": [1, 2.5, null]}') == {"a": [1, 2.5, None]}
    (tmp_path / "g.json").write_bytes(b'{\n"a": "\xc7\xe5"}')
    with pytest.raises(BadInput, match=r"g\.json, line 2: not UTF-8"):
        read_json(tmp_path / "g.json")
    with pytest.raises(BadInput, match=r"none\.yaml"):
        read_yaml(tmp_path / "none.yaml")
