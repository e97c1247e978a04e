"""Amounts in Chinese words, as papers of weight carry them beside the figures (the People's Bank's rules for writing
cheques and settlement papers, 1997, appendix 1)."""

from __future__ import annotations

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def capital(amount: int, decimals: int) -> str:
    """Minor units in words: 140950 with 2 decimals is 壹仟肆佰零玖元伍角. "" where the currency has neither two
    decimals nor none: there is no such wording then. Never negative."""
    if decimals not in (0, 2) or amount < 0:
        return ""
    whole, rest = divmod(amount, 10**decimals)
    dimes, cents = divmod(rest, 10)
    said = f"{_whole(whole)}元" if whole or not rest else ""
    if not rest:
        return f"{said}整"
    gap = "零" if said and not dimes else ""
    return said + (f"{_DIGITS[dimes]}角" if dimes else gap) + (f"{_DIGITS[cents]}分" if cents else "")


def _whole(number: int) -> str:
    """A whole number below 10^16."""
    if number == 0:
        return _DIGITS[0]
    groups = [number // 10_000**at % 10_000 for at in range(4)]
    said = ""
    for at in reversed(range(4)):
        if not groups[at]:
            continue
        above = number // 10_000 ** (at + 1)
        # One zero stands for every place that is skipped, also across groups.
        skipped = above and (groups[at] < 1_000 or not groups[at + 1])
        said += ("零" if skipped else "") + _group(groups[at]) + _unit(at, groups)
    return said


def _unit(at: int, groups: list[int]) -> str:
    """万亿 is said once: after the 万 before a written 亿 group the second 亿 would be a repetition."""
    return "万" if at == 3 and groups[2] else _GROUPS[at]


def _group(number: int) -> str:
    """One to 9,999."""
    said, gap = "", False
    for at in reversed(range(4)):
        digit = number // 10**at % 10
        if digit:
            said += ("零" if gap and said else "") + _DIGITS[digit] + _PLACES[at]
        gap = not digit
    return said
