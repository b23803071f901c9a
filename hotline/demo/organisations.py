"""The union of a fictional city: one tree from the city's federation to enterprises, the same for the same seed.

What stands on top has the names of `config/departments.toml`, so that organisations and departments meet. Names of
enterprises are put together from invented brands; numbers of telephones and codes are made up, with right check digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from hotline.demo.dice import Dice, dice
from hotline.demo.vocabulary import Common, vocabulary
from hotline.registry.cells import credit_code_for

CITY: Final = "滨海市"
DISTRICTS: Final = (
    ("BC", "北城区", "北城区总工会", ("鼓楼街道", "望湖街道", "学前街道", "南门街道", "柳林街道", "双桥街道")),
    ("BH", "滨海区", "滨海区总工会", ("港湾街道", "海盐镇", "渔市街道", "灯塔街道", "盐场镇", "沙河口镇")),
    ("XS", "西山县", "西山县总工会", ("云岭镇", "石桥镇", "松坡镇", "青石镇", "白泉乡", "梨树乡")),
    ("GX", "高新区", "高新区总工会", ("软件园", "科创街道", "梧桐街道", "星河街道")),
)
STATIONS: Final = {"鼓楼街道", "港湾街道", "海盐镇", "云岭镇", "石桥镇", "软件园"}
"""Towns with a service station of their own, as the departments of the configuration have them."""
INDUSTRIES: Final = (
    ("建设", "建设建材"), ("教科", "教科文卫"), ("交通", "交通运输"), ("财贸", "财贸轻纺"), ("机电", "机械冶金"),
    ("海员", "海员渔业"), ("能源", "能源化工"), ("邮电", "信息通信"), ("服务", "家政服务"),
)  # fmt: skip
_TRADES: Final = {
    "building": "建筑业", "factory": "制造业", "catering": "住宿和餐饮业", "delivery": "交通运输、仓储和邮政业",
    "property": "房地产业", "office": "租赁和商务服务业", "harbour": "农、林、牧、渔业",
}  # fmt: skip
_KINDS: Final = (
    "state",
    "collective",
    "private",
    "foreign",
    "joint",
    "institution",
    "agency",
    "social",
    "self_employed",
)
_KIND_WEIGHTS: Final = (6, 4, 62, 5, 4, 7, 4, 3, 5)
TODAY: Final = date(2026, 3, 1)
_LATE_DAYS: Final = 10
"""So many days at most an election is late in the demonstration: few are."""
_SURNAME_SHARE: Final = 0.04
_RARE_SURNAMES: Final = "曾单仇区解查任盖翟"


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    name: str
    district: str


def make_organisations(count: int, *, seed: object = 2026, today: date = TODAY) -> Iterator[dict[str, Any]]:
    """So many organisations as they are today, superiors first: the 28 fields by code, choices as codes."""
    chance = dice("organisations", seed)
    words = vocabulary().common
    made = 0
    places: list[_Place] = []
    for one in _upper(places):
        if made >= count:
            return
        made += 1
        yield _filled(one, chance, words, made, today)
    taken: set[str] = set()
    while made < count:
        made += 1
        yield _filled(_enterprise(chance, words, chance.choice(places), made, taken), chance, words, made, today)


def _upper(places: list[_Place]) -> Iterator[dict[str, Any]]:
    """The city, its industrial unions, districts, towns and stations; notes where enterprises may be."""
    top = {"code": "BH", "name": f"{CITY}总工会", "aliases": ["市总"], "level": "city", "territory": CITY}
    yield {**top, "kind": "social", "superior_code": None}
    for number, (short, name) in enumerate(INDUSTRIES, 1):
        code = f"BH-I{number:02}"
        places.append(_Place(code, "", ""))
        yield {
            "code": code, "name": f"{CITY}{name}工会", "aliases": [f"{short}工会"], "level": "industry",
            "kind": "social", "superior_code": "BH", "territory": CITY,
        }  # fmt: skip
    for short, district, federation, towns in DISTRICTS:
        code = f"BH-{short}"
        yield {
            "code": code, "name": federation, "aliases": [f"{district[:2]}总工会"], "level": "district",
            "kind": "social", "superior_code": "BH", "territory": district,
        }  # fmt: skip
        for number, town in enumerate(towns, 1):
            yield from _town(f"{code}-{number:02}", district, town, code, places)


def _town(code: str, district: str, town: str, superior: str, places: list[_Place]) -> Iterator[dict[str, Any]]:
    places.append(_Place(code, town, district))
    yield {
        "code": code, "name": f"{town}总工会", "old_names": [f"{town}工会工作委员会"], "aliases": [], "level": "town",
        "kind": "social", "superior_code": superior, "territory": f"{district}{town}",
    }  # fmt: skip
    if town in STATIONS:
        yield {
            "code": f"{code}-S", "name": f"{town}工会服务站", "aliases": [], "level": "station", "kind": "social",
            "superior_code": code, "territory": f"{district}{town}",
        }  # fmt: skip


def _enterprise(chance: Dice, words: Common, place: _Place, number: int, taken: set[str]) -> dict[str, Any]:
    industry = chance.choices(words.industry, [one.weight for one in words.industry])[0]
    suffix = chance.choice(industry.suffixes)
    while True:
        brand = _brand(chance, words)
        head = chance.choice((CITY, CITY, CITY[:2], place.district or CITY, place.name or CITY))
        name = f"{head}{brand}{suffix}"
        if name not in taken:
            break
    taken.add(name)
    old = [f"{head}{_brand(chance, words)}{suffix}"] if chance.often(0.06) else []
    return {
        "code": f"{place.code}-{number:06}",
        "name": name,
        "old_names": old,
        "aliases": [f"{brand}{suffix[:2]}"] if chance.often(0.3) else [],
        "level": "enterprise",
        "kind": chance.choices(_KINDS, _KIND_WEIGHTS)[0],
        "superior_code": place.code,
        "territory": f"{place.district}{place.name}" or CITY,
        "industry": _TRADES.get(industry.code, "居民服务、修理和其他服务业"),
    }


def _brand(chance: Dice, words: Common) -> str:
    if chance.often(_SURNAME_SHARE):
        return f"{chance.choice(_RARE_SURNAMES)}氏{chance.choice(words.brands_second)}"
    brand = chance.choice(words.brands_first) + chance.choice(words.brands_second)
    return brand + chance.choice(words.given_second) if chance.often(0.8) else brand


def _filled(one: dict[str, Any], chance: Dice, words: Common, number: int, today: date) -> dict[str, Any]:
    """The other fields of an organisation; what an upper one sums up is larger."""
    size = {"city": 900_000, "district": 180_000, "industry": 60_000, "town": 12_000, "station": 6}.get(one["level"])
    employees = size or max(5, int(chance.lognormvariate(4.2, 1.1)))
    members = int(employees * chance.uniform(0.55, 0.98))
    founded = date(1990, 1, 1) + timedelta(days=chance.randrange(12_500))
    term = 3 if one["level"] == "enterprise" else 5
    ago = chance.randrange(30, 1900) % (365 * term + _LATE_DAYS)
    since = max(founded, today - timedelta(days=ago))
    given = chance.choice(words.given_first) + chance.choice(words.given_second)
    return {
        "old_names": [], "industry": "", **one,
        "credit_code": credit_code_for(f"{'91' if one['level'] == 'enterprise' else '81'}3702{number:011}"),
        "address": f"{one['territory']}{chance.choice(words.streets)}{chance.randrange(1, 300)}号",
        "founded_on": founded,
        "chair": chance.choice(words.surnames) + given,
        "chair_chosen": chance.way(elected=0.86, appointed=0.09, acting=0.05),
        "chair_since": since,
        "next_election_on": since + timedelta(days=365 * term),
        "officers_full": 0 if one["level"] == "enterprise" and employees < 500 else chance.randrange(1, 9),
        "officers_part": chance.randrange(1, 8),
        "employees": employees,
        "members": members,
        "women": int(members * chance.uniform(0.1, 0.7)),
        "migrant_workers": int(members * chance.uniform(0.0, 0.6)),
        "legal_person": chance.often(0.5),
        "own_account": chance.often(0.4),
        "contact": chance.choice(words.surnames) + chance.choice(words.given_first) + chance.choice(words.given_second),
        "phone": f"0411-{chance.choice('3568')}{chance.randrange(10**6, 10**7)}",
        "postcode": f"1160{chance.randrange(100):02}",
        "remarks": "",
    }  # fmt: skip
