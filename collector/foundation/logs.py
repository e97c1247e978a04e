"""Logs: JSON lines on stderr that hold no personal data and nothing a terminal obeys.

A traceback names files, lines and functions; never locals, and the message of an error only where we wrote
it and it can not repeat what was given: drivers quote values ("Key (phone)=(...) already exists"), and so
does `BadInput`.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from structlog.types import EventDict, ExcInfo, Processor, WrappedLogger

from collector.foundation.errors import BadInput, CollectorError

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
QUIET = ("aiohttp", "alembic", "apscheduler", "asyncio", "httpx", "sqlalchemy", "twilio", "urllib3", "uvicorn.access")
"""Loggers that print addresses with their queries, parameters, or every tick: only their warnings are let through."""
DEEPEST = 50
"""Frames and causes kept of one error."""
OBEYED = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), None),
    **dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF), None),
    **{ord(space): " " for space in "\t\n\r"},
}
"""C0, C1, marks that turn the writing direction, and Unicode's own line ends (security.md section 2)."""


def printable(text: str) -> str:
    """The text without characters that a terminal obeys; tabs and line ends become spaces."""
    return text.translate(OBEYED)


def configure(level: str = "INFO") -> None:
    """Sets up structlog and the standard loggers of this process; an unknown level is a `BadInput`."""
    if level.upper() not in LEVELS:
        raise BadInput(f"unknown log level {level!r}; use one of {', '.join(LEVELS)}")
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(shared))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(shared: list[Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _errors_told,
            _all_printable,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=_named),
        ],
    )


def _errors_told(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    told = entry.pop("exc_info", None)
    error = _error_of(told)
    if error is not None:
        entry["error"] = [_told(link) for link in _chain(error)]
    return entry


def _error_of(told: ExcInfo | BaseException | bool | None) -> BaseException | None:
    if isinstance(told, BaseException):
        return told
    if isinstance(told, tuple):
        return told[1]
    return sys.exc_info()[1] if told else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, outermost first."""
    seen: BaseException | None = error
    for _ in range(DEEPEST):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def _told(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    told: dict[str, Any] = {
        "kind": type(error).__qualname__,
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, CollectorError) and not isinstance(error, BadInput):
        told["message"] = error.message
    if isinstance(error, OSError) and error.strerror:
        told["message"] = error.strerror
    state = getattr(error, "sqlstate", None)
    return {**told, "sqlstate": state} if state else told


def _all_printable(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    return {printable(str(key)): _clean(value) for key, value in entry.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {printable(str(key)): _clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(part) for part in value]
    return value


def _named(value: Any) -> str:
    """What JSON can not carry is named by its type: a repr may print a whole row of the database."""
    return str(value.isoformat()) if hasattr(value, "isoformat") else f"<{type(value).__qualname__}>"
