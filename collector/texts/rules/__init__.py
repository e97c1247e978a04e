"""Pure decisions about texts: what may stand in a template, how long a message is, what it must not refer to."""

from __future__ import annotations

from collector.texts.rules.describe import (
    DEFAULTS,
    MAX_SOURCE_BYTES,
    MAX_TEXT,
    SPEAKING,
    VARIABLES,
    Kind,
    Purpose,
    Tone,
    Value,
    Variable,
    allowed_variables,
    bare_language,
    disclosure,
    head_signature,
    needed_variables,
    phrase,
    samples,
    sender_values,
    words_of_debt,
)
from collector.texts.rules.figures import fixed_figures, foreign_figures
from collector.texts.rules.refer import fixed_references, foreign_references, references
from collector.texts.rules.register import Registration, Stand, stand
from collector.texts.rules.segment import Encoding, Segments, count_segments

__all__ = [
    "DEFAULTS",
    "MAX_SOURCE_BYTES",
    "MAX_TEXT",
    "SPEAKING",
    "VARIABLES",
    "Encoding",
    "Kind",
    "Purpose",
    "Registration",
    "Segments",
    "Stand",
    "Tone",
    "Value",
    "Variable",
    "allowed_variables",
    "bare_language",
    "count_segments",
    "disclosure",
    "fixed_figures",
    "fixed_references",
    "foreign_figures",
    "foreign_references",
    "head_signature",
    "needed_variables",
    "phrase",
    "references",
    "samples",
    "sender_values",
    "stand",
    "words_of_debt",
]
