"""The texts that are sent: their words, what they come to, where they are used, and what stands against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from collector.casework.actions.replying import TEMPLATES
from collector.casework.approvals.texts import TEXT
from collector.casework.approvals.waiting import open_of
from collector.casework.office import Office
from collector.compliance.rules import Capabilities, content_class
from collector.compliance.rules import Purpose as Contacts
from collector.foundation.clock import local_day
from collector.foundation.errors import NotFound
from collector.identity.rules import Scope
from collector.identity.tables import Approval
from collector.planning.queries import nothing_known, policy_in_force, refusing, sender_words
from collector.planning.rules import Spoken
from collector.portfolio.queries import portfolios
from collector.portfolio.tables import Portfolio
from collector.strategy import queries as strategies
from collector.strategy.compiling import template_names
from collector.strategy.reading import parse
from collector.texts import queries
from collector.texts.catalogue import Catalogue
from collector.texts.rules import Purpose, Segments, Stand, count_segments, samples, stand
from collector.texts.tables import TextRegistration, TextVersion
from collector.texts.template import Template

ANSWERS = frozenset(TEMPLATES.values())
"""Sent by themselves, whatever the strategy: answers to what people write."""
CARRIED_AS: Mapping[Purpose, Contacts] = {
    Purpose.reminder: Contacts.reminder,
    Purpose.location: Contacts.location,
    Purpose.closing: Contacts.closing_notice,
    Purpose.opt_out_confirmation: Contacts.opt_out_confirmation,
    Purpose.auto_reply: Contacts.answer,
}
"""What the gate, and so the carrier, takes a text for; all others collect."""


@dataclass(frozen=True, slots=True)
class Used:
    """Where strategies name a text: the place, and the portfolios whose strategy in force does."""

    place: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InBook:
    """A text in one portfolio: its class of content there, where it stands with the carrier, and which rules refuse its
    words to everybody."""

    book: Portfolio
    content: str
    stand: Stand
    registration: TextRegistration | None
    needs_registration: bool
    refused: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text in short. `version` 0: the file's."""

    template: Template
    sample: str
    segments: Segments
    version: int
    used: Sequence[Used]
    books: Sequence[InBook]
    proposal: Approval | None


@dataclass(frozen=True, slots=True)
class TextView:
    row: TextRow
    versions: Sequence[TextVersion]


def sample_of(template: Template) -> tuple[str, Segments]:
    """What it comes to with invented values."""
    text = template.render(samples(template.language))
    return text, count_segments(text)


def texts(session: Session, office: Office, scope: Scope, now: datetime) -> list[TextRow]:
    """Every text in force, by name and language."""
    look = _Look(session, office, scope, now)
    return [look.row(one) for one in sorted(look.catalogue, key=lambda one: (one.name, one.language))]


def text_view(session: Session, office: Office, scope: Scope, language: str, name: str, now: datetime) -> TextView:
    look = _Look(session, office, scope, now)
    template = look.catalogue.exact(name, language)
    if template is None:
        raise NotFound
    return TextView(look.row(template), queries.versions(session, language, name))


def proposal_of(session: Session, language: str, name: str) -> Approval | None:
    """What waits for a second person about this text."""
    return open_of(session, TEXT, f"text:{language}/{name}")


def checked(session: Session, office: Office, scope: Scope, template: Template, now: datetime) -> list[InBook]:
    """What the portfolios' gates would say of these words, were they in force."""
    return _Look(session, office, scope, now).books_of(template)


class _Look:
    """What is read once for all texts."""

    def __init__(self, session: Session, office: Office, scope: Scope, now: datetime) -> None:
        self.session, self.office, self.now = session, office, now
        self.catalogue: Catalogue = office.texts(session)
        self.books = portfolios(session, scope)
        self.versions = {(row.language, row.name): row.version for row in queries.in_force(session)}
        self.said = {
            (row.portfolio_id, row.language, row.name): row
            for row in queries.registrations(session, [book.id or 0 for book in self.books])
            if row.carrier == office.carrier_name
        }
        self.named = [
            (book, template_names(parse(strategies.active(session, book.id or 0, now).body))) for book in self.books
        ]

    def row(self, template: Template) -> TextRow:
        text, segments = sample_of(template)
        key = template.language, template.name
        return TextRow(
            template,
            text,
            segments,
            self.versions.get(key, 0),
            self._used(template),
            self.books_of(template),
            proposal_of(self.session, template.language, template.name),
        )

    def books_of(self, template: Template) -> list[InBook]:
        return [self._in(book, template) for book in self.books if _speaks(book, template)]

    def _used(self, template: Template) -> list[Used]:
        places: dict[str, list[str]] = {}
        for book, named in self.named:
            if template.name in named and _speaks(book, template):
                place = ".".join(str(part) for part in named[template.name])
                places.setdefault(place, []).append(book.code)
        return [Used(place, tuple(codes)) for place, codes in places.items()]

    def _in(self, book: Portfolio, template: Template) -> InBook:
        row = self.said.get((book.id or 0, template.language, template.name))
        day = local_day(self.now, book.timezone)
        held = stand(row.state, row.digest, template.digest, row.since, row.until, day) if row else Stand.unregistered
        purpose = CARRIED_AS.get(template.purpose, Contacts.collect)
        able: Capabilities = self.office.capabilities(book.jurisdiction)
        # The carrier's own limits are told beside: here it is the law's and the house's rules that are asked.
        policy = policy_in_force(self.session, book, nothing_known, self.now)
        return InBook(
            book,
            content_class(purpose, book.collector_type),
            held,
            row,
            able.templates is not None,
            refusing(policy, template, sender_words(book)),
        )


def _speaks(book: Portfolio, template: Template) -> bool:
    """Whether texts of this language go out for the portfolio, as far as its own language says."""
    return book.language.split("-")[0] == template.language.split("-")[0]
