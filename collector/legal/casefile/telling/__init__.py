"""What is printed of a case: the records as titled tables, in the file's language. The template only lays them out."""

from collector.legal.casefile.telling.bound import bound, exhibits_of, statement
from collector.legal.casefile.telling.parts import Exhibit
from collector.legal.casefile.telling.sheets import sheets

__all__ = ["Exhibit", "bound", "exhibits_of", "sheets", "statement"]
