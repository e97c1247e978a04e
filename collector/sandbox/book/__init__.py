"""A believable floor: invented people, written as real files and loaded through the real loader."""

from collector.sandbox.book.making import make_book
from collector.sandbox.book.opening import Opening
from collector.sandbox.book.staff import PEOPLE, agent_of_the_hour

__all__ = ["PEOPLE", "Opening", "agent_of_the_hour", "make_book"]
