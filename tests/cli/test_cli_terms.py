"""Terms at the command line: proposed for a second person, listed, shown to the cent."""

from __future__ import annotations

from cli_runs import Home

AT = ("--at", "2026-05-12T09:30+08:00")
SETTLE = ("terms", "propose", "CN/A1", "settlement", "--reason", "lost the shop")


def test_terms_are_proposed_listed_and_shown(home: Home) -> None:
    done = home.run(*SETTLE, "--total", "1500.00", "--due-on", "2026-05-20", *AT, "--json")
    assert done.code == 0, done
    made = done.document
    assert made["state"] == "awaiting_approval"
    assert made["waived"] == {"penalty": "0.00", "fees": "0.00", "interest": "0.00", "principal": "500.00"}
    assert made["approval"]
    [listed] = home.run("terms", "list", "--json").document["terms"]
    assert (listed["account"], listed["total"], listed["due_on"]) == ("CN/A1", "1500.00", "2026-05-20")
    shown = home.run("terms", "show", str(made["terms"]), *AT, "--json").document
    assert (shown["scheduled"], shown["paid"], shown["waived_in_all"]) == ("2000.00", "0.00", "0.00")
    assert "settlement" in home.run("terms", "list").out


def test_nothing_is_told_before_a_second_person_agrees(home: Home) -> None:
    made = home.run(*SETTLE, "--total", "1500.00", "--due-on", "2026-05-20", *AT, "--json").document
    done = home.run("terms", "move", str(made["terms"]), "offer", *AT)
    assert (done.code, "awaiting approval" in done.err) == (1, True)


def test_bad_input_is_one_sentence_and_exit_code_2(home: Home) -> None:
    for words, said in (
        ((*SETTLE, "--total", "2000.00", "--due-on", "2026-05-20", *AT), "nothing would be waived"),
        ((*SETTLE, "--total", "1.00", "--due-on", "soon", *AT), "is no day; write YYYY-MM-DD"),
        (("terms", "move", "1", "fly", *AT), "is no step; choose from offer, sign, withdraw, close"),
        (("terms", "show", "77", *AT), "there are no terms 77"),
        (("terms", "advances", "CN", "May", *AT), "is no month; write YYYY-MM"),
        (("terms", "advances", "CN", "2026-04", *AT), "nothing of this month is unpaid"),
    ):
        done = home.run(*words)
        assert (done.code, said in " ".join(done.err.split())) == (2, True), (words, done)


def test_the_advances_of_a_month_wait_for_a_second_person(home: Home) -> None:
    done = home.run("terms", "advances", "CN", "2026-05", *AT, "--json")
    assert done.code == 0, done
    assert (done.document["accounts"], done.document["total"]) == (1, "1000.00")
