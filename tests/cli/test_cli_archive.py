"""The archive on the command line: placed, lent, late, returned."""

from __future__ import annotations

import pytest
from cli_runs import Home

NOON = ("--at", "2026-05-13T12:00+08:00")
LATER = ("--at", "2026-05-22T12:00+08:00")
LEND = ("--to", "counsel", "--why", "hearing", "--due", "2026-05-20")


def test_an_original_goes_out_is_late_and_comes_back(home: Home) -> None:
    added = home.run("archive", "add", "CN/A1", "contract", "--place", "vault 1, box 2", *NOON, "--json")
    assert (added.code, added.document["level"]) == (0, "vault"), added
    number = str(added.document["original"])
    lent = home.run("archive", "lend", number, *LEND, *NOON, "--json")
    assert (lent.code, lent.document["due_on"]) == (0, "2026-05-20"), lent
    again = home.run("archive", "lend", number, "--to", "x", *LEND[2:], *NOON, "--json")
    assert (again.code, "on loan" in again.document["error"]) == (1, True)
    assert home.run("archive", "overdue", *NOON, "--json").code == 0
    late = home.run("archive", "overdue", *LATER, "--json")
    assert late.code == 1
    assert [(one["account"], one["days_overdue"]) for one in late.document["originals"]] == [("CN/A1", 2)]
    back = home.run("archive", "return", number, "--by", "counsel", "--condition", "damaged", *LATER, "--json")
    assert (back.code, back.document["condition"]) == (0, "damaged"), back
    shown = home.run("archive", "show", number, *LATER, "--json")
    assert [one["step"] for one in shown.document["steps"]] == ["brought_back", "lent", "put_on_its_shelf"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        pytest.param(["add", "CN/A1", "contract"], 2, "say where it lies", id="nowhere"),
        pytest.param(["add", "CN/A9", "contract", "--place", "x"], 2, "no account", id="an absent account"),
        pytest.param(["lend", "7", *LEND], 2, "", id="an absent original"),
        pytest.param(["place", "7", "box", "--on", "May"], 2, "is no day", id="no day"),
    ],
)
def test_what_is_wrong_is_told(home: Home, words: list[str], code: int, told: str) -> None:
    done = home.run("archive", *words, *NOON, "--json")
    assert (done.code, told in done.document["error"]) == (code, True), done
