"""Borrowers and those around them, with phones whose last two digits say how they will behave."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from collector.portfolio.rules import BorrowerType
from collector.sandbox.book import names
from collector.sandbox.book.numbers import Numbers
from collector.sandbox.book.world import BookSpec, Human

AGES: Final = {BorrowerType.student: (19, 25), BorrowerType.public_sector_retiree: (45, 68)}
ADULT: Final = (23, 58)
DEAD_ENDINGS: Final = ("01", "04", "05", "06", "07")
"""Personas that never answer; see `collector.sandbox.personas`."""
ODD_ENDINGS: Final = tuple(f"{digits:02d}" for digits in range(26))
PLAIN_ENDINGS: Final = tuple(f"{digits:02d}" for digits in range(26, 100))


class People:
    """Makes each person once. The longer an account is late, the likelier its phones are dead."""

    def __init__(self, rng: Random, today: date) -> None:
        self._rng = rng
        self._today = today
        self._numbers = Numbers(rng)

    def borrower(self, spec: BookSpec, kind: BorrowerType, late: int, ending: str | None = None) -> Human:
        count = 1 + (self._rng.random() < 0.35) + (self._rng.random() < 0.08)
        endings = tuple(ending or self._ending(late) for _ in range(count))
        return self._human(spec, kind, endings)

    def relation(self, spec: BookSpec) -> Human:
        return self._human(spec, self._rng.choice(tuple(BorrowerType)), (self._ending(0),))

    def partner(self, spec: BookSpec) -> str:
        return self._rng.choice(names.CN_PARTNERS if spec.jurisdiction == "cn" else names.US_PARTNERS)

    def payer(self, spec: BookSpec) -> str:
        return names.cn_name(self._rng) if spec.jurisdiction == "cn" else names.us_name(self._rng)

    def _ending(self, late: int) -> str:
        share = self._rng.random()
        if share < (0.06 if late <= 10 else 0.14 if late <= 60 else 0.34):
            return self._rng.choice(DEAD_ENDINGS)
        return self._rng.choice(ODD_ENDINGS if share > 0.72 else PLAIN_ENDINGS)

    def _human(self, spec: BookSpec, kind: BorrowerType, endings: tuple[str, ...]) -> Human:
        rng = self._rng
        if spec.jurisdiction == "cn":
            place = rng.choice(names.CN_PLACES)
            born = self._today.year - rng.randint(*AGES.get(kind, ADULT))
            district = place.code if born >= names.CODES_SINCE else rng.choice(names.OLD_DISTRICTS)
            return Human(
                name=names.cn_name(rng),
                id_no=self._numbers.cn_id(district, born),
                phones=tuple(self._numbers.cn_phone(ending) for ending in endings),
                email="",
                home=names.cn_address(rng, place),
                work=names.cn_address(rng, place) if rng.random() < 0.5 else "",
                registered=names.cn_address(rng, rng.choice(names.CN_PLACES)),
                employer=rng.choice(names.CN_EMPLOYERS[kind]),
                zone=None,
            )
        place = rng.choice(names.US_PLACES)
        areas = [place.code]
        name = names.us_name(rng)
        return Human(
            name=name,
            id_no=self._numbers.us_id(),
            phones=tuple(self._numbers.us_phone(areas, ending) for ending in endings),
            email=f"{name.lower().replace(' ', '.')}{rng.randrange(1000)}@example.com",
            home=names.us_address(rng, place),
            work=names.us_address(rng, place) if rng.random() < 0.4 else "",
            registered="",
            employer=rng.choice(names.US_EMPLOYERS[kind]),
            zone=place.zone,
        )
