"""The list of a folder's files that proves it whole, signed; and the check of it, which needs no database.

The signature is Ed25519 over the bytes of the manifest, by a key that follows from the office's master secret. Its
public key lies beside it, but whoever changes a folder could lay another there: so it is printed on the cover and by
`collector casefile key`, and a check is told which key it shall be.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from collector.audit.rules.entry import entry_hash, link_hash
from collector.foundation.clock import parse_moment
from collector.foundation.errors import BadInput

MANIFEST, SIGNATURE, PUBLIC_KEY = "manifest.json", "manifest.sig", "manifest.pub"
AUDIT = "audit.json"
OWN = frozenset({MANIFEST, SIGNATURE, PUBLIC_KEY})
"""Files that the manifest can not name, as it can not hold its own hash: the signature covers them."""
FORMAT = "collector-case-file/1"
HEX = {SIGNATURE: re.compile(rb"[0-9a-f]{128}\n"), PUBLIC_KEY: re.compile(rb"[0-9a-f]{64}\n")}
MOST_MANIFEST = 64 * 1024 * 1024
PIECE = 1024 * 1024


def signing_key(secret: bytes) -> Ed25519PrivateKey:
    """The key of 32 bytes that `Keys.derive("case-file")` gives."""
    return Ed25519PrivateKey.from_private_bytes(secret)


def public_of(key: Ed25519PrivateKey) -> str:
    """Its public half, 64 hex digits."""
    return key.public_key().public_bytes_raw().hex()


def fingerprint(public: str) -> str:
    """What a person compares: eight groups of four."""
    digits = hashlib.sha256(bytes.fromhex(public)).hexdigest()[:32].upper()
    return " ".join(digits[start : start + 4] for start in range(0, 32, 4))


def seal_folder(
    folder: Path, about: Mapping[str, Any], told: Mapping[str, Mapping[str, Any]], secret: bytes
) -> dict[str, str]:
    """Write the manifest, its signature and the public key. `told`: what is said of a file beside its hash, by name.
    Returns the SHA-256 of every file by its name, that of the manifest among them."""
    sealed = sorted(_digests(folder).items())
    files = [{"name": name, "size": size, "sha256": digest, **told.get(name, {})} for name, (size, digest) in sealed]
    document = {"format": FORMAT, "case": dict(about), "files": files}
    body = (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    key = signing_key(secret)
    (folder / MANIFEST).write_bytes(body)
    (folder / SIGNATURE).write_bytes(key.sign(body).hex().encode() + b"\n")
    (folder / PUBLIC_KEY).write_bytes(public_of(key).encode() + b"\n")
    return {**{name: digest for name, (_, digest) in sealed}, MANIFEST: hashlib.sha256(body).hexdigest()}


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check found. `wrong`: each a sentence; empty: the folder is as it was made."""

    public_key: str
    is_expected_key: bool | None
    """None: it was not said which key it should be."""
    files: int
    wrong: tuple[str, ...]
    case: Mapping[str, Any]

    @property
    def is_whole(self) -> bool:
        return not self.wrong


def verify_folder(folder: Path, expected_key: str | None = None) -> Verified:
    """Checks signature, every file, every entry of the audit's extract; names what was changed, added or removed.

    A folder without a manifest is a `BadInput`.
    """
    if not (folder / MANIFEST).is_file():
        raise BadInput(f"{folder.name} holds no {MANIFEST}: it is no case file, or that was removed")
    own = {name: _own(folder / name) for name in (MANIFEST, SIGNATURE, PUBLIC_KEY)}
    public = own[PUBLIC_KEY].decode("ascii", "replace").strip()
    wrong = list(_signature(own))
    is_expected = None if expected_key is None else hmac.compare_digest(public.encode(), expected_key.strip().encode())
    if is_expected is False:
        wrong.append(f"{PUBLIC_KEY} is not the key that was expected: somebody else signed this")
    document = _document(own[MANIFEST])
    if document is None:
        wrong.append(f"{MANIFEST} was changed: it can not be read any more")
        return Verified(public, is_expected, 0, tuple(wrong), {})
    named = {str(one["name"]): one for one in document["files"]}
    wrong += _files(folder, named)
    wrong += _entries(folder / AUDIT) if AUDIT in named else ()
    return Verified(public, is_expected, len(named), tuple(wrong), document["case"])


def _own(path: Path) -> bytes:
    try:
        if path.is_symlink() or path.stat().st_size > MOST_MANIFEST:
            return b""
        return path.read_bytes()
    except OSError:
        return b""


def _signature(own: Mapping[str, bytes]) -> Iterator[str]:
    for name, pattern in HEX.items():
        if not pattern.fullmatch(own[name]):
            yield f"{name} was changed or removed"
            return
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(own[PUBLIC_KEY].decode().strip()))
        key.verify(bytes.fromhex(own[SIGNATURE].decode().strip()), own[MANIFEST])
    except (InvalidSignature, ValueError):
        yield f"{MANIFEST}, {SIGNATURE} or {PUBLIC_KEY} was changed: the signature does not fit"


def _document(body: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(body)
        whole = document["format"] == FORMAT and isinstance(document["case"], dict)
        fits = all(
            isinstance(one["name"], str) and isinstance(one["size"], int) and isinstance(one["sha256"], str)
            for one in document["files"]
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return document if whole and fits else None


def _files(folder: Path, named: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    found = _digests(folder)
    for name in sorted(named.keys() - found.keys()):
        yield f"{name} was removed"
    for name in sorted(found.keys() - named.keys()):
        yield f"{name} was added"
    for name in sorted(named.keys() & found.keys()):
        size, digest = found[name]
        if (size, digest) != (named[name]["size"], named[name]["sha256"]):
            yield f"{name} was changed"


def _digests(folder: Path) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of everything in it but the manifest's own files. What is no plain file has no hash, so that it
    never passes."""
    found = {}
    for path in _all(folder):
        name = str(PurePosixPath(path.relative_to(folder)))
        if name not in OWN:
            found[name] = _digest(path) if stat.S_ISREG(path.lstat().st_mode) else (-1, "")
    return found


def _all(folder: Path) -> Iterable[Path]:
    for root, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        yield from (Path(root) / name for name in (*names, *links))


def _digest(path: Path) -> tuple[int, str]:
    value, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            value.update(piece)
            size += len(piece)
    return size, value.hexdigest()


def _entries(path: Path) -> Iterator[str]:
    """Each entry of the extract against its place in the chain."""
    try:
        entries = json.loads(path.read_bytes())["entries"]
        for one in entries:
            place = f"{path.name}: entry {one['id']}"
            if "detail" in one:
                at = parse_moment(one["at"])
                value = entry_hash(one["id"], at, one["actor"], one["action"], one["subject"], one["detail"])
                if not hmac.compare_digest(value, one["entry_hash"]):
                    yield f"{place} does not read as it was sealed"
            if one["position"] is None:
                continue
            if not hmac.compare_digest(link_hash(one["before"], one["position"], one["entry_hash"]), one["hash"]):
                yield f"{place} does not stand at its place in the chain"
    except (OSError, ValueError, KeyError, TypeError, BadInput):
        yield f"{path.name} was changed: it can not be read any more"
