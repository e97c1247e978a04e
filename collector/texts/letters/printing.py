"""Letters on paper: as PDF by the typesetter, as DOCX for whoever edits a draft. Both print the same words."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from collector.foundation.errors import BadInput, NotReady, Problem
from collector.foundation.typesetting import Typesetter
from collector.texts.letters.letter import Letter
from collector.texts.rules import bare_language

CHILD = Path(__file__).with_name("docx_child.py")
MEMORY, SECONDS, WAIT = 1 << 30, 60, 90
"""Of the child process: bytes, seconds of work, seconds in all."""
PDF_LAYOUT = "layout"
MOST_LAYOUT = 20 * 1024 * 1024
"""Bytes of a layout, unpacked."""
_LABELS: Mapping[str, Mapping[str, str]] = {
    "zh": {"number": "编号：", "page": "第 {page} 页，共 {pages} 页", "cut": "（沿此线剪下寄回）"},
    "en": {"number": "No. ", "page": "Page {page} of {pages}", "cut": "(cut here and send back)"},
}


@dataclass(frozen=True, slots=True)
class ToPrint:
    """A letter with our number, and the moment that its files are dated."""

    letter: Letter
    number: str
    at: datetime


def data_of(one: ToPrint) -> dict[str, Any]:
    """What a layout is given."""
    labels = _LABELS["zh" if bare_language(one.letter.language) == "zh" else "en"]
    language = bare_language(one.letter.language)
    return one.letter.as_data() | {"number": one.number, "labels": dict(labels), "language": language}


def print_pdf(setter: Typesetter, one: ToPrint) -> bytes:
    """The same letter gives the same bytes. `setter`: over the folder of the layout. A letter with characters that no
    font here has is a `BadInput`: it would go out with holes."""
    made = setter.pdf(PDF_LAYOUT, data_of(one), one.at)
    if made.lacking:
        raise BadInput(f"no font here has {len(made.lacking)} characters of this letter; install one that has them")
    return made.body


def print_docx(layout: Path, letters: Sequence[ToPrint]) -> list[bytes]:
    """One DOCX a letter, in a process of its own that may die: a crafted layout would run what it likes (security.md
    section 2, letter templates). A layout that is refused is a `BadInput` that says why."""
    _check_layout(layout)
    asked = [json.dumps({"data": data_of(one), "at": one.at.isoformat()}) for one in letters]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and script, and a path that is only opened
            [sys.executable, "-I", str(CHILD), str(layout), str(MEMORY), str(SECONDS)],
            input="\n".join(asked).encode(),
            capture_output=True,
            env={},
            timeout=WAIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotReady("the letters took too long to print; print fewer at once") from error
    replies = [json.loads(line) for line in done.stdout.splitlines() if line.endswith(b"}")]
    wrong = next((reply["error"] for reply in replies if "error" in reply), None)
    if wrong is not None:
        raise BadInput(problems=(Problem(str(wrong), file=layout.name),))
    if done.returncode != 0 or len(replies) != len(letters):
        raise NotReady("the letters could not be printed as DOCX; check the layout in the folder of templates")
    return [base64.b64decode(reply["docx"]) for reply in replies]


def _check_layout(layout: Path) -> None:
    """What needs no reading: its size, macros, and parts that would be fetched from elsewhere."""
    try:
        with zipfile.ZipFile(layout) as archive:
            parts = archive.infolist()
            whole = sum(part.file_size for part in parts)
            related = (
                b""
                if whole > MOST_LAYOUT
                else b"".join(archive.read(part) for part in parts if part.filename.endswith(".rels"))
            )
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise BadInput(problems=(Problem("is no DOCX file", file=layout.name),)) from error
    if whole > MOST_LAYOUT:
        raise BadInput(problems=(Problem(f"unpacks to more than {MOST_LAYOUT >> 20} MB", file=layout.name),))
    if any("vbaProject" in part.filename or "embeddings" in part.filename for part in parts):
        raise BadInput(problems=(Problem("holds macros or embedded files; save it without", file=layout.name),))
    if b'TargetMode="External"' in related:
        raise BadInput(problems=(Problem("refers to something outside itself; save it without", file=layout.name),))
