"""The records of one account that go into its case file, up to a moment, and nothing that may not leave."""

from collector.legal.casefile.reading.gathering import read_material
from collector.legal.casefile.reading.material import Letter, Link, Material, Somebody
from collector.legal.casefile.reading.weighing import have, loose_letters

__all__ = ["Letter", "Link", "Material", "Somebody", "have", "loose_letters", "read_material"]
