"""A believable floor: invented people, written as real files and loaded through the real loader."""

from collector.sandbox.book.making import make_book
from collector.sandbox.book.opening import Opening
from collector.sandbox.book.staff import PEOPLE

__all__ = ["PEOPLE", "Opening", "make_book"]
