"""Letters: made from the facts of an account, printed, posted through the gate, and what came back of them."""

from collector.casework.actions.letters.coming_back import (
    LetterReport,
    ReportKind,
    Taken,
    letter_arrived,
    letter_returned,
    letter_signed,
    read_reports,
    take_reports,
)
from collector.casework.actions.letters.correcting import letter_left, letter_struck
from collector.casework.actions.letters.making import LetterOrder, make_letter
from collector.casework.actions.letters.posting import LetterPosted, letter_posted
from collector.casework.actions.letters.printing import (
    Batch,
    NotPrinted,
    PrintedLetter,
    give_letters,
    letter_docx,
    letter_pdf,
    print_letter,
    print_open,
    save_batch,
)

__all__ = [
    "Batch",
    "LetterOrder",
    "LetterPosted",
    "LetterReport",
    "NotPrinted",
    "PrintedLetter",
    "ReportKind",
    "Taken",
    "give_letters",
    "letter_arrived",
    "letter_docx",
    "letter_left",
    "letter_pdf",
    "letter_posted",
    "letter_returned",
    "letter_signed",
    "letter_struck",
    "make_letter",
    "print_letter",
    "print_open",
    "read_reports",
    "save_batch",
    "take_reports",
]
