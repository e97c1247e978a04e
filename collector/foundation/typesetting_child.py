"""Sets documents and gives them back as PDF, one after another. Run as a script by `typesetting.py`, alone: it imports
nothing of the project, knows no address and holds nothing worth stealing. Requests and answers are a line of JSON each;
after an answer with a size follow that many bytes."""

from __future__ import annotations

import json
import re
import resource
import sys
from typing import Any

import typst

LACKING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
ESCAPED = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|(.))")
PLAIN = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
KNOWN: dict[str, bool] = {}
"""Characters that were looked at: whether some font has them. The fonts stay the same while this process lives."""
MOST_LACKING = 500
"""Different characters of one document that no font has."""


def main(root: str, fonts: str, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    known = typst.Fonts(font_paths=[fonts] if fonts else [])
    compiler = typst.Compiler(b"", root=root, font_paths=known, package_path=root, package_cache_path=root)
    _say({"families": sorted(known.families())})
    for line in sys.stdin:
        wanted = json.loads(line)
        if not wanted["file"]:
            _say({"size": 0, "lacking": _unknown(compiler, wanted)})
            continue
        try:
            body, lacking = _set(compiler, wanted)
        except typst.TypstError as error:
            _say({"error": error.message})
            continue
        _say({"size": len(body), "lacking": lacking})
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()


def _set(compiler: typst.Compiler, wanted: dict[str, Any]) -> tuple[bytes, list[str]]:
    """The document. What no font can show is written as its number, such as [U+0E01], and told."""
    lacking = _unknown(compiler, wanted)
    while True:
        data = _shown(wanted["data"], lacking) if lacking else wanted["data"]
        try:
            body = compiler.compile(
                input=wanted["file"],
                format="pdf",
                sys_inputs={"data": json.dumps(data, ensure_ascii=False), "font": wanted["font"]},
                pdf_standards=["a-2b"],
                timestamp=wanted["timestamp"],
            )
        except typst.TypstError as error:
            found = LACKING.search(error.message)
            text = _unescaped(found[1]) if found else ""
            if not text or text in lacking or len(lacking) >= MOST_LACKING:
                raise
            lacking.append(text)
            continue
        if not isinstance(body, bytes):
            raise RuntimeError("no document came out")
        return body, lacking


def _unknown(compiler: typst.Compiler, wanted: dict[str, Any]) -> list[str]:
    """Characters of the data that no font has, found on a page of their own: a whole document is not set in vain. Those
    that were looked at before are known."""
    new = sorted(set(json.dumps(wanted["data"], ensure_ascii=False)) - KNOWN.keys())
    page = b"#set text(font: sys.inputs.font)\n#json(bytes(sys.inputs.data)).join(linebreak())"
    while new:
        inputs = {"data": json.dumps(new, ensure_ascii=False), "font": wanted["font"]}
        try:
            compiler.compile(input=page, format="pdf", sys_inputs=inputs, pdf_standards=["a-2b"], timestamp=0)
        except typst.TypstError as error:
            found = LACKING.search(error.message)
            text = _unescaped(found[1]) if found else ""
            if text not in new:
                break  # not for want of a letter: setting the document itself will say why
            KNOWN[text] = False
            new.remove(text)
            continue
        KNOWN.update(dict.fromkeys(new, True))
        break
    return sorted({one for one in json.dumps(wanted["data"], ensure_ascii=False) if not KNOWN.get(one, True)})


def _shown(value: Any, lacking: list[str]) -> Any:
    if isinstance(value, str):
        for text in lacking:
            value = value.replace(text, "".join(f"[U+{ord(one):04X}]" for one in text))
        return value
    if isinstance(value, dict):
        return {key: _shown(part, lacking) for key, part in value.items()}
    if isinstance(value, list):
        return [_shown(part, lacking) for part in value]
    return value


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else PLAIN.get(found[2], found[2]), text)


def _say(reply: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(reply).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
