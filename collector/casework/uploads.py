"""Where a file that was brought lies until it is loaded: a private folder under the home of the installation, held
while it is worked on, gone after a day. The folder of refused rows is kept longer, and no longer than it must be."""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from collector.foundation.errors import Conflict, NotFound
from collector.foundation.settings import Settings

KEPT = timedelta(hours=24)
"""A file that was brought and not loaded."""
REJECTS_KEPT = timedelta(days=30)
MOST = 5
"""Files of one user that wait at once."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
BUSY = "this file is being checked or loaded already; wait for the end of it"
PATIENCE_S = 0.2
"""A look at the lock takes no longer."""


def new_token() -> str:
    return secrets.token_urlsafe(16)


class Folder:
    """The folder of one file. `source` is the file; beside it its mapping, what a trial found, and how far it is."""

    def __init__(self, settings: Settings, token: str) -> None:
        if TOKEN.fullmatch(token) is None:
            raise NotFound
        self.path = settings.home / "uploads" / token
        self.mapping = self.path / "mapping.yaml"
        self.rejects = self.path / "rejects.csv"
        self._manner = self.path / "manner.json"
        self._tried = self.path / "tried.json"
        self._progress = self.path / "progress.json"

    def make(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.mkdir(mode=0o700)

    @property
    def source(self) -> Path:
        """The file; a `NotFound` once its time is over."""
        found = next(self.path.glob("file.*"), None)
        if found is None:
            raise NotFound
        return found

    def place(self, suffix: str) -> Path:
        """Where the file is to be written; only its ending is the stranger's, and that is one of ours."""
        return self.path / f"file{suffix}"

    def born(self, at: datetime) -> None:
        """From then its time runs."""
        os.utime(self.source, (at.timestamp(), at.timestamp()))

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def write_mapping(self, body: str) -> None:
        """Another mapping: what was tried with the one before says nothing any more."""
        self._tried.unlink(missing_ok=True)
        _write(self.mapping, body)

    def manner(self) -> dict[str, Any]:
        """How the file is written, as it was found when it came."""
        return _read(self._manner) or {}

    def write_manner(self, document: dict[str, Any]) -> None:
        _write(self._manner, json.dumps(document, ensure_ascii=False))

    def tried(self) -> dict[str, Any] | None:
        return _read(self._tried)

    def write_tried(self, document: dict[str, Any]) -> None:
        _write(self._tried, json.dumps(document, ensure_ascii=False))

    def progress(self) -> dict[str, Any]:
        return _read(self._progress) or {}

    def write_progress(self, phase: str, done: int, total: int) -> None:
        """For whoever looks on, in any process."""
        if self.path.is_dir():
            _write(self._progress, json.dumps({"phase": phase, "done": done, "total": total}))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else works on this file meanwhile; the end of the process ends it too."""
        handle = self.hold()
        try:
            yield
        finally:
            os.close(handle)

    def hold(self) -> int:
        """The lock, until it is closed; a `Conflict` where another has it."""
        handle = self._open()
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    os.close(handle)
                    raise Conflict(BUSY) from None
                time.sleep(0.01)
            else:
                return handle

    def is_held(self) -> bool:
        """Whether somebody works on it now."""
        try:
            handle = self._open()
        except NotFound:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(handle)

    def _open(self) -> int:
        try:
            return os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError as error:
            raise NotFound from error


def _write(path: Path, body: str) -> None:
    """Whole or not at all, for the owner's eyes only."""
    beside = path.with_suffix(f".{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(body)
    beside.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def tidy(settings: Settings, now: datetime) -> int:
    """Remove what is past its time, unless it is worked on; how many went. The files of batches of letters go with the
    refused rows: each letter stays among the papers of its account."""
    gone = 0
    for path in (settings.home / "uploads").glob("*"):
        if TOKEN.fullmatch(path.name) and _is_older(path, now - KEPT) and not Folder(settings, path.name).is_held():
            shutil.rmtree(path, ignore_errors=True)
            gone += 1
    for path in (settings.home / "letters").glob("batch-*"):
        if path.stat().st_mtime < (now - REJECTS_KEPT).timestamp():
            shutil.rmtree(path, ignore_errors=True)
            gone += 1
    for path in (settings.home / "rejects").glob("load-*.csv"):
        if _is_older(path, now - REJECTS_KEPT):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _is_older(path: Path, than: datetime) -> bool:
    """By when the file was brought: what lies beside it is written later."""
    return next(path.glob("file.*"), path).stat().st_mtime < than.timestamp()
