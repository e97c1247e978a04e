"""Files into the book (design section 8): read, mapped, validated, staged, merged."""

from collector.portfolio.loading.columns import SHAPES, Column, Shape
from collector.portfolio.loading.load import LoadResult, load, nothing_more, read_book
from collector.portfolio.loading.mapping import Mapping, read_mapping, write_mapping
from collector.portfolio.loading.parsing import Book
from collector.portfolio.loading.reading import Progress, Reading, Rows, no_progress
from collector.portfolio.loading.trial import Tried, in_our_columns, sample_of, try_file

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
    "Tried",
    "in_our_columns",
    "load",
    "no_progress",
    "nothing_more",
    "read_book",
    "read_mapping",
    "sample_of",
    "try_file",
    "write_mapping",
]
