"""Words that guessers try first, and what they make of them. The list is our own: the words that head every published
count of leaked passwords, in English and in pinyin, the walks over a keyboard, and the words of a house like this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

_LISTED: Final = """
    password passwort passcode passphrase pass secret geheim mima letmein open sesame opensesame access enter login
    logon signin signon admin administrator root superuser user username guest test tester testing demo default change
    changeme temp temporary welcome hello hallo hi goodbye master superman batman spiderman ironman dragon monkey tiger
    lion eagle falcon phoenix panda kitty cat dog puppy horse bear wolf shadow sunshine sun moon star starwars startrek
    matrix ninja pirate killer hunter ranger soldier warrior knight wizard magic mustang ferrari porsche mercedes toyota
    honda corvette harley football soccer baseball basketball hockey tennis golf cricket liverpool chelsea arsenal
    barcelona realmadrid yankees cowboys princess prince queen king angel baby babygirl girl boy lover love loveme
    loveyou iloveyou ilove mylove sweetheart sweet honey sexy hottie flower rose lily jasmine cherry apple orange banana
    lemon peach pepper ginger cookie chocolate coffee pizza cheese money cash dollar rich lucky happy smile freedom
    forever family friend friends mother father mama papa daddy mommy brother sister jesus christ god heaven faith hope
    bless michael jennifer jessica ashley nicole daniel andrew joshua matthew robert thomas charlie george jordan
    michelle anthony william david james john maria anna peter paul alex max sam tom jack summer winter spring autumn
    fall season january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday today tomorrow day week month year computer internet google facebook
    twitter amazon apple microsoft windows linux android iphone samsung nokia oracle cisco intel server database system
    network security office work company business manager sales support service service1 helpdesk london paris berlin
    newyork america canada china beijing shanghai shenzhen guangzhou hangzhou nanjing chengdu wuhan india delhi mumbai
    england germany france japan tokyo blue red green yellow purple pink black white silver gold golden diamond crystal
    one two three four five six seven eight nine ten the and my is a i in of for you me we our your this that it to be
    no yes not new old big
    woaini aini wo ai ni woaiwojia woaizhongguo zhongguo zhonghua nihao mima wodemima denglu guanliyuan ceshi yonghu
    laopo laogong baobei qinaide mama baba gege jiejie didi meimei xiaoming zhang wang li zhao liu chen yang huang zhou
    wu xu sun ma zhu hu lin guo he gao luo zheng liang xie song tang xiaojie xiansheng gongsi yinhang facai gongxifacai
    xinnian kuaile pingan jiankang xingfu tiankong yueliang taiyang longnian
    collector collect collections collection cuishou cuikuan huankuan qianzhai zhaiwu dialer dialler callcenter
    callcentre contactcenter center centre call debt debtor loan credit card bank agent agency supervisor auditor
    operations legal tracer portfolio borrower payment promise overdue
"""
WORDS: Final = frozenset(_LISTED.split())
WALKS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "147258369",
    "741852963",
    "159357",
    "!@#$%^&*()",
)
"""Neighbours on a keyboard or in the alphabet; walked backwards too."""
_NEXT: Final = frozenset(pair for walk in WALKS for one in (walk, walk[::-1]) for pair in pairwise(one))
SHORTEST_WALK: Final = 3
MEANT: Final = str.maketrans("0134578@$!", "oieastbasi")
"""Figures and signs that stand for letters; 1 stands for i here, for l below."""
FEW: Final = 3
"""So many words of the list in a row are tried early."""
LONGEST_WORD: Final = max(map(len, WORDS))


def is_guessed_early(password: str) -> bool:
    """Whether it is a piece said over again, a walk over the keyboard, or nothing but the words above with figures and
    signs between, before or behind them, however they are spelled; few of them."""
    plain = password.lower()
    if len(set(plain)) < 5 or _is_repeated(plain) or _is_walked(plain):
        return True
    return any(_is_made_of_words(letters) for letters in _readings(plain))


def _is_repeated(text: str) -> bool:
    return text in (text + text)[1:-1]


def _is_walked(text: str) -> bool:
    """Every stretch of it goes from neighbour to neighbour, or stays where it is."""
    stretch = 1
    for pair in pairwise(text):
        if pair in _NEXT or pair[0] == pair[1]:
            stretch += 1
        elif stretch < SHORTEST_WALK:
            return False
        else:
            stretch = 1
    return stretch >= SHORTEST_WALK


def _readings(text: str) -> Iterator[str]:
    """The letters of it: as they stand, and with figures and signs read for letters."""
    for read in (
        text,
        text.translate(MEANT),
        text.replace("1", "l").translate(MEANT),
        _stripped(text).translate(MEANT),
    ):
        yield re.sub(r"[^a-z]", "", read)


def _stripped(text: str) -> str:
    """Without the figures and signs at its ends, which are seldom meant for letters."""
    return text.strip("0123456789!@#$%^&*()-_=+.,;:?/ ")


def _is_made_of_words(letters: str) -> bool:
    """Whether the letters fall into words of the list, to the last one, and few of them: a sentence of many common
    words is harder to guess than one rare word."""
    if len(letters) < 3:
        return False
    fewest = [0] + [FEW + 1] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - LONGEST_WORD), end):
            if fewest[start] < fewest[end] and letters[start:end] in WORDS:
                fewest[end] = fewest[start] + 1
    return fewest[-1] <= FEW
