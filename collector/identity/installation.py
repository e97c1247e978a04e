"""Who this database is: its own id, the key that belongs to it, and whether it is armed to reach people here.

A copied or restored database must not start sending. Arming writes a file beside the installation, outside the
database, that names the database's id, its address, the carrier's account and the file itself; a copy at another
address, with another account, or with the whole folder it lived in, finds no such file and stays held (security
section 1).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from collector.audit.actions import record
from collector.foundation.errors import NotReady
from collector.foundation.keys import Keys
from collector.identity.tables import Installation


def install(session: Session, keys: Keys, now: datetime, *, demo: bool = False) -> Installation:
    """Give an empty database its id and bind it to the master secret; on another run only the key is checked."""
    row = session.get(Installation, 1)
    if row is None:
        row = Installation(id=1, database_id=uuid.uuid4().hex, key_check=keys.check_value, created_at=now, demo=demo)
        session.add(row)
        record(session, "cli", "installation.new", "installation:1", {"database": row.database_id}, now)
    require_key(row, keys)
    return row


def require_key(row: Installation, keys: Keys) -> None:
    if not hmac.compare_digest(row.key_check, keys.check_value):
        raise NotReady("the master secret does not belong to this database; put back the right one")


def fingerprint(file: Path, row: Installation, address: str, account: str) -> str:
    """What the arming file must say for this database, at this address, with this carrier account. By its inode it
    names itself: a copied file says another one's name."""
    return hashlib.sha256(f"{file.stat().st_ino}|{row.database_id}|{address}|{account}".encode()).hexdigest()


def arm(file: Path, row: Installation, address: str, account: str, now: datetime) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    file.write_text(json.dumps({"armed": fingerprint(file, row, address, account), "at": now.isoformat()}) + "\n")


def is_armed(file: Path, row: Installation, address: str, account: str) -> bool:
    """True when the file beside the installation names exactly this one."""
    try:
        armed = json.loads(file.read_text())["armed"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False
    return hmac.compare_digest(str(armed), fingerprint(file, row, address, account))
