"""One kind of thing that needs a second person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from collector.casework.office import Office
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval


@dataclass(frozen=True, slots=True)
class Kind:
    """`carry_out` does what was agreed to, in the transaction of the yes; its actor is the one who decided. `drop`:
    what follows where it is refused or withdrawn."""

    name: str
    deciders: frozenset[Role]
    carry_out: Callable[[Session, Office, Approval, Actor, datetime], object]
    drop: Callable[[Session, Approval, Actor, datetime], object] | None = None
