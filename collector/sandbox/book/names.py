"""Invented people of two countries: every list is short and made up here; whoever is like a living person is so by
chance. Their numbers are in `numbers`."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from collector.portfolio.rules import BorrowerType


def words(text: str) -> tuple[str, ...]:
    """Short lists are easier to read as one line of text."""
    return tuple(text.split())


SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN: Final = words(
    "伟 芳 娜 敏 静 丽 强 磊 洋 艳 勇 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 文博 雨桐 子涵 嘉怡 思源 浩然 晓东 海燕 志远 "
    "婷婷 建国 春梅 立新 一鸣 佳慧 俊峰 玉兰 宁 欣怡 国栋 晓琳 少华 若溪 天佑 美玲 振宇 淑贞 承志 可馨"
)
FIRST: Final = words(
    "Jordan Casey Morgan Taylor Alexis Dana Robin Jamie Avery Quinn Riley Devin Harper Logan Skyler Marion Leslie "
    "Terry Adrian Blair Carmen Dale Elliot Frances Gale Hollis Ira Jody Kendall Lane Micah Noel Odell Paige Reese "
    "Shea Toby Vivian Wesley Yolanda"
)
LAST: Final = words(
    "Carter Bennett Alvarez Whitfield Okafor Lindqvist Marsh Delgado Fairley Novak Pruitt Sandoval Thorne Ulrich "
    "Vance Wexler Yates Abbott Brandt Coleman Draper Ellison Forde Garrity Hollins Ingram Jarvis Keating Lowell Mercer "
    "Norwood Osgood Pelham Quimby Rourke Sutter Tolliver Underhill Varga Winslow"
)


class Place(NamedTuple):
    """A town. `code`: its district in Chinese ID numbers, or the area code of its phones. `zone`: only where it is not
    the portfolio's own."""

    name: str
    code: str
    zone: str | None = None


CN_PLACES: Final = (
    Place("北京市朝阳区", "110105"),
    Place("上海市长宁区", "310105"),
    Place("深圳市南山区", "440305"),
    Place("广州市天河区", "440106"),
    Place("杭州市西湖区", "330106"),
    Place("南京市玄武区", "320102"),
    Place("武汉市硚口区", "420104"),
    Place("西安市雁塔区", "610113"),
    Place("青岛市市南区", "370202"),
    Place("大连市中山区", "210202"),
    Place("厦门市思明区", "350203"),
    Place("长沙市芙蓉区", "430102"),
)

OLD_DISTRICTS: Final = ("110101", "110105", "110108", "120101", "120103", "310101", "310104", "310105")
CODES_SINCE: Final = 1985
"""The other districts have had their codes since then; whoever is older registered in one of the old ones."""

CENTRAL, MOUNTAIN, PACIFIC = "America/Chicago", "America/Denver", "America/Los_Angeles"
US_PLACES: Final = (
    Place("New York, NY", "212"),
    Place("Boston, MA", "617"),
    Place("Atlanta, GA", "404"),
    Place("Miami, FL", "305"),
    Place("Philadelphia, PA", "215"),
    Place("Columbus, OH", "614"),
    Place("Charlotte, NC", "704"),
    Place("Pittsburgh, PA", "412"),
    Place("Buffalo, NY", "716"),
    Place("Detroit, MI", "313"),
    Place("Chicago, IL", "312", CENTRAL),
    Place("Houston, TX", "713", CENTRAL),
    Place("Dallas, TX", "214", CENTRAL),
    Place("Minneapolis, MN", "612", CENTRAL),
    Place("St. Louis, MO", "314", CENTRAL),
    Place("New Orleans, LA", "504", CENTRAL),
    Place("Denver, CO", "303", MOUNTAIN),
    Place("Salt Lake City, UT", "801", MOUNTAIN),
    Place("Phoenix, AZ", "602", "America/Phoenix"),
    Place("Los Angeles, CA", "213", PACIFIC),
    Place("San Francisco, CA", "415", PACIFIC),
    Place("Seattle, WA", "206", PACIFIC),
    Place("Portland, OR", "503", PACIFIC),
    Place("Las Vegas, NV", "702", PACIFIC),
    Place("Anchorage, AK", "907", "America/Anchorage"),
    Place("Honolulu, HI", "808", "Pacific/Honolulu"),
    Place("Hilo, HI", "808", "Pacific/Honolulu"),
)
"""From New York to Honolulu: with China's day in between, somebody may be called at any hour."""

CN_ROADS: Final = words("云柏路 望溪街 松间路 晴川大道 南桥路 平湖巷 锦禾路 远山街 听泉路 新垣路")
US_ROADS: Final = (
    "Alder Street",
    "Birchwood Avenue",
    "Cutler Lane",
    "Dunmore Road",
    "Eastvale Drive",
    "Foxglove Court",
    "Grayson Boulevard",
    "Hollow Creek Road",
)

CN_EMPLOYERS: Final = {
    BorrowerType.white_collar: ("青禾云图科技", "远桥设计事务所", "南浦信息服务", "和风传媒"),
    BorrowerType.public_sector_retiree: ("平湖区图书馆", "松间路小学", "望溪社区卫生站", "退休"),
    BorrowerType.small_business_owner: ("晴川五金店", "老街面馆", "锦禾服装批发", "听泉茶行"),
    BorrowerType.worker: ("南桥机电厂", "远山物流", "新垣建筑工程队", "云柏快运"),
    BorrowerType.student: ("望溪职业技术学院", "晴川师范学院"),
    BorrowerType.other: ("", "自由职业"),
}
US_EMPLOYERS: Final = {
    BorrowerType.white_collar: ("Larkspur Software", "Dunmore Insurance", "Fairley & Marsh", "Eastvale Media"),
    BorrowerType.public_sector_retiree: ("Alder County Library", "Grayson Public Schools", "Retired"),
    BorrowerType.small_business_owner: ("Cutler Auto Repair", "Foxglove Florist", "Hollow Creek Diner"),
    BorrowerType.worker: ("Norwood Logistics", "Pelham Foundry", "Birchwood Roofing", "Tolliver Foods"),
    BorrowerType.student: ("Eastvale State College", "Grayson Trade School"),
    BorrowerType.other: ("", "Self-employed"),
}
CN_PARTNERS: Final = ("晴川汽车销售", "云柏汽贸", "望溪职业技术学院", "锦禾融资担保")
US_PARTNERS: Final = ("Grayson Motors", "Cutler Auto Group", "Eastvale State College", "Norwood Guaranty")


def cn_name(rng: Random) -> str:
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def us_name(rng: Random) -> str:
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def cn_address(rng: Random, place: Place) -> str:
    return f"{place.name}{rng.choice(CN_ROADS)}{rng.randint(1, 299)}号{rng.randint(1, 20)}幢{rng.randint(101, 1802)}室"


def us_address(rng: Random, place: Place) -> str:
    return f"{rng.randint(10, 9990)} {rng.choice(US_ROADS)}, {place.name}"
