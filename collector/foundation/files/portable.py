"""PDF files from strangers: taken only when they do nothing but show pages (security.md section 2, row PDF).

The file is looked at by a child process under limits, as workbooks are: a file of some kilobytes can ask a reader for
hours. The parent sees a word and a number.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from collector.foundation.errors import BadInput
from collector.foundation.files import limits

CHILD = Path(__file__).with_name("portable_child.py")
SECONDS = 20
REASONS = {
    "encrypted": "the PDF is encrypted; save it without a password and send it again",
    "active": "the PDF does something by itself when it is opened; print it to a plain PDF and send that",
    "attached": "the PDF carries other files inside; send these one by one",
    "damaged": "the PDF is damaged or cut off; scan or save it again",
    "empty": "the PDF has no pages",
    "heavy": "the PDF needs more memory or time than it may have; print it to a plain PDF and send that",
}


def require_plain(content: bytes) -> int:
    """How many pages it has. Encrypted, active, with files inside, damaged or too heavy is a `BadInput`."""
    numbers = (limits.SHEET_MEMORY, SECONDS)
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and script; the file goes in as bytes
            [sys.executable, "-I", str(CHILD), *map(str, numbers)],
            input=content,
            capture_output=True,
            timeout=SECONDS * 2,
            env={},
            check=False,
        )
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        found = {"refused": "heavy"}
    if "refused" in found:
        raise BadInput(REASONS[found["refused"]])
    return int(found["pages"])
