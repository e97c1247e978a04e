"""Looks through one PDF under limits and prints what it found as JSON. Run as a script by `portable.py`, alone: it
imports nothing of the project."""

from __future__ import annotations

import json
import resource
import sys
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject

ACTIVE = ("/JS", "/JavaScript", "/AA", "/OpenAction", "/Launch", "/RichMedia", "/XFA")
"""Keys under which something happens by itself."""
ACTIONS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound")
"""Values of /S or /Subtype that do something besides showing a page of the file."""
ATTACHED = ("/EmbeddedFiles", "/EmbeddedFile", "/FileAttachment")
MOST_OBJECTS = 500_000


def main(memory: int, seconds: int) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        reader = PdfReader(BytesIO(sys.stdin.buffer.read()), strict=False)
        if reader.is_encrypted:
            return {"refused": "encrypted"}
        found = _look(reader)
        pages = len(reader.pages)
    except MemoryError:
        return {"refused": "heavy"}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError):
        return {"refused": "damaged"}
    return found or ({"pages": pages} if pages else {"refused": "empty"})


def _look(reader: PdfReader) -> dict[str, Any] | None:
    """Every object of the file, once, reached from its trailer or only listed in its tables."""
    waiting: list[Any] = [reader.trailer]
    listed = [(number, generation) for generation, table in reader.xref.items() for number in table]
    waiting += [IndirectObject(number, generation, reader) for number, generation in listed]
    waiting += [IndirectObject(number, 0, reader) for number in reader.xref_objStm]
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        one = waiting.pop()
        count += 1
        if count > MOST_OBJECTS:
            return {"refused": "heavy"}
        if isinstance(one, IndirectObject):
            if (one.idnum, one.generation) in seen:
                continue
            seen.add((one.idnum, one.generation))
            one = reader.get_object(one) or NullObject()
        if isinstance(one, DictionaryObject):
            found = _refused(one)
            if found is not None:
                return found
            waiting += one.values()
        elif isinstance(one, ArrayObject):
            waiting += one
    return None


def _refused(one: DictionaryObject) -> dict[str, Any] | None:
    names = {str(one.get(key)) for key in ("/S", "/Subtype", "/Type") if isinstance(one.get(key), str)}
    active = next((key for key in ACTIVE if key in one and not isinstance(one[key], NullObject)), None)
    if active == "/OpenAction" and isinstance(one["/OpenAction"], ArrayObject):
        active = next((key for key in ACTIVE if key in one and key != "/OpenAction"), None)  # only which page is first
    active = active or next((name for name in ACTIONS if name in names), None)
    if active:
        return {"refused": "active"}
    if any(key in one or key in names for key in ATTACHED):
        return {"refused": "attached"}
    return None


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*map(int, sys.argv[1:]))))
