"""The chain: what an entry's hash covers, and what a damaged chain looks like."""

from collector.audit.rules.entry import GENESIS, Entry, Sealed, Signed, entry_hash, link_hash, veiled
from collector.audit.rules.examine import Examiner, against_anchor
from collector.audit.rules.findings import Damage, Finding, Part

__all__ = [
    "GENESIS",
    "Damage",
    "Entry",
    "Examiner",
    "Finding",
    "Part",
    "Sealed",
    "Signed",
    "against_anchor",
    "entry_hash",
    "link_hash",
    "veiled",
]
