"""Files that come in: written to a temporary folder piece by piece, and rejects kept for download."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from starlette.datastructures import UploadFile

from collector.casework.office import Office
from collector.foundation.errors import BadInput, NotFound

TABLES = (".csv", ".csv.gz", ".xlsx")
MAPPINGS = (".yaml", ".yml")
SUFFIXES = (*TABLES, *MAPPINGS)


@contextmanager
def received(*files: UploadFile | None) -> Iterator[list[Path | None]]:
    """Each upload as a file with its own name's ending; the folder is gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="collector-") as folder:
        yield [_keep(Path(folder), number, file) for number, file in enumerate(files)]


def _keep(folder: Path, number: int, file: UploadFile | None) -> Path | None:
    """The name a stranger gave is used for nothing but its ending (security section 2, paths)."""
    if file is None or not file.filename:
        return None
    path = folder / f"upload-{number}{suffix_of(file.filename)}"
    with path.open("wb") as out:
        shutil.copyfileobj(file.file, out)
    return path


def suffix_of(name: str, among: Sequence[str] = SUFFIXES) -> str:
    """The ending of a stranger's file name, if it is one of ours."""
    suffix = next((one for one in among if name.lower().endswith(one)), None)
    if suffix is None:
        raise BadInput("send a .csv, .csv.gz or .xlsx file, and a mapping as .yaml")
    return suffix


def put(file: UploadFile, path: Path) -> None:
    """The upload as that file, for the owner's eyes only."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        shutil.copyfileobj(file.file, out)


def rejects_file(office: Office, run_id: int) -> Path:
    """Where the refused rows of a load are kept, by our own number."""
    return office.settings.home / "rejects" / f"load-{run_id}.csv"


def keep_rejects(office: Office, written: Path, run_id: int) -> bool:
    """Put the rejects of a load where they can be fetched; False when there are none."""
    if not written.exists():
        return False
    target = rejects_file(office, run_id)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.move(written, target)
    target.chmod(0o600)
    return True


def kept_rejects(office: Office, run_id: int) -> Path:
    path = rejects_file(office, run_id)
    if not path.is_file():
        raise NotFound("this load refused no rows")
    return path
