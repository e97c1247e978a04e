"""The command line that others script against (design section 8): names, options, one document, exit codes."""

from __future__ import annotations

import importlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from cli_runs import Home

from collector.cli.main import app
from collector.history.rules import Outcome

NOW = "2026-05-12T09:30+08:00"
OPTIONS = {
    "serve": {"--host", "--port"},
    "worker": set(),
    "sandbox": {"--port"},
    "demo": {"--port"},
    "db upgrade": {"--json"},
    "user add": {"--json", "--at"},
    "user reset": {"--clear-totp", "--json", "--at"},
    "apikey add": {"--scope", "--portfolio", "--expires", "--address", "--json", "--at"},
    "apikey revoke": {"--json", "--at"},
    "facts verify": {"--json"},
    "facts rebuild": {"--json", "--at"},
    "audit verify": {"--anchor", "--at", "--json"},
    "audit anchor": {"--json"},
    "audit replay": {"--portfolio", "--since", "--until", "--json"},
    "audit seal": {"--at", "--json"},
    "clocks": {"--at", "--json", "--limit"},
    "clocks verify": {"--at", "--json"},
    "load": {"--portfolio", "--mapping", "--rejects", "--at", "--json"},
    "allocate": {"--portfolio", "--dry-run", "--at", "--json"},
    "plan": {"--portfolio", "--dry-run", "--at", "--json"},
    "sweep": {"--at", "--json"},
    "tasks": {"--account", "--channel", "--status", "--at", "--json"},
    "send": {"--at", "--json"},
    "next-call": {"--agent", "--at", "--json"},
    "outcome": {"--note", "--at", "--json"},
    "done": {"--note", "--at", "--json"},
    "lower-level": {"--reason", "--at", "--json"},
    "promise": {"--at", "--json"},
    "found": {"--at", "--json"},
    "stop": {"--at", "--json"},
    "hold": {"--at", "--json"},
    "pause": {"--at", "--json"},
    "referrals": {"--at", "--json"},
    "explain": {"--at", "--json"},
    "check": {"--schema", "--json"},
    "export whose": {"--json"},
    "strategy validate": {"--json"},
    "strategy diff": {"--portfolio", "--at", "--json"},
    "strategy publish": {"--portfolio", "--at", "--json"},
    "strategy show": {"--at", "--json"},
    "terms propose": {"--reason", "--total", "--due-on", "--at", "--json"},
    "terms list": {"--all", "--json"},
    "terms show": {"--at", "--json"},
    "terms move": {"--at", "--json"},
    "terms advances": {"--at", "--json"},
    "archive add": {"--title", "--place", "--level", "--document", "--on", "--at", "--json"},
    "archive list": {"--part", "--limit", "--at", "--json"},
    "archive overdue": {"--at", "--json"},
    "archive show": {"--at", "--json"},
    "archive lend": {"--to", "--why", "--due", "--on", "--at", "--json"},
    "archive return": {"--by", "--condition", "--place", "--on", "--at", "--json"},
    "archive place": {"--on", "--at", "--json"},
    "archive end": {"--whom", "--why", "--on", "--at", "--json"},
    "retention terms": {"--json"},
    "retention plan": {"--at", "--json"},
    "retention list": {"--json"},
    "retention propose": {"--at", "--json"},
    "retention purge": {"--batch", "--at", "--json"},
    "retention certificate": {"--out", "--json"},
    "retention verify": {"--json"},
    "retention hold": {"--reason", "--at", "--json"},
    "retention lift": {"--reason", "--at", "--json"},
}


def commands() -> dict[str, Any]:
    importlib.import_module("collector.processes")
    found: dict[str, Any] = {}

    def walk(command: Any, words: tuple[str, ...]) -> None:
        for name, part in getattr(command, "commands", {}).items():
            found[" ".join((*words, name))] = part
            walk(part, (*words, name))

    walk(typer.main.get_command(app), ())
    return found


@pytest.mark.parametrize("name", OPTIONS)
def test_every_command_is_there_with_its_options(name: str) -> None:
    command = commands()[name]
    options = {option for parameter in command.params for option in parameter.opts}
    assert OPTIONS[name] <= options
    assert command.help


def test_the_outcomes_are_those_of_the_contract() -> None:
    told = (
        "no_answer, voicemail, assistant, busy, rejected, switched_off, suspended, vacant, unreachable, wrong_number,"
        " third_party, right_party, says_paid, deceased, failed"
    )
    assert [*Outcome] == told.split(", ")


def test_every_command_answers_with_one_document(home: Home) -> None:
    """A small day, in which each command is used once."""
    later = "2026-05-12T10:00+08:00"
    steps: list[tuple[str, ...]] = [
        ("db", "upgrade"),
        ("user", "add", "wu", "--role", "supervisor", "--at", NOW),
        ("user", "reset", "wu", "--clear-totp", "--at", NOW),
        ("apikey", "add", "reports", "--address", "10.0.0.0/8", "--at", NOW),
        ("apikey", "revoke", "reports", "--at", NOW),
        ("facts", "rebuild", "--at", NOW),
        ("facts", "verify"),
        ("allocate", "--dry-run", "--at", NOW),
        ("allocate", "--portfolio", "CN", "--at", NOW),
        ("plan", "--dry-run", "--at", NOW),
        ("plan", "--portfolio", "CN", "--at", NOW),
        ("sweep", "--at", NOW),
        ("tasks", "--account", "CN/A1", "--channel", "call", "--status", "planned", "--at", NOW),
        ("send", "--at", NOW),
        ("promise", "CN/A2", "500.00", "2026-05-14T18:00+08:00", "--at", later),
        ("says-paid", "CN/A1", "--at", later),
        ("found", "CN/A1", "13612348824", "--at", later),
        ("stop", "CN/A2", "opt_out", "--channel", "sms", "--at", later),
        ("hold", "account", "CN/A2", "--until", "2026-05-20T00:00+08:00", "--at", later),
        ("pause", "CN/A2", "2026-05-16", "2026-05-20", "--at", later),
        ("referrals", "--kind", "legal", "--at", later),
        ("explain", "CN/A1", "--at", later),
        ("strategy", "show", "CN", "--at", later),
        ("clocks", "--at", later),
        ("clocks", "verify", "--at", later),
        ("audit", "seal", "--at", later),
        ("audit", "verify"),
        ("check", "--schema"),
        ("arm", "--at", later),
    ]
    for step in steps:
        done = home.run(*step, "--json")
        assert done.code == 0, (step, done)
        assert isinstance(done.document, dict), step


def test_a_call_from_the_list_to_its_outcome(home: Home) -> None:
    home.run("plan", "--at", NOW)
    taken = home.run("next-call", "--agent", "li", "--at", NOW, "--json").document
    assert (taken["account"], taken["number"]) == ("CN/A1", "+8613812348821")
    done = home.run("outcome", str(taken["task"]), "no_answer", "--note", "rang out", "--at", NOW, "--json")
    assert (done.code, done.document["outcome"]) == (0, "no_answer")
    assert home.run("next-call", "--agent", "li", "--at", NOW, "--json").document == {"task": None}


def test_only_letters_and_visits_are_done_by_saying_so(home: Home) -> None:
    home.run("plan", "--at", NOW)
    call = home.run("tasks", "--channel", "call", "--at", NOW, "--json").document["tasks"][0]["id"]
    refused = home.run("done", str(call), "--at", NOW, "--json")
    assert (refused.code, "a call has an outcome" in refused.document["error"]) == (1, True)
    assert home.run("done", "999", "--at", NOW).code == 2


def test_explain_carries_the_facts_of_the_contract(home: Home) -> None:
    document = home.run("explain", "CN/A1", "--at", NOW, "--json").document
    facts = document["facts"]
    assert {"account", "at", "facts", "segment", "stage", "rules", "next", "refused"} <= document.keys()
    wanted = ("days_past_due", "bucket", "overdue", "owed", "oldest_unpaid_due")
    assert [facts[name] for name in wanted] == [1, "M1", "1000.00", "2000.00", "2026-05-11"]
    assert {"missed_consecutive", "missed_cumulative", "asset_class"} <= facts.keys()
    assert home.run("explain", "A1", "--at", NOW, "--json").document == document, "a bare number that is unique"


def test_explain_tells_every_part_of_a_priority_and_cuts_no_time_off(home: Home) -> None:
    home.run("plan", "--at", NOW)
    [*_, step] = home.run("explain", "CN/A1", "--at", NOW, "--json").document["next"]
    assert {"tier", "weight", "balance", "chance"} <= step["priority"].keys()
    told = home.run("explain", "CN/A1", "--at", NOW).out
    assert f"{step['not_before'][:10]}" in told
    assert "…" not in told


def test_the_program_itself_keeps_stdout_for_the_document(home: Home) -> None:
    """As a process of its own: no log line, no progress, no colour beside the document."""
    command = [sys.executable, "-m", "collector", "plan", "--at", NOW, "--json"]
    done = subprocess.run(command, env=home.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["runs"][0]["portfolio"] == "CN"


def test_what_people_read_is_no_json(home: Home) -> None:
    for step in (("plan", "--at", NOW), ("tasks", "--at", NOW), ("explain", "CN/A1", "--at", NOW)):
        done = home.run(*step)
        assert done.code == 0
        assert "CN" in done.out
        with pytest.raises(json.JSONDecodeError):
            json.loads(done.out)


def test_a_dry_run_stores_nothing_that_a_plan_would(home: Home) -> None:
    before = home.rows()
    dry = home.run("plan", "--dry-run", "--at", NOW, "--json").document["runs"]
    assert home.rows() == before
    real = home.run("plan", "--at", NOW, "--json").document["runs"]
    assert [run["counts"] for run in dry] == [run["counts"] for run in real]
    assert home.rows()["task"] > before["task"]


def test_damage_is_failure_not_bad_input(home: Home) -> None:
    """Exit code 1, and the document says what was found."""
    assert home.run("audit", "seal", "--at", NOW).code == 0
    script = "DROP TRIGGER audit_entry_update;"
    script += "UPDATE audit_entry SET actor = 'nobody' WHERE id = 1; UPDATE account_state SET owed = owed + 1;"
    _by_hand(home.folder / "collector.db", script)
    for words, key in ((("audit", "verify"), "findings"), (("facts", "verify"), "differences")):
        done = home.run(*words, "--json")
        assert (done.code, bool(done.document[key])) == (1, True)
    assert home.run("facts", "rebuild", "--at", NOW).code == 0
    assert home.run("facts", "verify").code == 0


def test_a_clock_that_lapses_unseen_is_a_failure_until_somebody_was_told(home: Home) -> None:
    last, after = "2029-05-11T09:30+08:00", "2029-05-12T09:30+08:00"
    [first, *_] = home.run("clocks", "--at", last, "--json").document["clocks"]
    assert (first["account"], first["days"], first["clock"]) == ("CN/A1", 0, "limitation")
    assert home.run("clocks", "verify", "--at", last).code == 0
    done = home.run("clocks", "verify", "--at", after, "--json")
    assert (done.code, [one["clock"] for one in done.document["silent"]]) == (1, ["limitation"])
    assert "nobody was told" in home.run("clocks", "verify", "--at", after).out
    assert home.run("sweep", "--at", after).code == 0
    assert home.run("clocks", "verify", "--at", after).code == 0


def _by_hand(database: Path, script: str) -> None:
    with sqlite3.connect(database) as connection:
        connection.executescript(script)
