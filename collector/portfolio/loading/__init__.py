"""Files into the book (design section 8): read, mapped, validated, staged, merged."""

from collector.portfolio.loading.columns import SHAPES, Column, Shape
from collector.portfolio.loading.load import LoadResult, load, read_book
from collector.portfolio.loading.mapping import Mapping, read_mapping
from collector.portfolio.loading.parsing import Book
from collector.portfolio.loading.reading import Progress, Reading, Rows, no_progress

__all__ = [
    "SHAPES",
    "Book",
    "Column",
    "LoadResult",
    "Mapping",
    "Progress",
    "Reading",
    "Rows",
    "Shape",
    "load",
    "no_progress",
    "read_book",
    "read_mapping",
]
