"""A signed checkpoint carried off the host: a file that later tells whether the chain was cut or put back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from collector.foundation.errors import BadInput, Conflict
from collector.foundation.files import read_json


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Anchor:
    """A checkpoint as it leaves the host. Its signature is ours, so that the file needs no safe of its own: whoever
    changes it only makes it worthless."""

    position: Annotated[int, Field(ge=1)]
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    at: AwareDatetime
    previous: int | None
    signature: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


_anchor = TypeAdapter(Anchor)


def write_anchor(anchor: Anchor, file: Path) -> None:
    """A new file: an anchor is never laid over another one, which may be the only witness."""
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(_anchor.dump_json(anchor, indent=2).decode() + "\n")
    except FileExistsError as error:
        raise Conflict(f"{file.name} exists already; an anchor is never overwritten: name another file") from error
    except OSError as error:
        raise BadInput(f"{file.name} can not be written: {error.strerror}") from error


def read_anchor(file: Path) -> Anchor:
    """The anchor of that file; what is no anchor is a `BadInput`."""
    try:
        return _anchor.validate_python(read_json(file))
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise BadInput(f"{file.name} is no anchor: {place}: {error.errors()[0]['msg']}") from error
