"""Which database is this, and may it reach people from here? Refusals come before any connection."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys

import pytest
from cli_runs import Home

from collector.foundation.schema import head

NOW = "2026-05-12T09:30+08:00"


def by_hand(home: Home, script: str) -> None:
    with sqlite3.connect(home.folder / "collector.db") as connection:
        connection.executescript(script)


def test_an_empty_folder_asks_for_its_database(tmp_path: object) -> None:
    home = Home(tmp_path / "nothing", {})  # type: ignore[operator]
    done = home.run("plan", "--at", NOW)
    assert (done.code, "collector db upgrade" in done.err) == (1, True)
    assert not home.folder.exists(), "a question does not make a database"


def test_a_fresh_database_is_made_once(tmp_path: object) -> None:
    home = Home(tmp_path / "new", {})  # type: ignore[operator]
    assert home.run("db", "upgrade", "--json").document == {"before": None, "after": head()}
    key = (home.folder / "master.key").read_bytes()
    assert home.run("db", "upgrade", "--json").document == {"before": head(), "after": head()}
    assert (home.folder / "master.key").read_bytes() == key
    assert (home.folder / "master.key").stat().st_mode & 0o077 == 0


def test_a_newer_database_is_refused_with_a_sentence(home: Home) -> None:
    by_hand(home, "UPDATE alembic_version SET version_num = '9999'")
    before = home.rows()
    for words in (("plan", "--at", NOW), ("db", "upgrade"), ("explain", "CN/A1")):
        done = home.run(*words)
        assert (done.code, done.out) == (1, "")
        assert "9999" in done.err
        assert "newer" in done.err
    assert home.rows() == before


def test_a_database_without_revision_asks_for_the_upgrade(home: Home) -> None:
    """As one from before the first revision that this program knows."""
    by_hand(home, "DELETE FROM alembic_version")
    done = home.run("plan", "--at", NOW)
    assert (done.code, "collector db upgrade" in done.err) == (1, True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(lambda key: key.unlink(), "master", id="the key is gone"),
        pytest.param(lambda key: key.write_text("ab" * 32), "master", id="another key"),
        pytest.param(lambda key: key.write_text("short"), "master", id="no key at all"),
    ],
)
@pytest.mark.parametrize("words", [("explain", "CN/A1", "--at", NOW), ("db", "upgrade")], ids=["explain", "upgrade"])
def test_only_the_right_key_opens(home: Home, change: object, told: str, words: tuple[str, ...]) -> None:
    """A lost key is never quietly replaced."""
    key = home.folder / "master.key"
    key.chmod(0o600)
    change(key)  # type: ignore[operator]
    before = home.rows()
    done = home.run(*words)
    assert (done.code, told in done.err) == (1, True), done
    assert home.rows() == before
    assert "short" not in done.err


LIVE = {
    "carrier": "twilio",
    "twilio_account_sid": "AC" + "0" * 32,
    "twilio_api_key": "SK" + "0" * 32,
    "twilio_api_secret": "secret-of-the-key",
    "twilio_base_url": "http://198.51.100.7:9",
}
"""A carrier that is not on this machine: a documentation address (RFC 5737) that nobody answers at."""


@pytest.mark.parametrize("words", [("send",), ("next-call", "--agent", "li")], ids=["send", "next-call"])
def test_a_database_that_is_not_armed_reaches_nobody(home: Home, words: tuple[str, ...]) -> None:
    before = home.rows()
    done = home.with_settings(**LIVE).run(*words)
    assert (done.code, "collector arm" in done.err) == (1, True), done
    assert home.rows() == before


def test_a_copy_of_an_armed_database_is_not_armed(home: Home) -> None:
    live = home.with_settings(**LIVE)
    assert live.run("arm").code == 0
    assert live.run("next-call", "--agent", "li", "--json").document == {"task": None}
    copy = Home(home.folder.parent / "copy", live.more)
    shutil.copytree(home.folder, copy.folder)
    assert "not armed" in copy.run("send").err
    another = live.with_settings(twilio_account_sid="AC" + "1" * 32)
    assert "not armed" in another.run("send").err


def test_real_people_are_contacted_at_real_hours_only(home: Home) -> None:
    live = home.with_settings(**LIVE)
    live.run("arm")
    done = live.run("send", "--at", NOW)
    assert (done.code, "more than a minute from the clock" in done.err) == (2, True)


def test_a_demo_is_never_armed(home: Home) -> None:
    assert home.with_settings(**LIVE, demo="true").run("arm").code == 1


def process(home: Home, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "collector", *words]
    return subprocess.run(command, env=home.environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.slow
@pytest.mark.parametrize("words", [("serve", "--port", "18923"), ("worker",)], ids=["serve", "worker"])
def test_a_demo_database_is_refused_by_the_processes(home: Home, words: tuple[str, ...]) -> None:
    by_hand(home, "UPDATE installation SET demo = 1")
    done = process(home, *words)
    assert done.returncode == 1
    assert "demo database" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_server_speaks_beyond_this_machine_only_behind_a_proxy(home: Home) -> None:
    done = process(home, "serve", "--host", "0.0.0.0", "--port", "18924")
    assert (done.returncode, "COLLECTOR_TRUSTED_PROXIES" in done.stderr) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"carrier": "pigeon"}, id="unknown carrier"),
        pytest.param({"database_url": "nonsense"}, id="no database address"),
        pytest.param({"database_url": "mysql://a@b/c"}, id="another database"),
        pytest.param({"database_url": "postgresql://nobody@127.0.0.1:1/none"}, id="nobody answers"),
        pytest.param({"templates_dir": "/nowhere/at/all"}, id="no such templates"),
    ],
)
def test_wrong_settings_are_told_in_a_sentence(home: Home, settings: dict[str, str]) -> None:
    done = process(home.with_settings(**settings), "strategy", "validate", home.file("s.yaml", "name: x\n"))
    assert done.returncode in (1, 2)
    assert "error:" in done.stderr
    assert "Traceback" not in done.stderr
