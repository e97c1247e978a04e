"""Case files that leave the house: written outside any transaction, and noted before they are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from sqlmodel import Session

from collector.casework.actions.documents import document_file
from collector.casework.actions.recordings import file_of
from collector.casework.office import Office
from collector.compliance.packs import load_pack
from collector.foundation.errors import BadInput, CollectorError, Conflict
from collector.foundation.typesetting import Typesetter
from collector.history.actions.keep import add
from collector.identity.rules import Actor
from collector.identity.tables import User
from collector.legal.casefile.reading import Material, read_material
from collector.legal.casefile.tables import CaseFile, CaseFilePart
from collector.legal.casefile.writing import Made, Signer, SoundOf, appearing, write
from collector.legal.matters.actions import add_package
from collector.legal.matters.money import handed
from collector.legal.matters.queries import matters_of
from collector.portfolio.queries import portfolio_of
from collector.portfolio.tables import Account
from collector.texts.catalogue import shipped_templates

MOST_CONTACT = 200
KEY = "case-file"
"""The purpose of the key that signs."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The file is for counsel: with the history of the matter, and whom they may ask (`contact`; "": the one who alone
    goes on talking to the borrower)."""

    contact: str = ""


@dataclass(frozen=True, slots=True)
class CaseOrder:
    """What is wanted: nothing later than `as_of` is in it. `language` None: the portfolio's own."""

    as_of: datetime
    language: str | None = None
    sign: Signer | None = None
    recordings: bool = False
    """Recordings of calls with who owes go along, where the pack of the portfolio knows them."""
    hand_over: HandOver | None = None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one account of a batch: the file, or why there is none."""

    account_id: int
    folder: Path
    made: Made | None
    problem: str = ""


def open_typesetter(office: Office) -> Typesetter:
    """The typesetter of this installation: its own print templates where it has any, else the shipped ones."""
    own = office.settings.templates_dir
    folder = own / "print" if own is not None and (own / "print").is_dir() else shipped_templates() / "print"
    return Typesetter(folder, office.settings.fonts_dir)


def material_of(session: Session, office: Office, account: Account, as_of: datetime) -> Material:
    """The records of the account up to that moment."""
    return read_material(session, office.keys, account, portfolio_of(session, account.portfolio_id), as_of)


def case_material(office: Office, account_id: int, as_of: datetime) -> Material:
    """The same, read at once."""
    with office.database.read() as session:
        return material_of(session, office, session.get_one(Account, account_id), as_of)


def _ordered(office: Office, account_id: int, order: CaseOrder) -> Material:
    """The records that the order asks for, read at once."""
    if order.hand_over is None:
        return case_material(office, account_id, order.as_of)
    contact = " ".join(order.hand_over.contact.split()) or _negotiator(office, account_id)
    if not 0 < len(contact) <= MOST_CONTACT:
        raise BadInput(
            f"say who may go on talking to the borrower, and how counsel reaches them: 1 to {MOST_CONTACT} characters"
        )
    with office.database.read() as session:
        material = material_of(session, office, session.get_one(Account, account_id), order.as_of)
        return replace(material, matter=handed(session, account_id, contact, order.as_of))


def _negotiator(office: Office, account_id: int) -> str:
    """Name and phone of the one whom legal left the talking to; "": nobody is named. An address of our own switchboard
    is no phone that counsel could call."""
    with office.database.read() as session:
        matter = matters_of(session, [account_id]).get(account_id)
        number = matter.referral.negotiator_id if matter is not None else None
        user = session.get(User, number) if number is not None else None
        if user is None:
            return ""
        phone = user.phone or ""
        return f"{user.display_name or user.name} {phone if phone.startswith('+') else ''}".rstrip()


def make_case_file(
    office: Office,
    typesetter: Typesetter,
    account_id: int,
    folder: Path,
    order: CaseOrder,
    *,
    actor: Actor,
    now: datetime,
) -> Made:
    """One case file in a folder of its own. Only when its row and its entry are written does it take its name."""
    material = _ordered(office, account_id, order)
    language = order.language or material.portfolio.language
    secret = office.keys.derive(KEY)
    with appearing(folder) as making:
        paper_of, sound_of = partial(document_file, office), _sound_of(office, material, order)
        made = write(making, material, language, typesetter, secret, paper_of, order.sign, sound_of)
        _note(office, material, language, made, actor, now)
    return made


def _sound_of(office: Office, material: Material, order: CaseOrder) -> SoundOf | None:
    if not order.recordings:
        return None
    if load_pack(material.portfolio.jurisdiction).recording is None:
        raise Conflict("the rules of this portfolio know no recordings of calls; none can go along")
    return lambda row: file_of(office, row.id or 0)


def make_case_files(
    office: Office,
    account_ids: Sequence[int],
    folder: Path,
    order: CaseOrder,
    *,
    actor: Actor,
    now: datetime,
    told: Callable[[int, int], None] = lambda _done, _total: None,
    at_once: int = 2,
) -> list[CaseResult]:
    """Many, each in a folder named by the account's number here; one that can not be made does not stop the others.
    `told`: how many are done, of how many. `at_once`: while one is being set, the records of another are read."""
    waiting: SimpleQueue[Typesetter] = SimpleQueue()

    def one(account_id: int) -> CaseResult:
        typesetter, mine = waiting.get(), folder / f"{account_id}"
        try:
            made = make_case_file(office, typesetter, account_id, mine, order, actor=actor, now=now)
            return CaseResult(account_id, mine, made)
        except CollectorError as error:
            return CaseResult(account_id, mine, None, error.message)
        finally:
            waiting.put(typesetter)

    results = []
    with ExitStack() as opened:
        for _ in range(at_once):
            waiting.put(opened.enter_context(open_typesetter(office)))
        pool = opened.enter_context(ThreadPoolExecutor(at_once))
        for done, result in enumerate(pool.map(one, account_ids), 1):
            results.append(result)
            told(done, len(account_ids))
    return results


def _note(office: Office, material: Material, language: str, made: Made, actor: Actor, now: datetime) -> None:
    row = CaseFile(
        portfolio_id=material.account.portfolio_id,
        account_id=material.account.id or 0,
        as_of=material.as_of,
        language=language,
        files=made.files,
        pages=made.pages,
        missing=[str(one) for one in made.missing],
        sha256=made.sha256,
        made_at=now,
        actor=actor.name,
    )
    detail = {"account": row.account_id, "files": made.files, "sha256": made.sha256, "missing": row.missing}
    with office.database.begin() as session:
        number = add(session, row, actor.name, "casefile.made", detail, now)
        session.add_all(CaseFilePart(case_file_id=number, name=name, sha256=one) for name, one in made.parts.items())
        if material.matter is not None:
            matter, contact = material.matter.matter, material.matter.contact
            add_package(session, matter.referral, number, matter.counsel, contact, now, actor)
