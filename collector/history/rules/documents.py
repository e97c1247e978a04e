"""What papers there are of an account, and what kind of file one may be."""

from __future__ import annotations

from enum import StrEnum


class DocumentKind(StrEnum):
    """What a paper is, as the case file orders it (handbook section 8)."""

    contract = "contract"
    signature = "signature"
    """Proof that the contract was signed by who it names."""
    service_address = "service_address"
    """The address for service that was agreed."""
    disbursement = "disbursement"
    assignment = "assignment"
    """A notice that the debt was transferred."""
    identity = "identity"
    """A copy of an ID card or licence."""
    guarantee = "guarantee"
    guarantor_consent = "guarantor_consent"
    """Written consent of a guarantor to a change of the debt."""
    collateral = "collateral"
    collateral_receipt = "collateral_receipt"
    """For collateral or its papers that were handed back."""
    plaintiff = "plaintiff"
    """The creditor's own papers: licence, representative, power of attorney."""
    letter = "letter"
    letter_receipt = "letter_receipt"
    letter_returned = "letter_returned"
    visit = "visit"
    agreement = "agreement"
    """A promise, settlement, extension or assumption of debt, signed."""
    approval = "approval"
    court = "court"
    estate = "estate"
    """Of a death: certificate, inventory, heirs."""
    other = "other"


class Media(StrEnum):
    """What a paper may be stored as; told by its first bytes, never by its name."""

    pdf = "pdf"
    jpeg = "jpg"
    png = "png"


MAGIC = {b"%PDF-": Media.pdf, b"\xff\xd8\xff": Media.jpeg, b"\x89PNG\r\n\x1a\n": Media.png}
MOST_BYTES = 50 * 1024 * 1024
"""Of one paper."""


def media_of(content: bytes) -> Media | None:
    """What the bytes are, or None: nothing that is kept here."""
    return next((media for magic, media in MAGIC.items() if content.startswith(magic)), None)
