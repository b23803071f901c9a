"""The register in memory and the register in the database say the same."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.registry import index
from hotline.registry.index import (
    NOTHING,
    UNREAD,
    Known,
    load_units,
    read_register,
    register_as_known,
    register_state,
)
from hotline.routing.unit_tree import UnitRow
from hotline.routing.units import NO_UNITS
from tests.organisations import put_organisations

ABOVE = text("""
    with recursive way as (
        select code, superior_code, 0 as step from organisations where id = :id
        union all
        select o.code, o.superior_code, step + 1 from organisations o join way on o.code = way.superior_code
    )
    select code from way where step > 0 order by step
""")
BELOW = text("""
    with recursive tree as (
        select id, code from organisations where id = :id
        union all
        select o.id, o.code from organisations o join tree on o.superior_code = tree.code
    )
    select id from tree
""")


def _random_tree(dice: random.Random, size: int) -> list[UnitRow]:
    """Superiors first; the codes tell nothing of the tree."""
    codes = [f"U{number:04d}" for number in dice.sample(range(10_000), size)]
    rows: list[UnitRow] = []
    for at, code in enumerate(codes):
        superior = dice.choice(codes[:at]) if at and dice.random() < 0.9 else None
        level = dice.choice(["district", "town", "enterprise", "enterprise"])
        rows.append(UnitRow(0, code, f"单位{at}", superior=superior, level=level, ended=dice.random() < 0.1))
    return rows


@pytest.mark.parametrize("seed", range(6))
async def test_memory_and_sql_agree_about_who_stands_above_and_below(
    session: AsyncSession, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "PART", 7)  # several parts, the last one not full
    ids = await put_organisations(session, _random_tree(random.Random(seed), 60))
    units = await load_units(session)
    assert len(units) == len(ids)
    for code, unit_id in ids.items():
        unit = units.get(unit_id)
        assert unit is not None
        assert unit.code == code
        above = (await session.scalars(ABOVE, {"id": unit_id})).all()
        assert [superior.code for superior in unit.superiors] == above
        assert [ids[upper] for upper in above] == list(units.superiors(unit_id))
        assert units.below(unit_id) == set((await session.scalars(BELOW, {"id": unit_id})).all())


async def test_an_empty_register_is_no_index_at_all(session: AsyncSession) -> None:
    assert await load_units(session) is NO_UNITS
    assert await register_state(session) == NOTHING


async def test_any_change_of_any_row_changes_the_state(session: AsyncSession) -> None:
    await put_organisations(session, [UnitRow(0, "A", "甲"), UnitRow(0, "B", "乙")])
    before = await register_state(session)
    await session.execute(text("savepoint one"))
    await session.execute(text("update organisations set remarks = 'x' where code = 'A'"))
    assert await register_state(session) != before


NOTHING_TO_DECISIONS = (
    "remarks = '电话打不通'",
    "chair = '王芳', members = 120, version = version + 1",
    "address = '望海街12号', territory = '北城区'",
    "aliases = aliases",
)
"""What changes in a register every day."""

SOMETHING_TO_DECISIONS = (
    "name = '甲乙丙丁有限公司'",
    "aliases = '{甲乙}'",
    "old_names = array_append(old_names, '戊己')",
    "kind = 'state'",
    "ended_at = case when ended_at is null then now() end",
    "superior_code = null",
    "level = 'town'",
)


@pytest.fixture
async def known(session: AsyncSession) -> Known:
    rows = [
        UnitRow(0, "BH", "滨海市总工会", level="city"),
        UnitRow(0, "A", "宏达机械有限公司", ("第二机床厂",), ("宏达",), "BH", kind="private"),
        UnitRow(0, "B", "金穗饲料有限公司", superior="BH", ended=True),
    ]
    await put_organisations(session, rows)
    return await read_register(session)


async def _change(session: AsyncSession, what: str, *, code: str = "A") -> None:
    # Each in a transaction of its own, as far as xmin can tell: this one ends with the test.
    async with session.begin_nested():
        await session.execute(text(f"update organisations set {what} where code = '{code}'"))  # noqa: S608 - from above


@pytest.mark.parametrize("code", ["A", "B", "BH"])
@pytest.mark.parametrize("what", NOTHING_TO_DECISIONS)
async def test_what_is_nothing_to_decisions_leaves_the_index_as_it_is(
    session: AsyncSession, known: Known, what: str, code: str
) -> None:
    await _change(session, what, code=code)
    found = await register_as_known(session, known)
    assert found is not None
    assert found.units is known.units
    assert found.state == await register_state(session) != known.state
    assert await register_as_known(session, found) is found


@pytest.mark.parametrize("what", SOMETHING_TO_DECISIONS)
async def test_what_decisions_must_know_has_the_register_read_anew(
    session: AsyncSession, known: Known, what: str
) -> None:
    await _change(session, NOTHING_TO_DECISIONS[0], code="B")
    await _change(session, what)
    assert await register_as_known(session, known) is None
    assert await register_as_known(session, again := await read_register(session)) is again


async def test_a_new_organisation_or_very_many_changed_ones_have_it_read_anew(
    session: AsyncSession, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with session.begin_nested() as new:
        await put_organisations(session, [UnitRow(0, "C", "丙", superior="BH")])
        assert await register_as_known(session, known) is None
        await new.rollback()
    monkeypatch.setattr(index, "FEW", 1)
    await _change(session, NOTHING_TO_DECISIONS[0])
    assert await register_as_known(session, known) is not None
    await _change(session, NOTHING_TO_DECISIONS[0], code="B")
    assert await register_as_known(session, known) is None


async def test_nothing_is_known_of_a_register_before_it_is_read(session: AsyncSession) -> None:
    assert await register_as_known(session, UNREAD) is UNREAD
    await put_organisations(session, [UnitRow(0, "A", "甲")])
    assert await register_as_known(session, UNREAD) is None
