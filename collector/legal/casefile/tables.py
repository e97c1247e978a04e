"""Case files that were made."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from collector.foundation.database import BigInt, Json


class CaseFile(SQLModel, table=True):
    """One folder that left the house. Only added to."""

    __tablename__ = "case_file"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    as_of: datetime
    """Nothing later is in it."""
    language: str
    files: int
    pages: int
    """Of the bound document."""
    missing: list[str] = Field(default_factory=list, sa_type=Json)
    """What the completeness check named, by its code."""
    sha256: str = Field(index=True)
    """Of its manifest, and so of everything in it."""
    made_at: datetime
    actor: str


class CaseFilePart(SQLModel, table=True):
    """A file of such a folder: whoever finds one somewhere learns who made it. Only added to."""

    __tablename__ = "case_file_part"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    case_file_id: int = Field(foreign_key="case_file.id", sa_type=BigInt, index=True)
    name: str
    """In the folder: our own, never the book's."""
    sha256: str = Field(index=True)
