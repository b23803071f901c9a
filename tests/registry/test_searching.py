"""Organisations are found as somebody would look for them: part of the name, letters, other names, codes, streets."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hotline.accounts.roles import Role
from hotline.registry.fields import Level
from hotline.registry.search import CANDIDATES, find_organisations
from hotline.storage.database import Database
from hotline.storage.embedded import EmbeddedServer
from hotline.work import Work
from tests.factories import make_actor, make_work
from tests.registry.conftest import city_of, city_rows, organisation

FIRM = organisation(
    "BH-X-1",
    name="滨海市宏福机械制造有限公司",
    old_names="滨海第二机床厂",
    aliases="老机床；二机",
    address="港湾街道码头路88号",
    superior_code="BH",
    credit_code="91370200000000888D",
)
FAMILY = organisation("BH-X-2", name="西山县曾家酒楼", superior_code="BH")


@pytest.fixture(scope="module")
async def city(
    server: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Database]:
    rows = [*city_rows(400), FIRM, FAMILY]
    async with city_of(server, template, tmp_path_factory.mktemp("city"), rows) as url:
        database = Database(url)
        yield database
        await database.close()


@pytest.fixture
async def work(city: Database) -> AsyncIterator[Work]:
    async with city.transaction() as session:
        yield make_work(session, await make_actor(session, Role.OPERATOR))
        await session.rollback()


async def names(work: Work, query: str, *, level: Level | None = None) -> list[str]:
    return [one.name for one in (await find_organisations(work, query, level=level)).found]


async def test_a_unit_is_found_by_whatever_of_it_is_known(work: Work) -> None:
    for query in (
        "宏福", "福机", "宏福机械制造", "机械制造有限公司", "hfjx", "HFJX", "bhshfjxzz", "hongfu", "二机", "老机床",
        "第二机床", "ljc", "ejc", "BH-X-1", "bh-x-1", "91370200000000888D", "码头路88", "宏福 码头路", "宏福 hfjx",
        "宏福机械制造（有限公司）",
    ):  # fmt: skip
        assert "滨海市宏福机械制造有限公司" in await names(work, query), query


async def test_what_is_known_best_comes_first(work: Work) -> None:
    assert (await names(work, "滨海市总工会"))[0] == "滨海市总工会"
    assert (await names(work, "北城区"))[0] == "北城区总工会"
    assert (await names(work, "BH-GX"))[0] == "高新区总工会"
    assert (await names(work, "宏福"))[0] == "滨海市宏福机械制造有限公司"


async def test_a_family_name_is_read_as_one(work: Work) -> None:
    assert await names(work, "zengjia") == ["西山县曾家酒楼"]
    assert "西山县曾家酒楼" in await names(work, "zjjl")
    assert "西山县曾家酒楼" in await names(work, "cjjl")


async def test_by_which_other_name_it_was_found_is_told(work: Work) -> None:
    hits = await find_organisations(work, "二机")
    assert [(one.name, one.also) for one in hits.found] == [("滨海市宏福机械制造有限公司", "二机")]


async def test_nothing_is_found_by_nothing_and_by_what_is_nowhere(work: Work) -> None:
    for query in ("", "   ", "（）", "没有这个单位", "qqqqxx", "%%", "__", "\\", "'", "a" * 200, "\x00", "宏福 没有"):
        assert await names(work, query) == [], query


async def test_a_level_narrows_and_a_full_page_says_that_there_is_more(work: Work) -> None:
    assert await names(work, "宏福", level=Level.DISTRICT) == []
    districts = await names(work, "总工会", level=Level.DISTRICT)
    assert sorted(districts) == sorted(["北城区总工会", "滨海区总工会", "西山县总工会", "高新区总工会"])
    hits = await find_organisations(work, "滨海", size=5)
    assert len(hits.found) == 5
    assert hits.more


async def test_two_characters_find_what_looking_at_every_name_finds(work: Work) -> None:
    every = [str(row[1]) for row in city_rows(400)] + ["滨海市宏福机械制造有限公司", "西山县曾家酒楼"]
    pairs = {name[at : at + 2] for name in every[40:400:17] for at in range(0, len(name) - 1, 3)}
    assert len(pairs) > 30
    for pair in pairs:
        truth = {name for name in every if pair in name}
        hits = await find_organisations(work, pair, size=500)
        found = {one.name for one in hits.found if pair in one.name}
        assert found == truth or len(truth) > CANDIDATES, pair
