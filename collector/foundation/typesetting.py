"""Documents for print: a template and data in, PDF/A-2b out. The same input gives the same bytes.

Data goes to the template as JSON, never as markup, so that nothing a person wrote is obeyed. Templates are set by a
child process that may read nothing outside their own folder, may write nothing, has no address of any proxy or
package server, and is ended when it takes too long (security.md section 2, row PDF). It lives on for the next
document: finding the fonts takes longer than setting a page.
"""

from __future__ import annotations

import json
import re
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from collector.foundation.errors import BadInput, NotReady
from collector.foundation.logs import printable

CHILD = Path(__file__).with_name("typesetting_child.py")
FAMILIES = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Noto Serif CJK SC", "Source Han Serif SC", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "AR PL UMing CN",
)  # fmt: skip
"""Fonts with Chinese characters, the first that is there is used."""
NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
SECONDS = 60.0
"""For one document; the first also waits for the fonts."""
MEMORY = 2 * 1024**3
PACKAGE = re.compile(r"@[a-z]+/")
"""How a template would ask for a package, which would be fetched from the network."""


class Pdf(NamedTuple):
    """A document. `lacking`: characters that no font here has; each stands in it by its number."""

    body: bytes
    lacking: tuple[str, ...]


@dataclass
class Typesetter:
    """Sets the templates `NAME.typ` of one folder. `fonts`: a folder besides the system's own. Close it after use."""

    folder: Path
    fonts: Path | None = None
    seconds: float = SECONDS
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _font: str = field(default="", repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the child; the next document starts another."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                stream.close()

    def pdf(self, template: str, data: Mapping[str, Any], at: datetime) -> Pdf:
        """The document. `at` stands in the file as the moment it was made, so take it from the data, not the clock.

        No font with Chinese characters is a `NotReady`; a template that is wrong, or a document that takes too long,
        a `BadInput`.
        """
        file = self._file(template)
        return self._asked(file.name, {"file": str(file), "data": _clean(data), "timestamp": int(at.timestamp())})

    def lacking(self, data: Mapping[str, Any]) -> tuple[str, ...]:
        """Characters of the data that no font here has, before a document is set."""
        return self._asked("the text", {"file": "", "data": _clean(data)}).lacking

    def _asked(self, name: str, wanted: dict[str, Any]) -> Pdf:
        child, until = self._started(), time.monotonic() + self.seconds
        if child.stdin is None:
            raise NotReady("the typesetter is closed")
        try:
            child.stdin.write(json.dumps({**wanted, "font": self._font}).encode() + b"\n")
            child.stdin.flush()
            reply = json.loads(self._line(until))
        except BrokenPipeError as error:
            self.close()
            raise BadInput("the document can not be set: it needs more memory than it may have") from error
        if "error" in reply:
            raise BadInput(f"{name} can not be set: {printable(reply['error'])[:300]}")
        return Pdf(self._read(reply["size"], until), tuple(reply["lacking"]))

    def _file(self, template: str) -> Path:
        file = self.folder.resolve() / f"{template}.typ"
        if not NAME.fullmatch(template) or not file.is_file():
            raise BadInput(f"there is no print template {template[:64]!r}")
        if PACKAGE.search(file.read_text(encoding="utf-8")):
            raise BadInput(
                f"{file.name} asks for a package, which templates may not; copy what it needs into its folder"
            )
        return file

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        fonts = str(self.fonts.resolve()) if self.fonts else ""
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and script, and two folders to read
            [sys.executable, "-I", str(CHILD), str(self.folder.resolve()), fonts, str(MEMORY)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"},  # where nobody answers
        )
        families = frozenset(json.loads(self._line(time.monotonic() + self.seconds))["families"])
        self._font = next((name for name in FAMILIES if name in families), "")
        if not self._font:
            self.close()
            raise NotReady(
                "no font with Chinese characters was found; install one (Debian: fonts-noto-cjk), or name its folder "
                "in COLLECTOR_FONTS_DIR"
            )
        return self._child

    def _line(self, until: float) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            line += self._some(1, until)
        return line

    def _read(self, size: int, until: float) -> bytes:
        parts, left = [], size
        while left:
            parts.append(self._some(left, until))
            left -= len(parts[-1])
        return b"".join(parts)

    def _some(self, most: int, until: float) -> bytes:
        """At least one byte of what the child says, before that moment."""
        stream = self._child.stdout if self._child else None
        if stream is None:
            raise NotReady("the typesetter is closed")
        ready, _, _ = select.select([stream], [], [], max(until - time.monotonic(), 0))
        some = stream.read(most) if ready else b""
        if not some:
            self.close()
            if not ready:
                raise BadInput(f"the document can not be set within {self.seconds:g} seconds")
            raise BadInput("the document can not be set: it needs more memory than it may have")
        return some


def _clean(value: Any) -> Any:
    """As JSON, without characters that no reader sees; days and moments as they are written."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {str(key): _clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(part) for part in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int):
        return value
    raise TypeError(f"{type(value).__name__} can not be printed: make it text first")
