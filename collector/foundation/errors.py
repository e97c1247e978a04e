"""The one error tree.

    CollectorError                something a person can be told in one sentence
    ├── BadInput                  what was given is wrong: what, where, what to do     exit 2, HTTP 422
    ├── NotFound                  absent, or not yours to see: the same answer         exit 2, HTTP 404
    ├── Conflict                  someone or something was faster                      exit 1, HTTP 409
    ├── Forbidden                 known, but not allowed for this caller               exit 1, HTTP 403
    ├── Unauthorized              unknown caller                                       exit 1, HTTP 401
    ├── NotReady                  the installation can not do this now                 exit 1, HTTP 503
    └── CarrierError              the carrier answered, and said no                    exit 1, HTTP 502

The docstring of a class is its default message. HTTP status lives in `web/session.py`, exit codes in `cli/`.
"""

from __future__ import annotations

from dataclasses import dataclass


class CollectorError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])

    @property
    def message(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input. `line` counts from 1 as an editor shows it; None where it has no place."""

    reason: str
    line: int | None = None
    column: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.file,
                f"line {self.line}" if self.line is not None else None,
                f"column {self.column}" if self.column else None,
            )
            if part
        )
        return f"{place}: {self.reason}" if place else self.reason


class BadInput(CollectorError):
    """The input is not valid."""

    def __init__(self, message: str | None = None, problems: tuple[Problem, ...] = ()) -> None:
        if message is None and problems:
            message = "; ".join(str(problem) for problem in problems[:20])
        super().__init__(message)
        self.problems = problems or (Problem(self.message),)


class NotFound(CollectorError):
    """There is nothing here under that name."""


class Conflict(CollectorError):
    """This was changed by someone else in the meantime."""


class Forbidden(CollectorError):
    """This is not allowed for you."""


class Unauthorized(CollectorError):
    """Please sign in."""


class NotReady(CollectorError):
    """The installation is not ready for this."""


class CarrierError(CollectorError):
    """The carrier refused."""
