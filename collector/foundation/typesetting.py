"""PDF files from a template and data: the port to the typesetter."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

from collector.foundation.errors import NotReady

STANDARD: Literal["a-2b"] = "a-2b"
"""PDF/A-2b: kept readable for decades."""


def typeset(template: Path, data: dict[str, Any], at: datetime) -> bytes:
    """The PDF that `template` makes of `data`, dated `at`: the same input gives the same bytes. The template reads
    `json(bytes(sys.inputs.data))`; data is never markup, and reads stay in the template's folder."""
    try:
        made = _compiler(template.parent).compile(
            input=template,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=STANDARD,
            timestamp=int(at.timestamp()),
        )
    except typst.TypstError as error:
        raise NotReady("this could not be typeset; check the layout in the folder of templates") from error
    if not isinstance(made, bytes):
        raise NotReady("this could not be typeset; check the layout in the folder of templates")
    return made


@lru_cache(maxsize=4)
def _compiler(root: Path) -> typst.Compiler:
    """Kept: looking through the fonts takes seconds. Packages can not be fetched: there is no folder for them."""
    nowhere = root / "no-packages"
    return typst.Compiler(root=root, package_path=nowhere, package_cache_path=nowhere)
