"""Searching organisations as one types: codes, parts of names, other names, pinyin, initials, addresses.

One statement looks in order of likelihood: what is cheap and likely first (codes, the organisations above, names that
begin so), then names that hold the words, then other names and letters, at last addresses. A step is not taken where
those before have filled the page. Two Chinese characters, or two letters of the initials, are a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.engine import Row

from hotline.registry.fields import Level
from hotline.registry.keys import Form, core_letters, marked, name_key, pairs, threes
from hotline.work import Work

SIZE: Final = 50
LONGEST: Final = 100
MOST_WORDS: Final = 5
CANDIDATES: Final = 120
"""So many at most are ranked from one step: a word that is in more names finds whichever come first."""
_SENT: Final = re.compile(r"(?<!:):([a-z_]+\d*)\b")
FIRST: Final = 1000
"""A word that every twentieth name has fills a page from the first so many; else a list of half the register is made
of the index, and thrown away but for a page."""
_ALL: Final = "organisations"
_FIRST: Final = f"(select id, level, name_key from organisations order by id limit {FIRST})"  # noqa: S608 - own words
_LAST: Final = "\U0010ffff"
"""Sorts behind everything that may follow the beginning of a name."""


@dataclass(frozen=True, slots=True)
class Found:
    """One organisation in a list. `also` tells the other name by which it was found."""

    code: str
    name: str
    level: Level
    territory: str
    address: str
    superior_code: str | None
    superior_name: str | None
    ended: bool
    also: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """The best of what was found; `more` when there is more than a page of it."""

    found: tuple[Found, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    """What decides the statement: words and their kinds; the words themselves are sent with it."""

    kinds: tuple[str, ...]
    level: bool
    size: int


def words_of(query: str) -> list[str]:
    """The words of a query in the form in which names are compared, at most five."""
    words = (name_key(word) for word in query[:LONGEST].split())
    return list(dict.fromkeys(word for word in words if word))[:MOST_WORDS]


async def find_organisations(work: Work, query: str, *, level: Level | None = None, size: int = SIZE) -> Hits:
    """Organisations in which every word of `query` occurs, the likeliest first; nothing for an empty query."""
    words = words_of(query)
    if not words:
        return Hits((), more=False)
    shape = _Shape(tuple(map(_kind, words)), level is not None, size + 1)
    told: dict[str, Any] = {}
    if level is not None:
        told["level"] = level.value
    for place, word in enumerate(words):
        told |= _told(word, str(place))
    told["code"] = "".join(query.upper().split())[:40]
    told["code_end"] = told["code"] + _LAST
    statement, sent = _ready(shape)
    rows = (await (await work.session.connection()).execute(statement, {name: told[name] for name in sent})).all()
    return Hits(tuple(_found(row, words) for row in rows[:size]), more=len(rows) > size)


def _kind(word: str) -> str:
    """How a word can be looked up: a single character begins a name; letters may be pinyin too."""
    if len(word) == 1:
        return "one"
    return "letters" if word.isascii() and word.isalpha() else "text"


def _told(word: str, place: str) -> dict[str, Any]:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    letters = core_letters(word)
    return {
        f"word{place}": word,
        f"like{place}": f"%{escaped}%",
        f"end{place}": word + _LAST,
        f"name{place}": marked(Form.NAME, pairs(word)),
        f"other{place}": marked(Form.OTHER, pairs(word)),
        f"address{place}": marked(Form.ADDRESS, pairs(word)),
        f"initials{place}": marked(Form.INITIALS, threes(letters) or pairs(letters)),
        f"pinyin{place}": marked(Form.PINYIN, threes(letters)) or ["none"],
        f"letters{place}": f"%{letters}%",
    }


_BY_WORD: Final = {
    "name": "(o.grams @> cast(:name{n} as text[]) and o.name_key like :like{n})",
    "other": "(o.grams @> cast(:other{n} as text[]) and o.other_key like :like{n})",
    "address": "(o.grams @> cast(:address{n} as text[]) and o.address_key like :like{n})",
    "initials": "(o.grams @> cast(:initials{n} as text[]) and o.initials like :letters{n})",
    "pinyin": "(o.grams @> cast(:pinyin{n} as text[]) and o.pinyin like :letters{n})",
    "begins": "(o.name_key ~>=~ :word{n} and o.name_key ~<~ :end{n})",
}
_STEPS: Final = {
    "one": ("begins",),
    "letters": ("name", "initials", "pinyin", "other", "address"),
    "text": ("name", "other", "address"),
}


@lru_cache(maxsize=64)
def _ready(shape: _Shape) -> tuple[TextClause, tuple[str, ...]]:
    """The statement of this shape, made once, and the names of what is sent with it."""
    statement = _statement(shape)
    return text(statement), tuple(dict.fromkeys(_SENT.findall(statement)))


def _statement(shape: _Shape) -> str:
    """The statement of this shape. What begins so is asked for in order: read from the index, not gathered first."""
    steps = _first_steps(shape)
    names = [f"s{number}" for number in range(len(steps))]
    parts = []
    for number, (rank, condition, source) in enumerate(steps):
        before = " + ".join(f"(select count(*) from {name})" for name in names[:number])  # noqa: S608 - own words
        gate = f"({before}) < {shape.size} and " if number > FREE else ""
        level = " and o.level = :level" if shape.level else ""
        order = " order by o.name_key using ~<~" if "~<~ :end" in condition and len(shape.kinds) == 1 else ""
        parts.append(
            f"s{number} as materialized (select o.id, {rank} as rank from {source} o "  # noqa: S608 - own words
            f"where {gate}{condition}{level}{order} limit {CANDIDATES})"
        )
    together = " union all ".join(f"select id, rank from {name}" for name in names)  # noqa: S608 - likewise
    return f"""
    with {", ".join(parts)},
    best as (select id, min(rank) as rank from ({together}) t group by id)
    select o.code, o.name, o.level, o.territory, o.address, o.superior_code, u.name as superior_name,
        o.ended_at is not null as ended, o.old_names, o.aliases, best.rank
    from best join organisations o on o.id = best.id left join organisations u on u.code = o.superior_code
    order by o.ended_at is not null, best.rank, length(o.name_key), o.name_key, o.code
    limit {shape.size}
    """  # noqa: S608 - likewise


FREE: Final = 3
"""The first steps are always taken: each costs next to nothing."""


def _first_steps(shape: _Shape) -> list[tuple[int, str, str]]:
    """Rank, condition and source of every step, in the order in which they are taken."""
    if len(shape.kinds) > 1:
        every = [
            "(" + " or ".join(_BY_WORD[step].format(n=n) for step in _STEPS[kind]) + ")"
            for n, kind in enumerate(shape.kinds)
        ]
        return [(3, " and ".join(every), _ALL)]
    steps = [
        (0, "o.code = :code", _ALL),
        (1, "o.code ~>=~ :code and o.code ~<~ :code_end", _ALL),
        (1, "o.credit_code <> '' and o.credit_code ~>=~ :code and o.credit_code ~<~ :code_end", _ALL),
        (2, f"o.level in ({_ABOVE}) and o.name_key like :like0", _ALL),
        (3, _BY_WORD["begins"].format(n=0), _ALL),
    ]
    if shape.kinds[0] != "one":
        steps.append((4, "o.name_key like :like0", _FIRST))
    ranks = {"name": 4, "other": 5, "initials": 6, "pinyin": 7, "address": 8}
    steps += [(ranks[step], _BY_WORD[step].format(n=0), _ALL) for step in _STEPS[shape.kinds[0]] if step != "begins"]
    return steps


_ABOVE: Final = ", ".join(f"'{level.value}'" for level in Level if level is not Level.ENTERPRISE)


def _found(row: Row[Any], words: Sequence[str]) -> Found:
    key = name_key(row.name)
    others: list[str] = [] if all(word in key for word in words) else [*row.aliases, *row.old_names]
    also = next((other for other in others if any(word in name_key(other) for word in words)), "")
    return Found(
        code=row.code,
        name=row.name,
        level=Level(row.level),
        territory=row.territory,
        address=row.address,
        superior_code=row.superior_code,
        superior_name=row.superior_name,
        ended=row.ended,
        also=also,
    )
