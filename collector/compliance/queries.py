"""Gates of the past, compiled again from the words they were compiled from."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlmodel import Session, col, select

from collector.compliance.packs import read_pack
from collector.compliance.rules import Capabilities, Policy, compile_policy
from collector.compliance.tables import PolicyText
from collector.foundation.errors import BadInput


def kept_policies(session: Session, digests: Collection[str]) -> dict[str, Policy | str]:
    """By digest, those that were kept: the gate, or why this program can not compile it any more."""
    rows = session.exec(select(PolicyText).where(col(PolicyText.digest).in_(digests)))
    return {row.digest: _compiled(row.digest, row.body) for row in rows}


def _compiled(digest: str, body: Mapping[str, Any]) -> Policy | str:
    if hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest() != digest:
        return "its kept text was changed"
    try:
        pack = read_pack(body["pack"], body["house"])
        carrier = msgspec.convert(body["capabilities"], Capabilities | None)
        policy = compile_policy(pack, body["collector_type"], body["debt_type"], body["tightening"], carrier)
    except (BadInput, msgspec.ValidationError) as error:
        return f"this program can not read it: {error}"
    return policy if policy.digest == digest else "this program reads it differently"
