"""The letters and drafts of an account: what is there, and what can be made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from sqlmodel import Session

from collector.casework import actions
from collector.casework.actions.letters import LetterOrder
from collector.casework.letters.agreed import KIND_OF, drawable
from collector.casework.letters.gathering import letter_language
from collector.casework.letters.lists import letters_of
from collector.casework.views import within
from collector.portfolio.queries import creditor_of, parties, person_of
from collector.portfolio.rules import OBLIGORS, PartyRole
from collector.portfolio.tables import Account
from collector.texts.rules import AGREEMENTS, CONTACTS, FILINGS, VALUES, Entry, LetterKind
from collector.web.pages.letters import listed
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Choice, Page, Table, Told, render
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
TYPES = {Entry.day: "date", Entry.amount: "text", Entry.line: "text", Entry.code: "text", Entry.text: "area"}


@dataclass(frozen=True)
class Asked:
    """A value that is entered with a draft."""

    name: str
    words: str
    type: str
    is_needed: bool = True


@dataclass(frozen=True)
class Draft:
    """A kind of letter with what must be entered. `people`: who can be addressed; empty: nobody is."""

    kind: str
    words: str
    people: Sequence[Choice]
    asked: Sequence[Asked]
    drawn: str = ""
    """Of an agreement: the terms that it is drawn from."""
    is_closed: bool = False
    """There are no terms that it could be drawn from."""


@dataclass(frozen=True)
class AccountLettersPage(Page):
    template: ClassVar[str] = "account_letters.html"
    account_id: int
    account: str
    listed: Table
    groups: Sequence[tuple[str, Sequence[Draft]]]
    languages: Sequence[Choice]
    may_make: bool


@router.get("/accounts/{account_id}/letters")
def account_letters(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    with reading(desk) as session:
        account, book = within.account(session, caller.actor.scope, account_id)
        found = letters_of(session, account_id)
        people = _people(session, account, frame.t)
        language = letter_language(session, account)
        held = creditor_of(session, account.portfolio_id)
        groups = _groups(desk, people, language, held, frame.t)
        told = Told(frame.t, book.timezone, book.currency)
        groups = [(words, [_drawn(session, account_id, one, told) for one in drafts]) for words, drafts in groups]
    page = AccountLettersPage(
        frame=frame,
        account_id=account_id,
        account=f"{book.code}/{account.account_no}",
        listed=listed(found, frame.t),
        groups=groups,
        languages=_languages(language, frame.t),
        may_make=may_open(caller, "make_letter"),
    )
    return render(page)


def _people(session: Session, account: Account, t: Words) -> dict[PartyRole, list[Choice]]:
    """Who owes, by role."""
    borrower = Choice(str(account.person_id), f"{person_of(session, account.person_id).name} · {t.word('borrower')}")
    found: dict[PartyRole, list[Choice]] = {PartyRole.borrower: [borrower]}
    for row, person in parties(session, account.id or 0):
        if row.role in OBLIGORS and person.id != account.person_id:
            found.setdefault(row.role, []).append(Choice(str(person.id), f"{person.name} · {t.word(row.role)}"))
    return found


def _languages(first: str, t: Words) -> list[Choice]:
    words = {"zh": t("in Chinese"), "en": t("in English")}
    return [Choice(one, words[one]) for one in sorted(words, key=lambda one: one != first)]


def _groups(
    desk: Desk, people: dict[PartyRole, list[Choice]], language: str, held: Collection[str], t: Words
) -> list[tuple[str, Sequence[Draft]]]:
    names = ((t("Letters to who owes"), CONTACTS), (t("Agreements"), AGREEMENTS), (t("For the court"), FILINGS))
    ours = desk.office.letters.kinds(language)
    return [
        (words, [_draft(desk, kind, people, language, held, t) for kind in ours if kind in kinds])
        for words, kinds in names
    ]


def _draft(
    desk: Desk,
    kind: LetterKind,
    people: dict[PartyRole, list[Choice]],
    language: str,
    held: Collection[str],
    t: Words,
) -> Draft:
    """`held`: values that two people set for the portfolio, which nobody types."""
    template = desk.office.letters.letter(kind, language)
    owing = [one for found in people.values() for one in found]
    guarantors = people.get(PartyRole.guarantor, [])
    to = guarantors if kind is LetterKind.guarantor_notice else owing
    asked = [
        Asked(one.name, t.word(one.meaning), TYPES[one.entry], not one.optional)
        for one in template.entries
        if one.entry and one.name not in held
    ]
    return Draft(kind.value, t.word(kind), to if kind in CONTACTS else (), asked)


def _drawn(session: Session, account_id: int, draft: Draft, told: Told) -> Draft:
    """The draft of an agreement with the terms that it would put into writing."""
    kind, t = LetterKind(draft.kind), told.t
    if kind not in KIND_OF:
        return draft
    row = drawable(session, account_id, kind)
    if row is None:
        return replace(draft, drawn=t("Closed: drawn from approved terms, and there are none."), is_closed=True)
    day = row.schedule["matures"] if row.schedule else told.day(row.due_on)
    total = told.money(row.total) if row.total else ""
    return replace(draft, drawn=" · ".join(filter(None, [t.word(row.kind), total, day])))


class MakeForm(Form):
    kind: LetterKind
    person: int | None = None
    language: str = ""


@router.post("/accounts/{account_id}/letters")
def make_letter(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Made and printed at once; what is missing is told by name, and nothing is made then."""
    entered = {name: value for name, value in fields.items() if name in VALUES and VALUES[name].entry}
    form = read(MakeForm, {name: value for name, value in fields.items() if name not in entered})
    with writing(desk) as session:
        account, _ = within.account(session, caller.actor.scope, account_id)
        order = LetterOrder(account.id or 0, form.kind, form.person, form.language or None, entered)
        letter_id = actions.make_letter(session, desk.office, order, at=desk.clock(), actor=caller.actor).id or 0
    actions.print_letter(desk.office, letter_id, desk.clock(), caller.actor)
    return see(f"/letters/{letter_id}", "printed")
