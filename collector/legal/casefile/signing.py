"""Signing the bound document itself, so that any reader of PDF files shows by whom. Optional: such a signature carries
its moment, so that a file signed twice is not the same file."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from collector.foundation.errors import BadInput

FIELD = "CaseFile"


def signer_of(file: Path, passphrase: str) -> Callable[[bytes], bytes]:
    """Signs with the key and certificate of a PKCS#12 file; one that can not be opened is a `BadInput`."""
    signer = signers.SimpleSigner.load_pkcs12(str(file), passphrase=passphrase.encode() or None)  # type: ignore[no-untyped-call]
    if signer is None:
        raise BadInput(f"{file.name} can not be opened: a PKCS#12 file, its passphrase in COLLECTOR_SIGN_PASSPHRASE")

    def sign(body: bytes) -> bytes:
        signed = signers.sign_pdf(
            IncrementalPdfFileWriter(BytesIO(body)), signers.PdfSignatureMetadata(field_name=FIELD), signer
        )
        return bytes(signed.getbuffer())

    return sign
