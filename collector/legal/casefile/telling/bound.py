"""The bound document: cover, completeness check, index of exhibits, and the sections in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from collector.foundation.errors import Conflict
from collector.legal.casefile.reading import Material
from collector.legal.casefile.rules import OF_KIND, Missing, Section
from collector.legal.casefile.telling import events, letters, money
from collector.legal.casefile.telling.matter import handed
from collector.legal.casefile.telling.parts import Exhibit, Part, Sound, Told, day, exhibits, facts, note, table
from collector.legal.casefile.words import Words
from collector.terms.rules import TermsKind

TELLERS: Mapping[Section, Callable[[Told], list[Part]]] = {
    Section.parties: events.parties,
    Section.contract: lambda told: [money.terms(told)],
    Section.schedule: money.schedule,
    Section.payments: money.payments,
    Section.balance: money.balance,
    Section.contacts: events.contacts,
    Section.messages: events.messages,
    Section.promises: events.promises,
    Section.letters: letters.letters,
    Section.visits: events.visits,
    Section.approvals: events.approvals,
    Section.limitation: events.limitation,
    Section.integrity: events.integrity,
}
"""What is told from records; papers are listed in every section."""
LONG = frozenset({Section.balance, Section.contacts, Section.integrity})
"""Sections that begin on a page of their own."""

MOST_RUNNING = 48
"""Characters of names that the head of every page has room for."""


def exhibits_of(material: Material, pages: Mapping[int, int | None]) -> list[Exhibit]:
    """The papers in the order of the file, numbered. `pages`: by document."""
    order = list(Section)
    papers = sorted(material.documents, key=lambda row: (order.index(OF_KIND[row.kind]), row.id or 0))
    return [
        Exhibit(number, row, f"originals/{number:03}-{row.id}.{row.media}", pages.get(row.id or 0))
        for number, row in enumerate(papers, 1)
    ]


def sounds_of(material: Material) -> list[Sound]:
    """Recordings of calls with who owes; what is said by anybody else is theirs."""
    owing = {one.person.id for one in material.people if one.owes}
    mine = [row.id or 0 for row in material.attempts if row.person_id in owing]
    rows = [material.recordings[number] for number in mine if number in material.recordings]
    return [Sound(row, f"recordings/{row.id}.wav") for row in sorted(rows, key=lambda row: row.id or 0)]


def bound(
    material: Material,
    words: Words,
    papers: Sequence[Exhibit],
    lacking: Sequence[Missing],
    key: str,
    sounds: Sequence[Sound] = (),
) -> dict[str, Any]:
    """The whole document as the template takes it. `key`: the fingerprint of the signing key."""
    told = Told(material, words, papers, sounds)
    sections = [
        _section(words("completeness"), _completeness(told, lacking)),
        _section(words("exhibits"), _index(told)),
    ]
    for number, section in enumerate(Section, 1):
        parts = [*(TELLERS[section](told) if section in TELLERS else ()), *exhibits(told, section, OF_KIND)]
        title = f"{number}  {words.of('section', section)}"
        sections.append(_section(title, parts or [note(words("none"))], fresh=section in LONG))
    if material.matter is not None:
        sections.append(_section(words("matter"), handed(told, material.matter), fresh=True))
    return _document(told, words("title"), _cover(told, key), sections)


def statement(material: Material, words: Words) -> dict[str, Any]:
    """The balance on its own: schedule, payments and the balance to the day."""
    told = Told(material, words)
    shown = (Section.schedule, Section.payments, Section.balance)
    sections = [_section(words.of("section", one), TELLERS[one](told) or [note(words("none"))]) for one in shown]
    return _document(told, words.of("section", Section.balance), _cover(told, None), sections)


def certificate(material: Material, words: Words) -> dict[str, Any]:
    """That the account was closed and nothing is owed of it: figures, schedule and payments. `Conflict`: it was not."""
    if material.closing is None:
        raise Conflict("this account is not closed; a certificate is given once it is")
    if material.closing.owed_now.total:
        raise Conflict("something is owed again since this account was closed; no certificate is given")
    told = Told(material, words)
    owing = [told.person(one.person.id) for one in material.people if one.owes]
    ended = next(row for row in reversed(material.terms) if row.kind is TermsKind.closing)
    cover = facts(
        [
            (words("account"), material.account.account_no),
            (words("creditor_only"), material.portfolio.creditor),
            (words("debtors_only"), "; ".join(owing)),
            (words("security_title"), words.of("security", material.account.security)),
            (words("collateral_back"), words("yes") if ended.document_id is not None else words("none_given")),
            (words("closed_at"), told.time(ended.state_at)),
            (words("left"), told.money(material.closing.owed_now.total)),
        ]
    )
    sections = [_section(words("certificate"), [note(words("certified")), *money.closing(told)])]
    for one in (Section.schedule, Section.payments):
        sections.append(_section(words.of("section", one), TELLERS[one](told) or [note(words("none"))]))
    return _document(told, words("certificate"), cover, sections)


def _document(told: Told, name: str, cover: Part, sections: list[dict[str, Any]]) -> dict[str, Any]:
    words, material = told.words, told.material
    names = "、" if words.language == "zh" else ", "
    head = names.join(one.person.name for one in material.people if one.owes)
    return {
        "language": words.language.value,
        "title": f"{name} {material.account.account_no}",
        "name": name,
        "creditor": material.portfolio.creditor,
        "head": head,
        "running": head if len(head) <= MOST_RUNNING else f"{head[: MOST_RUNNING - 1]}…",
        "foot": f"{words('as_of')} {told.time(material.as_of)} ({material.portfolio.timezone})",
        "contents": words("contents"),
        "cover": cover["rows"],
        "sections": sections,
    }


def _section(title: str, parts: list[Part], *, fresh: bool = False) -> dict[str, Any]:
    return {"title": title, "parts": parts, "fresh": fresh}


def _cover(told: Told, key: str | None) -> Part:
    words, material = told.words, told.material
    owing = [told.person(one.person.id) for one in material.people if one.owes]
    return facts(
        [
            (words("account"), material.account.account_no),
            (words("creditor"), material.portfolio.creditor),
            (words("debtors"), "; ".join(owing)),
            (words("security_title"), words.of("security", material.account.security)),
            (words("owed"), told.money(material.statement.total)),
            (words("due"), told.money(material.statement.due)),
            (words("as_of"), told.time(material.as_of)),
            (words("timezone"), material.portfolio.timezone),
            *([(words("key"), key)] if key is not None else []),
        ]
    )


def _completeness(told: Told, lacking: Sequence[Missing]) -> list[Part]:
    words = told.words
    if not lacking:
        return [note(words("complete"))]
    rows = [
        [words.of("lack", one.lack), told.person(one.person_id), words.of("supplier", one.supplier)] for one in lacking
    ]
    return [note(words("incomplete")), table(words.many("what", "whose", "who"), rows, [5, 3, 2])]


def _index(told: Told) -> list[Part]:
    words = told.words
    rows = [
        [
            str(one.number),
            words.of("document", one.document.kind),
            one.document.name,
            day(one.document.dated_on),
            "" if one.pages is None else str(one.pages),
            one.document.sha256,
        ]
        for one in told.exhibits
    ]
    if not rows:
        return [note(words("none"))]
    head = [*words.many("exhibit", "kind_title", "name", "dated_on", "pages"), "SHA-256"]
    return [table(head, rows, [0, 2, 4, 0, 0, 5], right=[4])]
