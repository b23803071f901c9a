"""The permission table in memory and its SQL twin agree on random worlds: page, list and search cannot differ."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor, CaseFacts, Permission, allows
from hotline.accounts.roles import IN_A_DEPARTMENT, Role
from hotline.cases.lifecycle import IN_HANDS, Status
from hotline.cases.models import Case
from hotline.cases.rights import condition, facts_of
from hotline.registry.index import load_units
from hotline.routing.departments import DepartmentTree
from hotline.routing.territory import Links, linked
from hotline.telephony.calls import Channel
from tests.factories import NOON, policy
from tests.organisations import put_organisations
from tests.routing.units_made import ROWS

OF_CASES = (
    Permission.CASE_READ,
    Permission.CASE_WORK,
    Permission.CASE_NOTE,
    Permission.CASE_REVEAL,
    Permission.PEOPLE_SEARCH,
    Permission.FIGURES_READ,
)


def _random_case(
    dice: random.Random, people: list[int], departments: list[str], units: list[int], named: list[str]
) -> Case:
    department = dice.choice([*departments, None])
    status = dice.choice([s for s in Status if s is not Status.MERGED and (department or s not in IN_HANDS)])
    return Case(
        number=f"2026-{dice.randrange(10**12):06d}",
        status=status,
        channel=Channel.PHONE,
        department=department,
        urgency="normal",
        difficulty="normal",
        confidential=dice.random() < 0.4,
        employer="",
        place="",
        wish="",
        summary="",
        reachable=True,
        taken_by_id=dice.choice([*people, None]),
        co_handlers=dice.sample(departments, dice.randrange(3)),
        unit_id=dice.choice([*units, None, None]),
        employer_key=dice.choice(["", "金源五金", *named]),
        opened_at=NOON,
    )


async def _random_links(session: AsyncSession, dice: random.Random) -> tuple[Links, list[int]]:
    """The small register, three departments being the unions of employers; and the ids of all organisations."""
    ids = await put_organisations(session, ROWS)
    own = dict(zip(dice.sample([one.code for one in policy().departments], 3), ("DH-14", "BC-10", "DH"), strict=True))
    tree = DepartmentTree(replace(one, organisation=own.get(one.code, "")) for one in policy().departments)
    return linked(tree, await load_units(session)), [*ids.values()]


def _random_actor(dice: random.Random, people: list[int], links: Links, units: list[int]) -> Actor:
    role = dice.choice(list(Role))
    department = dice.choice([one.code for one in links.departments]) if role in IN_A_DEPARTMENT else None
    below = policy().departments.below(department) if department else frozenset()
    scopes = dice.choice([None, None, frozenset({"case.read"}), frozenset[str]()])
    conflicts, names = links.against(department, dice.sample(units, dice.choice([0, 0, 1, 3])))
    actor = Actor(dice.choice(people), "x", "x", role, department, below, scopes=scopes)
    return replace(actor, conflicts=conflicts, conflict_names=names)


@pytest.mark.parametrize("seed", range(8))
async def test_memory_and_sql_agree_on_random_worlds(session: AsyncSession, seed: int) -> None:
    dice = random.Random(seed)
    departments = [department.code for department in policy().departments]
    accounts = [Account(login=f"world-{seed}-{n}", name="x", role=Role.OPERATOR, created_at=NOON) for n in range(4)]
    session.add_all(accounts)
    await session.flush()
    people = [account.id for account in accounts]
    links, units = await _random_links(session, dice)
    named = sorted(links.names_of(frozenset(units)))
    cases = [_random_case(dice, people, departments, units, named) for _ in range(120)]
    session.add_all(cases)
    await session.flush()
    facts: dict[int, CaseFacts] = {case.id: facts_of(case) for case in cases}
    seen = kept_away = kept_by_name = 0
    for _ in range(25):
        actor = _random_actor(dice, people, links, units)
        for permission in OF_CASES:
            found = await session.scalars(select(Case.id).where(Case.id.in_(facts), condition(actor, permission)))
            expected = {case_id for case_id, fact in facts.items() if allows(actor, permission, fact)}
            assert set(found) == expected, (actor, permission)
            seen += len(expected)
            kept_away += any(fact.unit in actor.conflicts for fact in facts.values())
            unnamed = {at for at, fact in facts.items() if not fact.unit and fact.employer_key in actor.conflict_names}
            kept_by_name += len(unnamed)
            assert not unnamed & expected
            assert not any(facts[case_id].unit in actor.conflicts for case_id in expected)
    assert seen > 0
    assert kept_away > 0
    assert kept_by_name > 0


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR])
async def test_who_administers_reads_no_case(session: AsyncSession, role: Role) -> None:
    actor = Actor(1, "x", "x", role)
    for permission in OF_CASES:
        assert not allows(actor, permission, CaseFacts(None, 1, confidential=False))
        assert (await session.scalars(select(Case.id).where(condition(actor, permission)).limit(1))).all() == []


@pytest.mark.parametrize("role", list(Role))
def test_whatever_the_role_a_case_against_ones_own_employer_is_not_there(role: Role) -> None:
    actor = Actor(1, "x", "x", role, "city", policy().departments.below("city"), conflicts=frozenset({7}))
    for permission in OF_CASES:
        assert not allows(actor, permission, CaseFacts("city", 1, confidential=False, unit=7))
