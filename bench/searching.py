"""Searching Chinese words over the API and on the page, every answer compared with what LIKE finds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from bench.ground import Ground
from bench.load import at
from bench.made_cases import BUSIEST, WITHOUT_OVERTIME
from bench.results import Figure, at_most
from bench.texts import ABSENT_WORDS, FREQUENT_WORDS, RARE_WORDS

TIMES = 40
DEPARTMENTS = (None, BUSIEST, WITHOUT_OVERTIME)
_LIKE = """
select c.number from cases c join case_texts t on t.case_id = c.id join calls k on k.case_id = c.id
where (t.searched like '%' || $1 || '%' or lower(k.caller_name) like '%' || $1 || '%')
  and ($2::text is null or c.department = $2)
order by c.id desc limit 50
"""


@dataclass(frozen=True, slots=True)
class Looked:
    """One search: what it took by percentile, what it found, whether LIKE finds the same."""

    word: str
    department: str | None
    p50: float
    p95: float
    first: float
    """The first time, which warms up and is not among the others."""
    found: int
    right: bool


async def measure(ground: Ground) -> list[Figure]:
    """Words of 2, 3 and 4 characters; frequent, rare and absent; everywhere and in one department."""
    words = (*FREQUENT_WORDS, *RARE_WORDS, *ABSENT_WORDS)
    async with aiohttp.ClientSession(headers=ground.people.supervisor) as http:
        looked = [await _look(ground, http, word, department) for word in words for department in DEPARTMENTS]
    slowest = max(looked, key=lambda one: one.p95)
    wrong = [f"{one.word} {one.department or ''}".strip() for one in looked if not one.right]
    figures = [
        Figure(
            "searches answered as LIKE answers them",
            f"{sum(one.right for one in looked)} of {len(looked)}",
            f"{len(looked)} of {len(looked)}",
            not wrong,
        ),
        at_most(
            "slowest search over the API, p95 at 1 client",
            slowest.p95,
            30,
            "ms",
            more=f" ({slowest.word} in {slowest.department or 'all departments'})",
        ),
        Figure("the very first search of the process, over the API", f"{looked[0].first:.1f} ms"),
    ]
    figures += [_line(word, [one for one in looked if one.word == word]) for word in words]
    return [*figures, *await _pages(ground, words)]


async def _look(ground: Ground, http: aiohttp.ClientSession, word: str, department: str | None) -> Looked:
    ground.tell(f"searching {word} in {department or 'all departments'}")
    url = ground.address(f"/api/v1/cases?q={quote(word)}&limit=50")
    if department is not None:
        url += f"&department={department}"
    expected = [row["number"] for row in await ground.rows(_LIKE, word, department)]
    took, found = [], list[Any]()
    for _ in range(1 + TIMES):
        began = time.perf_counter()
        async with http.get(url) as answer:
            found = (await answer.json())["cases"]
        took.append((time.perf_counter() - began) * 1000)
    first, took = took[0], sorted(took[1:])
    right = [case["number"] for case in found] == expected
    return Looked(word, department, at(took, 0.5), at(took, 0.95), first, len(found), right)


def _line(word: str, looked: list[Looked]) -> Figure:
    told = "; ".join(
        f"{one.department or 'everywhere'}: {one.found} found, p50 {one.p50:.1f}, p95 {one.p95:.1f}" for one in looked
    )
    return Figure(f"search {word} ({len(word)} characters), ms", told)


async def _pages(ground: Ground, words: tuple[str, ...]) -> list[Figure]:
    took: list[tuple[float, str]] = []
    first: list[float] = []
    async with aiohttp.ClientSession(headers=ground.people.supervisor_page) as http:
        for word in words:
            ground.tell(f"search page, {word}")
            for _ in range(1 + TIMES // 2):
                began = time.perf_counter()
                async with http.get(ground.address(f"/search?q={quote(word)}")) as answer:
                    await answer.read()
                    answer.raise_for_status()
                took.append(((time.perf_counter() - began) * 1000, word))
            first.append(took.pop(-1 - TIMES // 2)[0])
    each = {word: at(sorted(one for one, asked in took if asked == word), 0.95) for word in words}
    slowest = max(words, key=lambda word: each[word])
    return [
        at_most("slowest search page, p95 at 1 client", each[slowest], 30, "ms", more=f" ({slowest})"),
        Figure("the very first search page of the process", f"{first[0]:.1f} ms"),
    ]
