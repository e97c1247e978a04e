"""What is printed of a case: the records as titled tables, in the file's language. The template only lays them out."""

from collector.legal.casefile.telling.bound import bound, certificate, exhibits_of, sounds_of, statement
from collector.legal.casefile.telling.parts import Exhibit, Sound
from collector.legal.casefile.telling.sheets import sheets

__all__ = ["Exhibit", "Sound", "bound", "certificate", "exhibits_of", "sheets", "sounds_of", "statement"]
