"""Papers of an account: contracts, proofs, receipts, as they were scanned. Only added to."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from collector.foundation.database import BigInt, enum_column
from collector.history.rules import DocumentKind, Media


class Document(SQLModel, table=True):
    """One paper. Its bytes are a file named by `id` in the folder of documents; here is what proves it whole."""

    __tablename__ = "document"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInt, index=True)
    """Whom it is about or by; None: the account as a whole."""
    kind: DocumentKind = Field(sa_type=enum_column(DocumentKind))
    name: str
    """What a person calls it; never a path."""
    media: Media = Field(sa_type=enum_column(Media))
    size: int = Field(sa_type=BigInt)
    sha256: str
    """Of the bytes, hex."""
    dated_on: date | None = None
    """The day on the paper itself."""
    note: str = ""
    privileged: bool = False
    """Between the creditor and counsel: never leaves the house, in no case file."""
    replaces_id: int | None = Field(default=None, foreign_key="document.id", sa_type=BigInt)
    """The paper that this one corrects."""
    stored_at: datetime
    actor: str
