"""Retention on the command line: terms, a count, a question for a second person, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_runs import Home

SOON = ("--at", "2026-05-13T12:00+08:00")
AT = ("--at", "2040-05-13T12:00+08:00")


def test_a_count_says_what_is_kept_by_which_law_and_nothing_goes_by_itself(home: Home) -> None:
    planned = home.run("retention", "plan", *SOON, "--json")
    assert (planned.code, planned.document["state"], planned.document["due"]) == (0, "planned", 0), planned
    assert {one["fate"] for one in planned.document["found"]} == {"stays"}
    assert "owed" in {one["by"] for one in planned.document["found"]}
    number = str(planned.document["purge"])
    refused = home.run("retention", "purge", number, *SOON, "--json")
    assert (refused.code, "second person" in refused.document["error"]) == (1, True)
    nothing = home.run("retention", "propose", number, *SOON, "--json")
    assert (nothing.code, "nothing may go" in nothing.document["error"]) == (2, True)
    listed = home.run("retention", "list", "--json")
    assert [one["purge"] for one in listed.document["purges"]] == [planned.document["purge"]]
    assert home.run("retention", "verify", "--json").code == 0


def test_what_is_due_waits_for_a_second_person(home: Home) -> None:
    planned = home.run("retention", "plan", *AT, "--json")
    assert planned.document["due"] > 0
    asked = home.run("retention", "propose", str(planned.document["purge"]), *AT, "--json")
    assert (asked.code, asked.document["approval"] > 0) == (0, True), asked
    assert home.run("retention", "purge", str(planned.document["purge"]), *AT, "--json").code == 1


def test_a_hold_waits_for_a_second_person(home: Home) -> None:
    asked = home.run("retention", "hold", "CN/A1", "--reason", "letter of 2040-05-01", *AT, "--json")
    assert (asked.code, asked.document["approval"] > 0) == (0, True), asked
    assert home.run("retention", "list", "--json").document["holds"] == []


def test_every_term_names_its_source(home: Home) -> None:
    found = home.run("retention", "terms", "--json").document["terms"]
    assert {one["pack"] for one in found} == {"cn", "us", "in", "uk", "house"}
    assert all(one["source"] and one["evidence"] for one in found)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        pytest.param(["purge", "7"], 2, "there is no purge 7", id="an absent purge"),
        pytest.param(["hold", "XX", "--reason", "x"], 2, "", id="an absent portfolio"),
        pytest.param(["hold", "CN", "--reason", " "], 2, "by whose letter", id="no reason"),
        pytest.param(["lift", "7", "--reason", "x"], 2, "no retention hold 7", id="an absent hold"),
    ],
)
def test_what_is_wrong_is_told(home: Home, words: list[str], code: int, told: str) -> None:
    done = home.run("retention", *words, *AT, "--json")
    assert (done.code, told in done.document["error"]) == (code, True), done


def test_a_certificate_takes_a_folder_of_its_own(home: Home, tmp_path: Path) -> None:
    number = str(home.run("retention", "plan", *AT, "--json").document["purge"])
    there = home.run("retention", "certificate", number, "--out", str(tmp_path), "--json")
    assert (there.code, "exists already" in there.document["error"]) == (2, True)
    early = home.run("retention", "certificate", number, "--out", str(tmp_path / "new"), "--json")
    assert (early.code, "when it is done" in early.document["error"]) == (1, True)
    assert not (tmp_path / "new").exists()
