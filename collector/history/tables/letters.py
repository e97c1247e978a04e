"""Letters and what became of them. Only added to: the words of a letter never change after it was made."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from collector.foundation.database import BigInt, Json, enum_column
from collector.history.rules import LetterStep, ReturnReason
from collector.texts.rules import LetterKind


class LetterRow(SQLModel, table=True):
    """One letter or draft. Its number is made of its id; its PDF is the document that its step `printed` names."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_portfolio", "portfolio_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInt, index=True)
    """Who is addressed; None: a court, the police, or both sides of an agreement."""
    kind: LetterKind = Field(sa_type=enum_column(LetterKind))
    language: str
    template: str
    """Digest of the words it was made from."""
    body: dict[str, Any] = Field(sa_type=Json)
    """The finished words, as every layout prints them."""
    overdue: int = Field(sa_type=BigInt)
    """With `owed`, in minor units: what the ledger said when it was made."""
    owed: int = Field(sa_type=BigInt)
    amounts: dict[str, Any] | None = Field(default=None, sa_type=Json)
    """What it says is owed, to its day and by parts, with the way there from the ledger; None: made before letters
    were reckoned to the day."""
    task_id: int | None = Field(default=None, sa_type=BigInt)
    """The task of the plan that asked for it."""
    terms_id: int | None = Field(default=None, sa_type=BigInt)
    """The terms that this agreement puts into writing: approved when it was made."""
    made_at: datetime
    actor: str


class LetterEvent(SQLModel, table=True):
    """One step of a letter, once. `on`: the day it happened, as the post or the reader wrote it. A step that was struck
    may be taken again, in the next `round`."""

    __tablename__ = "letter_event"
    __table_args__ = (UniqueConstraint("letter_id", "step", "round"), Index("ix_letter_event_posting", "posting_no"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    letter_id: int = Field(foreign_key="letter.id", sa_type=BigInt)
    step: LetterStep = Field(sa_type=enum_column(LetterStep))
    round: int = 0
    on: date
    posting_no: str | None = None
    reason: ReturnReason | None = Field(default=None, sa_type=enum_column(ReturnReason))
    attempt_id: int | None = Field(default=None, foreign_key="attempt.id", sa_type=BigInt)
    document_id: int | None = Field(default=None, foreign_key="document.id", sa_type=BigInt)
    """Of `printed` its PDF, with its SHA-256; of the others the scan that proves the step."""
    refused: str = ""
    """Of `posted`: what the gate, or this house, said against it, where it left all the same."""
    why: str = ""
    """With `refused`: why it left, as whoever noted it says."""
    at: datetime
    actor: str


class LetterCorrection(SQLModel, table=True):
    """A step that was noted in error: it counts no more, and stays to be seen. Only added to."""

    __tablename__ = "letter_correction"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    event_id: int = Field(foreign_key="letter_event.id", sa_type=BigInt, unique=True)
    reason: str
    at: datetime
    actor: str


class LetterBatch(SQLModel, table=True):
    """Letters of a portfolio's plan, printed together in the background. `done` of `total` while it runs, told at
    `told_at`; what is silent for long was interrupted."""

    __tablename__ = "letter_batch"
    __table_args__ = (Index("ix_letter_batch_portfolio", "portfolio_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    done: int = 0
    total: int = 0
    letters: list[int] = Field(default_factory=list, sa_type=Json)
    """Those that were printed, in the order of the file and of the list."""
    not_printed: list[Any] = Field(default_factory=list, sa_type=Json)
    """Of the others: account and why."""
    numbers: list[str] = Field(default_factory=list, sa_type=Json)
    """The posting numbers that were set aside for them, in the same order."""
    error: str = ""
    made_at: datetime
    told_at: datetime
    ended_at: datetime | None = None
    actor: str
