"""Phone and ID numbers of invented people: valid by their checks, and as far as can be nobody's.

American numbers are 555 lines, whose block 0100 to 0199 is kept for fiction; ID numbers there begin with 9, which no
social security number does. China keeps no such block: numbers are drawn at random, and nothing in the demo can reach
the network. The last two digits choose the simulated borrower (`collector.sandbox.personas`).
"""

from __future__ import annotations

from random import Random
from typing import Final

from stdnum.cn import ric

from collector.sandbox.book.names import words

MOBILES: Final = words("130 131 135 136 137 138 139 150 151 158 159 176 177 186 187 188 189 199")
EXCHANGE: Final = "555"
FIRST_BLOCK, BLOCKS = 1, 99
MINOR, OLDEST = 19, 72
"""Years of age of borrowers."""


class Numbers:
    """Gives each number once. Written in the national way, as books have them."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def cn_phone(self, ending: str) -> str:
        while True:
            number = f"{self._rng.choice(MOBILES)}{self._rng.randrange(10**6):06d}{ending}"
            if number not in self._given:
                self._given.add(number)
                return number

    def us_phone(self, areas: list[str], ending: str) -> str:
        """In the first of these areas with a free line of that ending, fiction's own block first."""
        for block in range(FIRST_BLOCK, FIRST_BLOCK + BLOCKS):
            for area in areas:
                number = f"{area}{EXCHANGE}{block:02d}{ending}"
                if number not in self._given:
                    self._given.add(number)
                    return number
        return self.us_phone(areas, f"{(int(ending) + 1) % 100:02d}")

    def cn_id(self, district: str, born_year: int) -> str:
        """A resident number with the right check digit."""
        while True:
            rng = self._rng
            day = f"{born_year}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
            body = f"{district}{day}{rng.randint(1, 999):03d}"
            number = body + ric.calc_check_digit(body + "0")
            if number not in self._given:
                self._given.add(number)
                return number

    def us_id(self) -> str:
        while True:
            number = f"9{self._rng.randrange(100):02d}-00-{self._rng.randint(1, 9999):04d}"
            if number not in self._given:
                self._given.add(number)
                return number
