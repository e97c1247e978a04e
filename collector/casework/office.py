"""The office: what one process needs to do the work of the floor, opened once by a door."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from sqlmodel import Session

from collector.audit.actions import record
from collector.compliance.rules import Capabilities
from collector.dispatch import memory, twilio_words
from collector.foundation import schema
from collector.foundation.database import Database
from collector.foundation.errors import BadInput, NotReady
from collector.foundation.keys import Keys, read_keys
from collector.foundation.known import once
from collector.foundation.settings import CarrierKind, Settings
from collector.identity import installation as who
from collector.identity.queries import installation
from collector.identity.rules import COMMAND_LINE
from collector.texts import queries as texts
from collector.texts.catalogue import Catalogue
from collector.texts.letters.catalogue import LetterCatalogue

NO_VERSION = (0, 0)
CLOCK_TOLERANCE = timedelta(seconds=60)
"""How far `--at` may be from the clock where real people can be reached."""


@dataclass(frozen=True)
class Office:
    """Database, keys, texts and carrier of one installation."""

    settings: Settings
    database: Database
    keys: Keys
    looked_at: dict[int, object] = field(default_factory=dict, repr=False, compare=False)
    """By portfolio: the day and strategy for which a sweep of this process has asked about everyone."""
    alarmed: dict[int, date] = field(default_factory=dict, repr=False, compare=False)
    """By portfolio: the day for which it has looked at every clock that is near."""
    laid_over: dict[tuple[int, int], Catalogue] = field(default_factory=dict, repr=False, compare=False)
    """The texts in force, by the stored version they were last made for."""

    @cached_property
    def catalogue(self) -> Catalogue:
        """The texts of the files: the shipped ones, with the installation's folder laid over them."""
        return Catalogue.load(self.settings.templates_dir)

    @cached_property
    def letters(self) -> LetterCatalogue:
        """The letters that can be printed, and their layouts."""
        return LetterCatalogue.load(self.settings.templates_dir)

    def texts(self, session: Session) -> Catalogue:
        """The texts in force: those of the files, with what two people agreed to laid over them. Made once for each
        change, so that what was found out about it can be kept by it."""
        seen = once(session, "texts.newest", lambda: texts.newest(session))
        if seen == NO_VERSION:
            return self.catalogue
        found = self.laid_over.get(seen)
        if found is None:
            stored = {(row.language, row.name): row.source for row in texts.in_force(session)}
            found = self.catalogue.laid_over(stored)
            self.laid_over.clear()
            self.laid_over[seen] = found
        return found

    def capabilities(self, jurisdiction: str) -> Capabilities:
        """What the carrier can lawfully and technically carry there: the gate asks this too. With `templates` it takes
        registered texts only, besides these those that are registered for the portfolio."""
        able = self._carries(jurisdiction)
        return replace(able, templates=frozenset()) if self.settings.registers_texts(jurisdiction) else able

    @property
    def carrier_name(self) -> str:
        """What registrations and the gate call the carrier."""
        return self._carries("").carrier

    def _carries(self, jurisdiction: str) -> Capabilities:
        if self.settings.carrier is CarrierKind.memory:
            return memory.CAPABILITIES
        if self.settings.sandboxed:
            return twilio_words.SANDBOX
        return twilio_words.CAPABILITIES.get(jurisdiction, Capabilities("twilio"))

    @property
    def _address(self) -> str:
        url, file = self.database.url, self.database.url.database
        if not self.database.is_postgresql and file:
            url = url.set(database=str(Path(file).resolve()))
        return url.render_as_string(hide_password=True)

    @property
    def _account(self) -> str:
        return f"{self.settings.carrier}:{self.settings.twilio_account_sid}:{self.settings.twilio_base_url}"

    def arm(self, now: datetime) -> None:
        """Allow this database, at this address, with this carrier account, to reach people."""
        with self.database.read() as session:
            row = installation(session)
        if row is None:
            raise NotReady("the database is empty; run: collector db upgrade")
        who.arm(self.settings.home / "armed.json", row, self._address, self._account, now)
        with self.database.begin() as session:
            record(session, COMMAND_LINE.name, "installation.arm", "installation:1", {"database": row.database_id}, now)

    def require_armed(self, at: datetime, clock: datetime) -> None:
        """Refuse to contact anyone from a copy, or at an invented hour: a `NotReady` or `BadInput` says why.

        With the memory carrier or a carrier on this machine nobody real can be reached, so neither is asked.
        """
        if self.settings.sandboxed:
            return
        if abs(at - clock) > CLOCK_TOLERANCE:
            raise BadInput("--at is more than a minute from the clock: real people are contacted at real hours only")
        with self.database.read() as session:
            row = installation(session)
        file = self.settings.home / "armed.json"
        if row is None or not who.is_armed(file, row, self._address, self._account):
            raise NotReady("this database is not armed to contact people from here; check it, then run: collector arm")


def open_office(settings: Settings) -> Office:
    """The installation these settings point to; its schema must be current and its key the right one."""
    database = Database(settings.resolved_database_url)
    if not database.is_postgresql and not _sqlite_exists(database):
        raise NotReady("there is no database yet; run: collector db upgrade")
    schema.require_current(database)
    keys = read_keys(settings.resolved_key_file)
    with database.read() as session:
        row = installation(session)
    if row is None:
        raise NotReady("the database was never set up; run: collector db upgrade")
    who.require_key(row, keys)
    return Office(settings, database, keys)


def _sqlite_exists(database: Database) -> bool:
    return bool(database.url.database) and Path(str(database.url.database)).exists()
