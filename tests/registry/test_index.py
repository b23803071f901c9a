"""The register in memory and the register in the database say the same."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.registry import index
from hotline.registry.index import NOTHING, load_units, register_state
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
