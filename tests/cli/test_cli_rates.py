"""Rates on the command line: listed, proposed one by one or as a file, and in force only after a second person."""

from __future__ import annotations

import pytest
from cli_runs import Home

NOON = ("--at", "2026-05-13T12:00+08:00")
CN = ("--portfolio", "CN")


def test_changes_are_proposed_and_accounts_without_a_rate_are_named_with_their_currency(home: Home) -> None:
    one = home.run(
        "rates", "add", *CN, "--from", "2026-05-01", "--penalty", "18", "--reason", "notice 7", *NOON, "--json"
    )
    assert (one.code, one.document["changes"]) == (0, 1), one
    body = "account_no,from_on,penalty_rate,reason\nA1,2026-05-01,12,notice 8\nCN/A2,2026-05-01,12,notice 8\n"
    many = home.run("rates", "load", home.file("rates.csv", body), *CN, *NOON, "--json")
    assert (many.code, many.document["changes"]) == (0, 2), many
    listed = home.run("rates", "list", *CN, "--json")
    assert listed.document == {
        "rates": [],
        "currency": "CNY",
        "accounts_without": {"annual_rate": 3, "penalty_rate": 3},
    }
    assert "3 accounts in CNY without annual_rate" in home.run("rates", "list", *CN).out


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param("from_on,reason\n2026-05-01,n\n", "line 2: give the annual rate", id="no rate"),
        pytest.param("from_on,penalty_rate\n2026-05-01,1\n", "lacks the columns reason", id="a column missing"),
        pytest.param("from_on,reason,rate\n2026-05-01,n,1\n", "unknown columns rate", id="an unknown column"),
        pytest.param("from_on,reason,penalty_rate\n", "no change of rate in it", id="an empty file"),
    ],
)
def test_a_wrong_file_is_told_by_line(home: Home, body: str, told: str) -> None:
    done = home.run("rates", "load", home.file("rates.csv", body), *CN, *NOON, "--json")
    assert done.code == 2, done
    assert told in done.document["error"]
