"""What the API routes share: JSON of our values, and a text as a file for what reads files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi.responses import JSONResponse

from collector.foundation.errors import Forbidden
from collector.identity.rules import Scope


def plain(value: Any) -> Any:
    """Anything of ours as JSON values: moments in ISO with offset, dates in ISO, sets sorted."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain(part) for key, part in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(plain(part) for part in value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(part) for part in value]
    return value


def answer(**document: Any) -> JSONResponse:
    return JSONResponse(plain(document))


def waiting(**document: Any) -> JSONResponse:
    """Taken, but a person decides."""
    return JSONResponse(plain(document), 202)


def require_everything(scope: Scope) -> None:
    """For what concerns the whole installation: a key for some portfolios may not start it."""
    if scope.portfolio_ids is not None:
        raise Forbidden("this concerns all portfolios; it needs a key for all of them")


@contextmanager
def as_file(text: str, suffix: str) -> Iterator[Path]:
    """The text as a file that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="collector-") as folder:
        path = Path(folder) / f"strategy{suffix}"
        path.write_text(text, "utf-8")
        yield path
