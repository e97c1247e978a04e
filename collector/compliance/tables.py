"""The law as it was applied: every gate that ever judged, by its digest, so that it can judge again."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from collector.foundation.database import Json


class PolicyText(SQLModel, table=True):
    """What one gate was compiled from, word for word. Never changed: another text has another digest."""

    __tablename__ = "policy_text"

    digest: str = Field(primary_key=True)
    """As in `Policy.digest`, and in every audit entry about a verdict of this gate."""
    pack: str
    """Code and version: "cn@0123456789abcdef"."""
    body: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    """texts of the pack and of the house rules, collector and debt type, tightening, the carrier's capabilities."""
    kept_at: datetime
