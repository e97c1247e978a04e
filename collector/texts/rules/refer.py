"""What a text refers to outside itself: links, e-mail addresses, and numbers long enough to be dialled or paid to.

A changed template, way to pay or borrower's name must not lead people to a stranger (security.md section 1, borrowers'
payments). So a text is read as a hostile reader would write it: full-width, Chinese and other digits are digits,
invisible characters are nothing, and spaces, dots and dashes do not break a number. Dates, times and amounts written
as amounts are no references.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LEAST_DIGITS = 7

# Chinese punctuation ends a number and a link; NFKC would turn it into its ASCII sister, which does not.
_SENTENCE_MARKS = str.maketrans(dict.fromkeys("，。、；：！？（）【】《》「」“”", "\n"))
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")

_OTHER_DIGIT = re.compile(r"[^\D0-9]")

_LETTER = "A-Za-z0-9\u00c0-\u04ff"
_DOMAIN = (
    rf"(?:[{_LETTER}][{_LETTER}-]*\.)+(?:xn--[a-z0-9-]+|[A-Za-z\u00c0-\u04ff]{{2,}})(?![{_LETTER}])"
    r"|[\w-]{1,63}\.(?:中国|公司|网络|网址|在线|商城|集团)"
)
_LINK = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:/{1,2}[!-~\u00c0-\u04ff]+"
    rf"|(?<![{_LETTER}])[{_LETTER}._%+-]+@(?:{_DOMAIN})"
    rf"|(?<![{_LETTER}])(?:{_DOMAIN})(?::\d+)?(?:[/?#][!-~]*)?",
    re.IGNORECASE,
)
# Every link has one of these; most texts have none, and are spared the long search.
_MAYBE_LINK = re.compile(r"[\w-]\.[^\W\d_]|:/|@")
_END_OF_SENTENCE = ".,;:!?)]}>'\""

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_YEAR, _MM, _DD = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_CURRENCY = r"(?:[$€£¥₹]|\b(?:CNY|RMB|USD|EUR|GBP|INR|HKD))"
# Nine digits at most where nothing groups them: a telephone number can not pass for an amount.
_GROUPED, _PLAIN = r"\d{1,3}(?:,\d{2,3}){1,5}(?<=,\d{3})", r"\d{1,9}"
_HARMLESS = re.compile(
    rf"(?<![\d])(?:{_YEAR}([-/.]){_MM}\1{_DD}|{_DD}([-/.]){_MM}\2{_YEAR}|{_MM}([-/.]){_DD}\3{_YEAR}"
    rf"|{_DD} {_MONTH},? {_YEAR}|\d{{1,2}}:\d\d(?::\d\d)?"
    rf"|{_GROUPED}(?:\.\d{{1,2}})?|{_PLAIN}\.\d\d)(?![\d]|[.,]\d)"
    rf"|\b{_MONTH} {_DD},? {_YEAR}\b"
    rf"|{_CURRENCY} ?{_PLAIN}(?:\.\d{{1,2}})?(?![\d]|[-.,]\d)"
    rf"|(?<![\d]){_PLAIN}(?:\.\d{{1,2}})?(?= ?(?:元|圆|万|亿|CNY\b|RMB\b|USD\b|EUR\b|GBP\b))",
    re.IGNORECASE,
)
_JOINT = r"(?: {1,2}|[.,]| ?[-\u2010-\u2015\u2212()_/·*~]{1,2} ?)"
_NUMBER = re.compile(rf"\+?\d(?:{_JOINT}?\d){{{_LEAST_DIGITS - 1},}}")


def foreign_references(text: str, approved: Iterable[str]) -> tuple[str, ...]:
    """The links, e-mail addresses and runs of 7 or more digits in `text` that nothing in `approved` holds.

    `approved` are whole strings as people wrote them: the portfolio's ways to pay, link hosts and call-back numbers,
    the account's own numbers and names. An approved host without a path allows every page under it; with a path,
    what lies below that path. A number is allowed in full, or without its country code or leading zero.
    """
    found = references(text)
    if not found:
        return ()
    known = {reference for entry in approved for reference in references(entry)}
    return tuple(reference for reference in found if not any(_covers(one, reference) for one in known))


def references(text: str) -> tuple[str, ...]:
    """Every link, e-mail address and run of 7 or more digits in `text`, in their plain form, links first."""
    links, rest = _links(_plain(text))
    # Taking dates and amounts out only parts digits, so a text without a run before has none after.
    return links + (_numbers(_HARMLESS.sub("\n", rest)) if _NUMBER.search(rest) else ())


def fixed_references(text: str) -> tuple[str, ...]:
    """As `references`, for the fixed words of a template: a long amount or date has no business there either."""
    links, rest = _links(_plain(text))
    return links + _numbers(rest)


def _links(plain: str) -> tuple[tuple[str, ...], str]:
    if not _MAYBE_LINK.search(plain):
        return (), plain
    found = tuple(match.group().rstrip(_END_OF_SENTENCE) for match in _LINK.finditer(plain))
    return found, _LINK.sub("\n", plain)


def _numbers(rest: str) -> tuple[str, ...]:
    return tuple(match.group() for match in _NUMBER.finditer(rest))


def _plain(text: str) -> str:
    shown = _INVISIBLE.sub("", text).translate(_SENTENCE_MARKS)
    if shown.isascii():
        return shown
    folded = unicodedata.normalize("NFKC", shown).translate(_CHINESE_DIGITS)
    return _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit.group())), folded)


def _covers(approved: str, reference: str) -> bool:
    kind = _kind(reference)
    if kind != _kind(approved):
        return False
    if kind == "number":
        mine, theirs = _digits(approved), _digits(reference).lstrip("0")
        return len(theirs) >= _LEAST_DIGITS and mine.endswith(theirs)
    if kind == "address":
        return approved.casefold() == reference.casefold()
    host, path = _place(approved)
    other_host, other_path = _place(reference)
    return host == other_host and (path in ("", other_path) or other_path.startswith(path.rstrip("/") + "/"))


def _kind(reference: str) -> str:
    if ":/" in reference:
        return "link"
    if "@" in reference.split("/")[0]:
        return "address"
    return "number" if _NUMBER.fullmatch(reference) else "link"


def _digits(reference: str) -> str:
    return "".join(char for char in reference if char.isdigit())


def _place(link: str) -> tuple[str, str]:
    """Host with port, and path. What stands before an @ is no host, and a backslash is read as browsers read it."""
    scheme, mark, rest = re.sub(r"[?#].*", "", link.replace("\\", "/")).partition("://")
    if mark and scheme.casefold() not in ("http", "https"):
        return link, ""
    authority, _, path = (rest if mark else scheme).partition("/")
    host = authority.rpartition("@")[2].casefold().rstrip(".")
    # A path that climbs is compared as a whole link, which no approved path begins with.
    return host, (link if ".." in path else f"/{path}") if path else ""
