"""The case file of an account, and the check of one; the balance to the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import typer

from collector.casework.casefiles import (
    KEY,
    CaseOrder,
    CaseResult,
    case_material,
    make_case_file,
    make_case_files,
    open_typesetter,
)
from collector.casework.office import Office
from collector.cli.frame import AtOption, JsonFlag, command, moment, office, progress_bar, show
from collector.foundation.clock import system_clock
from collector.foundation.errors import BadInput
from collector.foundation.files import replace_file, write_sheets
from collector.foundation.money import shown
from collector.identity.rules import COMMAND_LINE
from collector.law.rules import ClaimPart
from collector.legal.casefile.manifest import fingerprint, public_of, signing_key, verify_folder
from collector.legal.casefile.reading import Material
from collector.legal.casefile.telling import sheets, statement
from collector.legal.casefile.telling.parts import percent
from collector.legal.casefile.words import Words, words_in
from collector.legal.casefile.writing import Signer
from collector.portfolio.queries import account_by_key, portfolio_of, statement_of

VERIFY, PUBLIC = "verify", "key"


@command
def casefile(
    what: list[str] = typer.Argument(
        None, help="Accounts as CODE/NO; or: verify FOLDER, the check of a case file; or: key, the public key."
    ),
    out: Path | None = typer.Option(None, "--out", help="The folder to make; of several, one in it for each."),
    accounts: Path | None = typer.Option(None, "--from", help="More accounts, one CODE/NO a line."),
    language: str | None = typer.Option(None, "--language", help="zh or en; default: the portfolio's."),
    sign_key: Path | None = typer.Option(None, "--sign-key", help="A PKCS#12 file: signs the PDF as well."),
    recordings: bool = typer.Option(False, "--recordings", help="Recordings of calls with who owes go along."),
    expected: str | None = typer.Option(None, "--key", help="Of verify: the public key that must have signed."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Make the case file of accounts, or check one without the database."""
    what = what or []
    if what[:1] == [VERIFY] and len(what) > 1:
        _verify([Path(one) for one in what[1:]], expected, as_json=json_)
        return
    opened = office()
    if what == [PUBLIC]:
        public = public_of(signing_key(opened.keys.derive(KEY)))
        lines = [public, f"fingerprint: {fingerprint(public)}"]
        show({"public_key": public, "fingerprint": fingerprint(public)}, as_json=json_, lines=lines)
        return
    if out is None:
        raise BadInput("say where to: --out FOLDER")
    keys = [*what, *_listed(accounts)]
    if not keys:
        raise BadInput("say which accounts: CODE/NO, or --from a file with one a line")
    ids = _ids(opened, keys)
    order = CaseOrder(moment(at), language, _signer(opened, sign_key), recordings)
    results = _made(opened, ids, out, order, is_single=len(what) == 1 and accounts is None)
    _tell(results, as_json=json_)


def _listed(file: Path | None) -> list[str]:
    if file is None:
        return []
    try:
        return [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file.name} can not be read as a list of accounts in UTF-8, one a line") from error


def _ids(opened: Office, keys: list[str]) -> list[int]:
    with opened.database.read() as session:
        return list(dict.fromkeys(account_by_key(session, key).id or 0 for key in keys))


def _made(opened: Office, ids: list[int], out: Path, order: CaseOrder, *, is_single: bool) -> list[CaseResult]:
    if is_single:
        with open_typesetter(opened) as typesetter:
            made = make_case_file(opened, typesetter, ids[0], out, order, actor=COMMAND_LINE, now=system_clock())
        return [CaseResult(ids[0], out, made)]
    with progress_bar("case files") as told:
        return make_case_files(opened, ids, out, order, actor=COMMAND_LINE, now=system_clock(), told=told)


def _tell(results: list[CaseResult], *, as_json: bool) -> None:
    document: list[dict[str, Any]] = []
    lines = []
    for one in results:
        if one.made is None:
            document.append({"account_id": one.account_id, "problem": one.problem})
            lines.append(f"account {one.account_id}: not made: {one.problem}")
            continue
        lacking = [
            {"what": str(each.lack), "person": each.person_id, "who": str(each.supplier)} for each in one.made.missing
        ]
        told = {"folder": str(one.folder), "files": one.made.files, "pages": one.made.pages, "sha256": one.made.sha256}
        document.append({"account_id": one.account_id, **told, "missing": lacking})
        sizes = f"{one.made.files} files, {one.made.pages} pages bound, {len(lacking)} things missing"
        lines.append(f"{one.folder}: {sizes}")
        lines += [f"  missing: {each['what']} (ask: {each['who']})" for each in lacking]
    show({"case_files": document}, as_json=as_json, lines=lines)
    if any(one.made is None for one in results):
        raise typer.Exit(1)


def _signer(opened: Office, file: Path | None) -> Signer | None:
    """The library that signs takes a while to load: only who signs waits for it."""
    if file is None:
        return None
    passphrase = opened.settings.sign_passphrase.get_secret_value()
    sign: Signer = import_module("collector.legal.casefile.signing").signer_of(file, passphrase)
    return sign


def _verify(folders: list[Path], expected: str | None, *, as_json: bool) -> None:
    document, lines = [], []
    for folder in folders:
        found = verify_folder(folder, expected)
        document.append(
            {
                "folder": str(folder),
                "whole": found.is_whole,
                "files": found.files,
                "key": found.public_key,
                "expected_key": found.is_expected_key,
                "wrong": found.wrong,
                "case": found.case,
            }
        )
        state = "is as it was made" if found.is_whole else "is NOT as it was made"
        lines.append(f"{folder}: {state}; {found.files} files, signed by {found.public_key}")
        lines += [f"  {one}" for one in found.wrong]
        if found.is_expected_key is None:
            lines.append("  whose key that is was not checked: compare it with the cover, or name it with --key")
    show({"case_files": document}, as_json=as_json, lines=lines)
    if not all(one["whole"] for one in document):
        raise typer.Exit(1)


@command
def balance(
    account: str = typer.Argument(..., help="CODE/NO"),
    called_on: datetime | None = typer.Option(None, formats=["%Y-%m-%d"], help="The day all of it was called in."),
    xlsx: Path | None = typer.Option(None, help="Write it as a workbook."),
    pdf: Path | None = typer.Option(None, help="Write it as PDF."),
    language: str | None = typer.Option(None, "--language", help="zh or en; default: the portfolio's."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """What an account owes to the day: principal, interest, penalty and fees, with every line that leads there."""
    opened, now = office(), moment(at)
    material = case_material(opened, _ids(opened, [account])[0], now)
    if called_on is not None:
        material = _called(opened, material, called_on.date())
    words = words_in(language or material.portfolio.language)
    if xlsx is not None:
        write_sheets(xlsx, sheets(material, words), now)
    if pdf is not None:
        with open_typesetter(opened) as typesetter:
            body = typesetter.pdf("case-file", statement(material, words), now).body
        replace_file(pdf, partial(_into, body))
    _show_balance(material, words, as_json=json_)


def _show_balance(material: Material, words: Words, *, as_json: bool) -> None:
    found, currency = material.statement, material.portfolio.currency
    left = {part: found.left(part) for part in ClaimPart}
    lines = [f"{words('total')}: {shown(found.total, currency)}; {words('due')}: {shown(found.due, currency)}"]
    lines += [f"  {words.of('part_name', part)}: {shown(amount, currency)}" for part, amount in left.items() if amount]
    lines += [f"  {words.of('gap', gap)}" for gap in found.gaps]
    document = {
        "account": material.account.account_no,
        "as_of": found.as_of,
        "currency": currency,
        "total": found.total,
        "due": found.due,
        "left": left,
        "ledger": found.bridge._asdict(),
        "gaps": found.gaps,
        "lines": [{**one._asdict(), "percent": percent(one.percent)} for one in found.accruals],
        "allocations": [one._asdict() for one in found.allocations],
    }
    show(document, as_json=as_json, lines=lines)


def _called(opened: Office, material: Material, on: date) -> Material:
    """The same with the loan called in on that day."""
    with opened.database.read() as session:
        book = portfolio_of(session, material.account.portfolio_id)
        found = statement_of(session, material.account, book, material.statement.as_of, called_on=on)
    return replace(material, statement=found)


def _into(body: bytes, file: BinaryIO) -> None:
    file.write(body)
