"""Audit entries, the chain that seals them, and its signed checkpoints. Plain ids: nothing here keeps a row alive.

All three are only ever added to: the database itself refuses to change or to delete a row of them.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from collector.foundation.database import BigInt, Json


class AuditEntry(SQLModel, table=True):
    """One thing that was done. Inserted with the event itself; holds ids, codes, amounts and HMACs, never names."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    at: datetime
    actor: str
    action: str
    subject: str = Field(index=True)
    """ "kind:id", such as promise:17."""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class AuditLink(SQLModel, table=True):
    """An entry's place in the chain: `hash` covers the entry and the link before it."""

    __tablename__ = "audit_link"

    position: int = Field(primary_key=True, sa_type=BigInt, sa_column_kwargs={"autoincrement": False})
    entry_id: int = Field(sa_type=BigInt, unique=True)
    entry_hash: str
    hash: str


class AuditCheckpoint(SQLModel, table=True):
    """A signature over the chain up to a position: every sealing ends with one."""

    __tablename__ = "audit_checkpoint"

    position: int = Field(primary_key=True, sa_type=BigInt, sa_column_kwargs={"autoincrement": False})
    hash: str
    at: datetime
    previous: int | None = Field(default=None, sa_type=BigInt)
    """Position of the checkpoint before it, 0 for the first; None: from before checkpoints were chained."""
    signature: str
