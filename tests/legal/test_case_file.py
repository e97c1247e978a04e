"""The case file: complete, the same each time, and whatever is touched is found."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from case_making import AT, DEMAND, ID_NO, LAWYER, PDF, SECRET, THEIR, Case, everything, words
from floor import moment
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.casework import casefiles
from collector.foundation.database import Database
from collector.foundation.errors import BadInput, Conflict
from collector.foundation.keys import Keys
from collector.foundation.typesetting import Typesetter
from collector.history.actions.clocks import ClockNote
from collector.history.rules import DocumentKind
from collector.law.rules import Happening
from collector.legal.casefile.manifest import fingerprint, public_of, signing_key, verify_folder
from collector.legal.casefile.tables import CaseFile
from collector.portfolio.rules import Security
from collector.portfolio.tables import Account
from collector.terms.rules import TermsKind, TermsState
from collector.terms.tables import Terms


@pytest.fixture(scope="module")
def made(
    databases: Callable[[str], AbstractContextManager[Database]],
    tmp_path_factory: pytest.TempPathFactory,
    typesetter: Typesetter,
) -> Iterator[Path]:
    """One case file that tests copy before they touch it."""
    with databases("sqlite") as database:
        yield Case(database, tmp_path_factory.mktemp("made")).make("case", typesetter)[0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_case_gives_the_same_bytes(case: Case, typesetter: Typesetter, language: str) -> None:
    first, _ = case.make("one", typesetter, language)
    with Typesetter(typesetter.folder) as another:
        second, _ = case.make("two", another, language)
    assert everything(first) == everything(second)


def test_it_is_bookmarked_and_holds_what_it_must(case: Case, typesetter: Typesetter) -> None:
    folder, made = case.make("case", typesetter)
    reader = PdfReader(BytesIO((folder / "case-file.pdf").read_bytes()))
    titles = [str(one.title) for one in reader.outline]  # type: ignore[union-attr]
    assert titles[:3] == ["目录", "完整性检查", "证据目录"]
    assert len(titles) == 3 + 19
    assert len(reader.pages) == made.pages
    text = words(folder).replace("\n", "")
    for wanted in (
        "张三丰 *_$@<b>",
        ID_NO,
        "标记路七号",
        case.who.number,
        DEMAND,
        "本人接听",
        "已送达",
        "¥984.47",
        "到访",
    ):
        assert wanted.replace(" ", "") in text.replace(" ", ""), wanted


def test_a_paper_on_file_does_not_become_privileged_or_open_unseen(case: Case) -> None:
    with pytest.raises(Conflict, match="privileged"):
        case.file(PDF + DocumentKind.contract.encode(), DocumentKind.contract, privileged=True)
    with pytest.raises(Conflict, match="privileged"):
        case.file(PDF + SECRET.encode(), DocumentKind.other)


def test_it_tells_of_clocks_and_of_terms_that_were_told_and_of_no_others(case: Case, typesetter: Typesetter) -> None:
    told = {
        "portfolio_id": case.story.cn,
        "account_id": case.who.account_id,
        "due_on": date(2026, 6, 5),
        "reason": SECRET,
    }
    by = {"proposed_at": moment("2026-06-01 10:00"), "proposed_by": "x", "state_by": "x"}
    by["state_at"] = moment("2026-06-02 10:00")
    with case.story.database.begin() as session:
        for state, kind, total in (
            (TermsState.fulfilled, TermsKind.settlement, 777_10),
            (TermsState.approved, TermsKind.waiver, 888_20),
            (TermsState.fulfilled, TermsKind.write_off, 999_30),
        ):
            session.add(Terms(state=state, kind=kind, total=total, principal_waived=5_55, **told, **by))
    account, now = case.who.account_id, moment("2026-06-15 10:00")
    paper = case.file(PDF + b"slip", DocumentKind.letter_receipt)
    for kind, more in (
        (Happening.acknowledged, {"document_id": paper}),
        (Happening.let_go, {"clock": "limitation"}),
    ):
        case.story.do(casework.note_clock, account, ClockNote(kind, date(2026, 6, 14), **more), now=now, actor=LAWYER)
    folder, _ = case.make("case", typesetter)
    text = words(folder).replace("\n", "").replace(" ", "")
    for wanted in ("减免结清", "¥777.10", "¥5.55", "已履行", "诉讼时效", "书面确认债务", f"document:{paper}"):
        assert wanted in text, wanted
    for closed in ("888.20", "999.30", "let_go"):
        assert closed not in text, closed


def test_what_is_privileged_internal_or_of_a_third_party_never_leaves(case: Case, typesetter: Typesetter) -> None:
    folder, _ = case.make("case", typesetter)
    found = everything(folder)
    for word in (SECRET, THEIR, "王小二", "+8613911112222"):
        assert all(word.encode() not in body for body in found.values()), word
        assert word not in words(folder), word
    assert "王**" in words(folder)
    assert len([name for name in found if name.startswith("originals/")]) == 4


def test_what_is_missing_is_named_with_who_can_supply_it(case: Case, typesetter: Typesetter) -> None:
    folder, made = case.make("case", typesetter)
    assert [str(one) for one in made.missing] == ["plaintiff", "signature", "service_address", "guarantee"]
    text = words(folder)
    assert "缺失" in text
    assert "借款合同" not in text.split("证据目录")[1].split("1  原告")[0]


def test_each_file_that_left_is_on_record(case: Case, typesetter: Typesetter) -> None:
    folder, made = case.make("case", typesetter)
    [row] = case.story.rows(CaseFile)
    assert (row.sha256, row.pages, row.files, row.actor) == (made.sha256, made.pages, made.files, "user:law")
    [entry] = case.story.rows(AuditEntry, AuditEntry.action == "casefile.made")
    assert entry.subject == f"case_file:{row.id}"
    assert entry.detail["sha256"] == row.sha256
    assert verify_folder(folder).is_whole


def test_a_paper_whose_bytes_changed_is_never_bound(case: Case, typesetter: Typesetter) -> None:
    number = case.file(PDF + b"more", DocumentKind.signature)
    path = next((case.home / "documents").rglob(f"{number}.*"))
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(Conflict, match=f"document {number} is not what was filed"):
        case.make("case", typesetter)
    path.unlink()
    with pytest.raises(Conflict, match="not where it was filed"):
        case.make("case", typesetter)
    assert [one.name for one in case.home.iterdir() if "case" in one.name] == []
    assert case.story.rows(CaseFile) == []


def test_a_folder_that_holds_something_is_left_alone(case: Case, typesetter: Typesetter) -> None:
    (case.home / "case").mkdir()
    (case.home / "case" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict, match="never laid over another"):
        case.make("case", typesetter)
    assert (case.home / "case" / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_the_names_of_the_book_are_never_paths(case: Case, typesetter: Typesetter) -> None:
    with case.story.database.begin() as session:
        session.get_one(Account, case.who.account_id).account_no = "../../x"
    results = casefiles.make_case_files(
        case.story.office, [case.who.account_id], case.home / "out", casefiles.CaseOrder(AT), actor=LAWYER, now=AT
    )
    assert [one.folder.name for one in results] == [str(case.who.account_id)]
    assert [one.name for one in (case.home / "out").iterdir()] == [str(case.who.account_id)]


def test_one_that_can_not_be_made_does_not_stop_the_others(case: Case) -> None:
    other = case.story.borrower("2026-05-10")
    (case.home / "out" / str(other.account_id)).mkdir(parents=True)
    (case.home / "out" / str(other.account_id) / "x").write_text("", encoding="utf-8")
    seen = []
    results = casefiles.make_case_files(
        case.story.office,
        [other.account_id, case.who.account_id],
        case.home / "out",
        casefiles.CaseOrder(AT),
        actor=LAWYER,
        now=AT,
        told=lambda done, total: seen.append((done, total)),
    )
    assert [one.made is None for one in results] == [True, False]
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize("security", list(Security))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_security_in_both_languages(
    databases: Callable[[str], AbstractContextManager[Database]],
    tmp_path: Path,
    typesetter: Typesetter,
    security: Security,
    language: str,
) -> None:
    with databases("sqlite") as database:
        folder, _ = Case(database, tmp_path, security).make("case", typesetter, language)
    assert verify_folder(folder).is_whole


def test_the_workbook_adds_up_and_obeys_nothing(made: Path) -> None:
    book = CalamineWorkbook.from_path(made / "balance.xlsx")
    parts = book.get_sheet_by_name("balance").to_python()
    assert parts[-1][-1] == pytest.approx(984.47)
    assert sum(row[-1] for row in parts[1:-1]) == pytest.approx(984.47)  # type: ignore[misc]
    ledger = book.get_sheet_by_name("ledger").to_python()
    assert ledger[-1][-1] == pytest.approx(984.47)


# --- the check ---


def names_in(folder: Path) -> list[str]:
    return sorted(everything(folder))


def test_an_untouched_folder_is_whole_also_elsewhere(made: Path, tmp_path: Path) -> None:
    found = verify_folder(Path(shutil.copytree(made, tmp_path / "copy")))
    assert (found.wrong, found.files) == ((), 7)


def test_a_changed_byte_anywhere_is_found(made: Path, tmp_path: Path) -> None:
    """Every file, at its start, its end and in between; in each place another bit."""
    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    for name in names_in(made):
        body = (made / name).read_bytes()
        for place in {0, 1, len(body) // 3, len(body) // 2, len(body) - 2, len(body) - 1}:
            for bit in (1, 32, 128):
                changed = bytearray(body)
                changed[place] ^= bit
                (copy / name).write_bytes(changed)
                found = verify_folder(copy)
                assert any(name in one for one in found.wrong), (name, place, bit)
        (copy / name).write_bytes(body)
    assert verify_folder(copy).is_whole


def test_what_was_removed_is_named(made: Path, tmp_path: Path) -> None:
    for name in names_in(made):
        copy = Path(shutil.copytree(made, tmp_path / name.replace("/", "-")))
        (copy / name).unlink()
        if name == "manifest.json":
            with pytest.raises(BadInput, match=r"holds no manifest\.json"):
                verify_folder(copy)
        else:
            assert any(name in one for one in verify_folder(copy).wrong)


@pytest.mark.parametrize("name", ["more.pdf", "originals/more.pdf", ".hidden", "deep/in/it"])
def test_what_was_added_is_named(made: Path, tmp_path: Path, name: str) -> None:
    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    (copy / name).parent.mkdir(parents=True, exist_ok=True)
    (copy / name).write_bytes(b"")
    assert verify_folder(copy).wrong == (f"{name} was added",)


def test_a_link_never_stands_for_a_file(made: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    (copy / "case-file.pdf").unlink()
    os.symlink(made / "case-file.pdf", copy / "case-file.pdf")
    assert verify_folder(copy).wrong == ("case-file.pdf was changed",)


def test_whoever_signs_anew_does_not_have_the_key(made: Path, tmp_path: Path) -> None:
    """A forger changes a paper, makes the manifest fit, and lays a key of their own beside it."""
    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    ours = (made / "manifest.pub").read_text(encoding="ascii").strip()
    body = (copy / "manifest.json").read_bytes().replace(b'"total": 98447', b'"total": 98547')
    assert body != (made / "manifest.json").read_bytes()
    forger = signing_key(b"f" * 32)
    (copy / "manifest.json").write_bytes(body)
    (copy / "manifest.sig").write_bytes(forger.sign(body).hex().encode() + b"\n")
    (copy / "manifest.pub").write_bytes(public_of(forger).encode() + b"\n")
    assert verify_folder(copy).is_expected_key is None
    found = verify_folder(copy, ours)
    assert "somebody else signed" in found.wrong[0]
    assert verify_folder(made, ours).is_expected_key is True


def test_the_fingerprint_of_the_key_stands_on_the_cover(made: Path) -> None:
    key = fingerprint(public_of(signing_key(Keys(b"a master secret for tests, 32 bytes!").derive(casefiles.KEY))))
    assert key in words(made)


def test_an_entry_that_was_made_to_fit_is_found(made: Path, tmp_path: Path) -> None:
    """Also by whoever has the key: the chain of the audit stands on its own."""
    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    document = json.loads((copy / "audit.json").read_bytes())
    told = [one for one in document["entries"] if "detail" in one]
    assert told
    assert all(one["position"] for one in document["entries"])
    told[0]["actor"] = "user:somebody"
    (copy / "audit.json").write_text(json.dumps(document), encoding="utf-8")
    found = verify_folder(copy).wrong
    assert f"audit.json: entry {told[0]['id']} does not read as it was sealed" in found


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b'{"format": "collector-case-file/1", "case": {}, "files": [1]}', b"[" * 100_000],
    ids=["empty", "object", "list", "null", "no file", "deep"],
)
def test_any_manifest_is_read_without_falling_over(made: Path, tmp_path: Path, body: bytes) -> None:
    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    (copy / "manifest.json").write_bytes(body)
    assert any("can not be read" in one for one in verify_folder(copy).wrong)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_bit_of_any_file_is_found(made: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(names_in(made)))
    path = made / name
    body = path.read_bytes()
    place, bit = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(body)
    changed[place] ^= 1 << bit
    try:
        path.write_bytes(changed)
        assert any(name in one for one in verify_folder(made).wrong), (name, place, bit)
    finally:
        path.write_bytes(body)
    assert {Path(one).suffix for one in names_in(made)} == {".json", ".sig", ".pub", ".pdf", ".png", ".xlsx"}
