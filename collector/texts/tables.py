"""Texts that were changed in the house, version by version, and what carriers have registered. Rows are only added.

Portfolios, carriers and people are plain names and ids: this room knows of none of them.
"""

from datetime import date, datetime

from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from collector.foundation.database import BigInt, enum_column
from collector.texts.rules import Registration


class TextVersion(SQLModel, table=True):
    """A template as two people agreed to it. The highest version of a language and name is in force, in the place of
    the file of that name."""

    __tablename__ = "text_version"
    __table_args__ = (UniqueConstraint("language", "name", "version"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    language: str
    name: str
    version: int
    """From 1; 0 is the file's text, which is never stored."""
    source: str
    """The whole text, header and body."""
    digest: str
    """Of the body, as `Template.digest`."""
    author: str
    checker: str
    reason: str
    at: datetime


class TextRegistration(SQLModel, table=True):
    """What a carrier said of a text: the last row of a portfolio, carrier, language and name counts, and only for the
    very words it was said of."""

    __tablename__ = "text_registration"
    __table_args__ = (Index("ix_text_registration_text", "portfolio_id", "language", "name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(sa_type=BigInt)
    carrier: str
    language: str
    name: str
    digest: str
    """Of the body that was registered."""
    state: Registration = Field(sa_type=enum_column(Registration))
    carrier_id: str = ""
    """What the carrier calls it."""
    since: date
    until: date | None = None
    """The last day on which it holds."""
    note: str = ""
    actor: str
    at: datetime
