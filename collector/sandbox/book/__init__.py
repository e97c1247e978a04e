"""A believable floor: invented people, written as real files and loaded through the real loader."""

from collector.sandbox.book.making import Opening, make_book
from collector.sandbox.book.staff import PEOPLE

__all__ = ["PEOPLE", "Opening", "make_book"]
