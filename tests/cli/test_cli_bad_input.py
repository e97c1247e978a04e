"""Bad input through the door: exit code 2, the place and the reason, nothing stored, never a traceback."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from cli_runs import Home, Run

NOW = "2026-05-12T18:00+08:00"
ACCOUNT = "account_no,borrower_name,phone,principal,opened_on\n"
PAYMENT = "reference,account_no,amount,paid_at\n"
INSTALMENT = "account_no,number,due_on,amount_due\n"


def refused(home: Home, *words: str) -> Run:
    """A command that must be refused and change nothing."""
    before = home.rows()
    done = home.run(*words)
    assert done.code == 2, done
    assert home.rows() == before
    return done


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        pytest.param("accounts", ACCOUNT.encode() + "B1,张三,,,\n".encode("gbk"), ["line 2", "GBK"], id="GBK"),
        pytest.param("accounts", (ACCOUNT + "B1,张三,,,\n").encode("utf-16"), ["UTF-16"], id="UTF-16"),
        pytest.param("accounts", b"borrower_name\nWang\n", ["account_no is missing"], id="missing column"),
        pytest.param("accounts", b"", ["empty"], id="empty file"),
        pytest.param("accounts", ACCOUNT.encode(), ["no row"], id="header only"),
        pytest.param("accounts", ACCOUNT.encode() + b"B1,Wang,,,\nB2,Li", ["line 3", "cut off"], id="cut off"),
        pytest.param("accounts", b"PK\x03\x04 and no more", ["damaged"], id="cut off workbook"),
        pytest.param("payments", b"%PDF-1.7", ["PDF"], id="not a table"),
    ],
)
def test_files_that_can_not_be_read_are_refused_whole(home: Home, kind: str, body: bytes, told: list[str]) -> None:
    done = refused(home, "load", kind, home.file("bad.csv", body), "--portfolio", "CN", "--at", NOW)
    for word in ("bad.csv", *told):
        assert word in done.err
    assert done.out == ""


def stored(home: Home) -> dict[str, int]:
    """Rows of everything but the record that a file was seen."""
    return {name: count for name, count in home.rows().items() if name not in ("load_run", "audit_entry")}


@pytest.mark.parametrize(
    ("kind", "row", "column", "reason"),
    [
        pytest.param("accounts", ACCOUNT + "B1,Wang,12345,,\n", "phone", "not a phone number", id="no phone number"),
        pytest.param("accounts", ACCOUNT + "B1,Wang,,-5,\n", "principal", "negative", id="negative amount"),
        pytest.param("accounts", ACCOUNT + f"B1,Wang,,{'9' * 20},\n", "principal", "larger", id="huge amount"),
        pytest.param("accounts", ACCOUNT + "B1,=cmd|x!A0,,,\n", "borrower_name", "formula", id="formula"),
        pytest.param("accounts", ACCOUNT + "B1,Wang,,,2026-02-30\n", "opened_on", "day", id="impossible date"),
        pytest.param("instalments", INSTALMENT + "A1,9,2026-13-01,5\n", "due_on", "", id="impossible month"),
        pytest.param("instalments", INSTALMENT + "ZZ,1,2026-06-01,5\n", "account_no", "", id="unknown account"),
        pytest.param("payments", PAYMENT + "P9,A1,-5,2026-05-12\n", "amount", "", id="negative payment"),
        pytest.param("payments", PAYMENT + "P9,A1,0,2026-05-12\n", "amount", "", id="payment of nothing"),
        pytest.param("payments", PAYMENT + "P9,A1,5,2027-05-12\n", "paid_at", "", id="payment still to come"),
        pytest.param(
            "portfolios",
            "code,creditor,collector_type,debt_type,currency,timezone,jurisdiction,language,sender_name\n"
            "XX,B,creditor,bank_loan,ZZZ,Asia/Shanghai,cn,zh,B\n",
            "currency",
            "",
            id="unknown currency",
        ),
    ],
)
def test_rows_that_are_wrong_are_refused_with_their_place(
    home: Home, kind: str, row: str, column: str, reason: str
) -> None:
    before = stored(home)
    rejects = home.folder / "rejects.csv"
    where = [] if kind == "portfolios" else ["--portfolio", "CN"]
    done = home.run("load", kind, home.file("bad.csv", row), *where, "--rejects", str(rejects), "--at", NOW, "--json")
    assert done.code == 2
    assert stored(home) == before
    assert (done.document["read"], done.document["rejected"], done.document["accepted"]) == (1, 1, 0)
    [problem] = done.document["problems"]
    assert (problem["file"], problem["line"], problem["column"]) == ("bad.csv", 2, column)
    assert reason in problem["reason"]
    assert f"bad.csv, line 2, column {column}: " in done.err
    assert column in rejects.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("place", "told"),
    [
        pytest.param("none/out.csv", "folder does not exist", id="no such folder"),
        pytest.param(".", "this is a folder", id="a folder"),
        pytest.param("bad.csv", "the file being loaded", id="the file itself"),
    ],
)
def test_where_refused_rows_can_not_go_is_said_before_anything_is_loaded(home: Home, place: str, told: str) -> None:
    before = stored(home)
    body = ACCOUNT + "B1,Wang,,10,\nB2,Li,,-1,\n"
    file = home.file("bad.csv", body)
    where = home.folder / place if place != "bad.csv" else file
    done = refused(home, "load", "accounts", file, "--portfolio", "CN", "--rejects", str(where), "--at", NOW)
    assert told in done.err
    assert stored(home) == before
    with open(file, encoding="utf-8") as kept:
        assert kept.read() == body


def test_what_is_right_is_loaded_beside_what_is_wrong(home: Home) -> None:
    body = ACCOUNT + "B1,Wang,,10,\nB2,Li,,-1,\nB1,Zhao,,10,\n"
    done = home.run("load", "accounts", home.file("mixed.csv", body), "--portfolio", "CN", "--at", NOW, "--json")
    totals = [done.document[key] for key in ("read", "accepted", "unchanged", "rejected")]
    assert (done.code, totals) == (2, [3, 1, 0, 2])
    assert [problem["line"] for problem in done.document["problems"]] == [3, 4]
    assert "use --rejects" in done.err
    again = home.run(
        "load", "accounts", home.file("good.csv", ACCOUNT + "B1,Wang,,10,\n"), "--portfolio", "CN", "--json"
    )
    assert (again.code, again.document["unchanged"]) == (0, 1)


def test_a_workbook_that_unpacks_without_end_is_refused(home: Home) -> None:
    path = home.folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 5_000_000)
    done = refused(home, "load", "accounts", str(path), "--portfolio", "CN", "--at", NOW)
    assert "bomb.xlsx" in done.err
    assert "times its size" in done.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("kind: &a accounts\nportfolio: *a\n", ["line 1", "aliases"], id="alias"),
        pytest.param("kind: accounts\nkind: payments\n", ["line 2", "twice"], id="duplicate key"),
        pytest.param("kind: accounts\nrenames: {a: b}\n", ["renames", "rename"], id="unknown key"),
        pytest.param("kind: !!python/object/apply:os.getcwd []\n", ["tags"], id="code"),
        pytest.param("[" * 5000, ["nested"], id="deep"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused(home: Home, text: str, told: list[str]) -> None:
    file = home.file("book.csv", ACCOUNT + "B1,Wang,,10,\n")
    mapping = home.file("map.yaml", text)
    done = refused(home, "load", "accounts", file, "--portfolio", "CN", "--mapping", mapping, "--at", NOW)
    for word in ("map.yaml", *told):
        assert word in done.err


def strategy(home: Home) -> str:
    return str(home.run("strategy", "show", "CN", "--at", NOW, "--json").document["yaml"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(("M2: [31, 60]", "M2: [33, 60]"), ["line", "gap"], id="a gap between buckets"),
        pytest.param(("bucket: [current]", "bucket: [currant]"), ["not-late", "currant"], id="unknown bucket"),
        pytest.param(("{callers: 3,", "{callers: 3, callers: 4,"), ["line", "twice"], id="duplicate key"),
        pytest.param(("name: cn-default", "name: &a cn-default"), ["line 3", "anchors"], id="anchor"),
        pytest.param(("template: overdue-first", "template: overdue-frist"), ["overdue-frist"], id="no such template"),
        pytest.param(("buckets:", "buckats:"), ["buckats"], id="unknown section"),
    ],
)
@pytest.mark.parametrize("how", ["validate", "publish"])
def test_a_strategy_that_is_wrong_never_reaches_publication(
    home: Home, change: tuple[str, str], told: list[str], how: str
) -> None:
    text = strategy(home)
    assert change[0] in text
    file = home.file("strategy.yaml", text.replace(*change, 1))
    more = ["--reason", "try", "--at", NOW] if how == "publish" else []
    done = refused(home, "strategy", how, file, *more)
    for word in told:
        assert word in done.err


def test_the_shipped_strategy_can_be_published_again(home: Home) -> None:
    file = home.file("strategy.yaml", strategy(home))
    assert home.run("strategy", "validate", file, "--json").document["valid"] is True
    done = home.run("strategy", "publish", file, "--reason", "first", "--at", NOW, "--json")
    assert (done.code, done.document["versions"][0]["version"]) == (0, 1)
    assert home.run("strategy", "diff", file, "--at", NOW, "--json").document == {"flows": []}


TEMPLATE = "purpose: overdue\ntone: courteous\ndescription: x\n---\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("您好 {{ nickname }}", "nickname", id="unknown variable"),
        pytest.param("{{ name.__class__ }}", "overdue-first", id="attribute"),
        pytest.param("{% include 'reminder.j2' %}", "overdue-first", id="include"),
        pytest.param("{% for i in range(9) %}x{% endfor %}", "overdue-first", id="loop"),
        pytest.param("{{ name", "overdue-first", id="not closed"),
    ],
)
def test_a_template_outside_the_allowed_stops_the_strategy(home: Home, text: str, told: str) -> None:
    """Laid over the shipped ones: what it asks for must exist, and be of the few things templates may do."""
    overlay = home.folder / "templates"
    folder = overlay / "sms" / "zh"
    folder.mkdir(parents=True)
    (folder / "overdue-first.j2").write_text(TEMPLATE + text, encoding="utf-8")
    file = home.file("strategy.yaml", strategy(home))
    done = refused(home.with_settings(templates_dir=str(overlay)), "strategy", "validate", file)
    assert told in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["plan", "--at", "2026-05-12T09:30"], "offset", id="no offset"),
        pytest.param(["sweep", "--at", "yesterday"], "yesterday", id="no time"),
        pytest.param(["plan", "--portfolio", "ZZ", "--at", NOW], "ZZ", id="unknown portfolio"),
        pytest.param(["explain", "CN/ZZ", "--at", NOW], "ZZ", id="unknown account"),
        pytest.param(["explain", "ZZ/A1", "--at", NOW], "", id="account of no portfolio"),
        pytest.param(["explain", "", "--at", NOW], "", id="no account"),
        pytest.param(["tasks", "--account", "CN/ZZ"], "", id="tasks of nobody"),
        pytest.param(["tasks", "--status", "lost"], "lost", id="unknown status"),
        pytest.param(["tasks", "--channel", "fax"], "fax", id="unknown channel"),
        pytest.param(["outcome", "1", "maybe", "--at", NOW], "maybe", id="unknown outcome"),
        pytest.param(["outcome", "999999", "busy", "--at", NOW], "999999", id="unknown task"),
        pytest.param(["outcome", "9" * 30, "busy", "--at", NOW], "", id="a number beyond all"),
        pytest.param(["outcome", "one", "busy", "--at", NOW], "", id="no number"),
        pytest.param(["next-call", "--agent", "nobody", "--at", NOW], "nobody", id="unknown agent"),
        pytest.param(["promise", "CN/A1", "-5", "2026-05-20T10:00+08:00"], "", id="negative promise"),
        pytest.param(["promise", "CN/A1", "0", "2026-05-20T10:00+08:00", "--at", NOW], "zero", id="promise of nothing"),
        pytest.param(["promise", "CN/A1", "9" * 30, "2026-05-20T10:00+08:00", "--at", NOW], "", id="huge promise"),
        pytest.param(["promise", "CN/A1", "nan", "2026-05-20T10:00+08:00", "--at", NOW], "nan", id="no amount"),
        pytest.param(["promise", "CN/A1", "5", "2026-05-20", "--at", NOW], "2026-05-20", id="a promise without hour"),
        pytest.param(["promise", "CN/A1", "5", "2026-05-11T10:00+08:00", "--at", NOW], "due after", id="for yesterday"),
        pytest.param(["found", "CN/A1", "12345", "--at", NOW], "phone", id="no phone"),
        pytest.param(["found", "CN/ZZ", "13812348821", "--at", NOW], "", id="found nobody"),
        pytest.param(["stop", "CN/A1", "tired", "--at", NOW], "tired", id="unknown stop"),
        pytest.param(["stop", "CN/A1", "cease", "--channel", "sms", "--at", NOW], "opt_out", id="stop of a channel"),
        pytest.param(["hold", "segment", "CN", "--at", NOW], "CODE:segment", id="segment without name"),
        pytest.param(["hold", "account", "--at", NOW], "account", id="hold of nothing"),
        pytest.param(["hold", "account", "--lift", "99", "--at", NOW], "", id="unknown hold"),
        pytest.param(["pause", "CN/A1", "2026-05-20", "2026-05-10", "--at", NOW], "pause", id="backwards"),
        pytest.param(["pause", "CN/A1", "2026-02-30", "2026-03-02", "--at", NOW], "2026-02-30", id="impossible day"),
        pytest.param(["referrals", "--kind", "magic"], "magic", id="unknown queue"),
        pytest.param(["load", "accounts", "nowhere.csv", "--portfolio", "CN"], "nowhere.csv", id="no such file"),
        pytest.param(["load", "accounts", ".", "--portfolio", "CN"], "", id="a folder"),
        pytest.param(["load", "gossip", "x.csv"], "gossip", id="unknown kind"),
        pytest.param(["user", "add", "x y", "--role", "king", "--at", NOW], "king", id="unknown role"),
        pytest.param(["apikey", "add", "k", "--portfolio", "ZZ", "--at", NOW], "ZZ", id="key for nothing"),
        pytest.param(["apikey", "add", "k", "--address", "10.0.0.7/8", "--at", NOW], "10.0.0.7/8", id="no network"),
        pytest.param(["apikey", "add", "k", "--expires", NOW, "--at", NOW], "ended", id="key that is over"),
        pytest.param(["apikey", "revoke", "k", "--at", NOW], "'k'", id="no such key"),
        pytest.param(["user", "reset", "nobody", "--at", NOW], "nobody", id="reset of nobody"),
        pytest.param(["strategy", "validate", "nowhere.yaml"], "nowhere.yaml", id="no such strategy"),
        pytest.param(["strategy", "validate", "."], "", id="a folder is no strategy"),
        pytest.param(["strategy", "show", "ZZ"], "ZZ", id="strategy of nothing"),
        pytest.param(["check"], "file", id="nothing to check"),
        pytest.param(["check", "nowhere.json"], "nowhere.json", id="no such document"),
    ],
)
def test_words_that_mean_nothing_here_are_bad_input(home: Home, words: list[str], told: str) -> None:
    done = refused(home, *words)
    assert told in done.err
    assert done.out == ""


def test_what_is_there_already_is_a_conflict(home: Home) -> None:
    """Not bad input: exit code 1."""
    before = home.rows()
    assert home.run("user", "add", "li", "--at", NOW).code == 1
    assert home.rows() == before


def test_an_error_is_one_document_too(home: Home) -> None:
    done = refused(home, "explain", "CN/ZZ", "--at", NOW, "--json")
    assert set(done.document) == {"error", "problems"}


def test_an_unreadable_file_says_so_with_its_name(home: Home, tmp_path: Path) -> None:
    (tmp_path / "locked.csv").mkdir()
    assert "locked.csv" in refused(home, "load", "accounts", str(tmp_path / "locked.csv"), "--portfolio", "CN").err
