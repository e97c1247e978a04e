"""Secrets: one master secret, a derived key per purpose; sealed ID numbers and blind indexes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import stat
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from collector.foundation.errors import Conflict, NotReady


class Keys:
    """Keys derived from one master secret by HKDF-SHA256, one per purpose."""

    def __init__(self, master: bytes) -> None:
        if len(master) < 32:
            raise NotReady("the master secret is shorter than 32 bytes")
        self._master = master
        self._derived: dict[str, bytes] = {}
        self._macs: dict[str, HMAC] = {}

    def derive(self, purpose: str) -> bytes:
        """32 bytes for this purpose; the same purpose always gives the same key."""
        if purpose not in self._derived:
            kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"collector:{purpose}".encode())
            self._derived[purpose] = kdf.derive(self._master)
        return self._derived[purpose]

    @cached_property
    def check_value(self) -> str:
        """What the database keeps to recognise this master secret; it gives nothing of the secret away."""
        return hmac.new(self.derive("check"), b"check", hashlib.sha256).hexdigest()

    @cached_property
    def key_id(self) -> str:
        return self.check_value[:8]

    def seal(self, plain: str) -> str:
        """AES-GCM, as "key id:base64(nonce and ciphertext)"."""
        nonce = os.urandom(12)
        sealed = self._cipher.encrypt(nonce, plain.encode(), None)
        return f"{self.key_id}:{base64.b64encode(nonce + sealed).decode()}"

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.derive("seal"))

    def open(self, sealed: str) -> str:
        """The inverse of `seal`; a text sealed under another key, or changed, is a `NotReady`."""
        key_id, _, body = sealed.partition(":")
        if key_id != self.key_id:
            raise NotReady(f"this was sealed with key {key_id}, which is not here")
        try:
            raw = base64.b64decode(body, validate=True)
            return self._cipher.decrypt(raw[:12], raw[12:], None).decode()
        except (InvalidTag, ValueError) as error:
            raise NotReady("a sealed value was changed and can not be opened") from error

    def blind_index(self, *parts: str) -> str:
        """A keyed hash to find equal values by, without keeping them: HMAC-SHA256, hex."""
        return self.mac("blind-index", *parts)

    def mac(self, purpose: str, *parts: str) -> str:
        """HMAC-SHA256 under the purpose's key over parts that can not run into each other; hex."""
        if purpose not in self._macs:
            self._macs[purpose] = HMAC(self.derive(purpose), hashes.SHA256())
        mac = self._macs[purpose].copy()  # a key made ready once, not for every row of a book
        for raw in map(str.encode, parts):
            mac.update(len(raw).to_bytes(4, "big") + raw)
        return mac.finalize().hex()


def read_keys(path: Path) -> Keys:
    """The keys of the master secret in this file; missing or readable by others is a `NotReady`."""
    try:
        mode = path.stat().st_mode
        body = path.read_text("ascii").strip()
    except FileNotFoundError as error:
        raise NotReady(
            f"the master secret {path.name} is missing; put back the copy that belongs to this database"
        ) from error
    except UnicodeDecodeError as error:
        raise NotReady(f"{path.name} is not a master secret") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NotReady(f"{path.name} can be read by others; run: chmod 600 {path.name}")
    try:
        return Keys(bytes.fromhex(body))
    except ValueError as error:
        raise NotReady(f"{path.name} is not a master secret") from error


def make_key_file(path: Path) -> Keys:
    """A new master secret, written for the owner's eyes only; an existing file is never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Conflict(f"{path.name} exists already and is never overwritten") from error
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())  # a database sealed under a key that a crash took is lost
    return read_keys(path)
