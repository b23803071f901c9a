"""Who works here: an account for each role and department, with made-up names and passwords everybody may know."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hotline.accounts.models import Account
from hotline.accounts.passwords import WORKERS, hash_password
from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases.models import Case
from hotline.demo.dice import Dice, dice
from hotline.policy import Policy
from hotline.routing.destination import destination

BEFORE: Final = timedelta(days=400)
"""How long before today the accounts were made."""

_DESK: Final = (
    ("operator1", "林砚秋", Role.OPERATOR),
    ("operator2", "赵望舒", Role.OPERATOR),
    ("operator3", "沈知予", Role.OPERATOR),
    ("operator4", "何汀兰", Role.OPERATOR),
    ("supervisor1", "顾怀川", Role.SUPERVISOR),
    ("admin1", "程一舟", Role.ADMINISTRATOR),
    ("security1", "陆守宁", Role.SECURITY_OFFICER),
    ("auditor1", "苏明澈", Role.AUDITOR),
    ("supervisor2", "温如言", Role.SUPERVISOR),
)
_OFFICES: Final = (
    ("legal1", "周礼和", Role.STAFF, ("work_injury", "legal_aid")),
    ("legal2", "唐闻笛", Role.STAFF, ("work_injury", "legal_aid")),
    ("hardship1", "许念慈", Role.STAFF, ("living_relief", "hardship")),
    ("hardship2", "马千里", Role.STAFF, ("living_relief", "hardship")),
    ("mediation1", "陈若谷", Role.STAFF, ("wage_arrears", "dispute_mediation")),
    ("mediation2", "叶听澜", Role.STAFF, ("wage_arrears", "dispute_mediation")),
    ("mediation-lead", "钟既明", Role.LEAD, ("wage_arrears", "dispute_mediation")),
)
"""Login, name, role, and the matter whose department at the city they belong to."""

_SURNAMES: Final = "郑曹蒋韩贺邵秦江严尹薛贾方万范丁"
_GIVEN: Final = (
    "佳禾",
    "一帆",
    "思远",
    "文澜",
    "子衿",
    "晓峰",
    "若溪",
    "景行",
    "清越",
    "长河",
    "映山",
    "春和",
    "秋实",
    "白露",
)

SHOWN: Final = (
    "operator1", "operator2", "legal1", "hardship1", "mediation1", "mediation-lead", "supervisor1", "admin1",
    "security1", "auditor1", "supervisor2",
)  # fmt: skip
"""The accounts to look around with; the others are their colleagues."""

COLLEAGUES: Final = ("operator3", "operator4", "legal2", "hardship2", "mediation2")
"""Who goes on working while somebody looks around, so that nothing happens in a visitor's name."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account to be made."""

    login: str
    name: str
    role: Role
    department: str | None = None


def password_of(login: str) -> str:
    """The password of a demo account, known to everybody: its own for those shown, one for all their colleagues."""
    return f"demo-{login}" if login in SHOWN else "demo-colleague"


def persons(policy: Policy) -> tuple[Person, ...]:
    """Everybody who works here: the desk, the city's offices, and one for each other department that handles things."""
    tree = policy.departments
    found = [Person(login, name, role) for login, name, role in _DESK]
    for login, name, role, matter in _OFFICES:
        found.append(Person(login, name, role, destination(tree, *matter).department or tree.root.code))
    staffed = {person.department for person in found}
    names = _names()
    found.extend(
        Person(_login(policy, department.code), next(names), Role.STAFF, department.code)
        for department in tree
        if department.handles and department.code not in staffed
    )
    return tuple(found)


def _login(policy: Policy, code: str) -> str:
    """The city's departments get a short login (jobs1), those of districts and stations theirs (beicheng-help)."""
    root = policy.departments.root.code
    plain = code.replace("_", "-").replace(".", "-")
    return f"{plain.removeprefix(root + '-')}1" if code.startswith(root + "-") else plain


def _names() -> Iterator[str]:
    rng = dice("names")
    while True:
        yield rng.choice(_SURNAMES) + rng.choice(_GIVEN)


async def hashes_of(people: tuple[Person, ...]) -> dict[str, str]:
    """The hash of each password they have: a second or two of work, done on threads."""
    places = asyncio.Semaphore(WORKERS)

    async def hashed(password: str) -> str:
        async with places:
            return await hash_password(password)

    passwords = list(dict.fromkeys(password_of(person.login) for person in people))
    return dict(zip(passwords, await asyncio.gather(*map(hashed, passwords)), strict=True))


def accounts_of(people: tuple[Person, ...], *, now: datetime) -> list[Account]:
    """Their accounts, not stored yet and without a password yet."""
    made_at = now - BEFORE
    return [
        Account(
            login=person.login,
            name=person.name,
            role=person.role,
            department=person.department,
            language="zh",
            password_changed_at=made_at,
            must_change_password=False,
            created_at=made_at,
        )
        for person in people
    ]


@dataclass(frozen=True, slots=True)
class Staff:
    """The people at work, found by what they do."""

    by_login: Mapping[str, Actor]
    by_department: Mapping[str, tuple[Actor, ...]]
    operators: tuple[Actor, ...]
    supervisor: Actor

    def handler(self, rng: Dice, case: Case) -> Actor:
        """Somebody of the department that has this case."""
        return rng.choice(self.by_department[case.department or ""])

    def desk(self, rng: Dice, case: Case) -> Actor:
        """Who at the desk goes on with this case: who took the call, or another operator if it is not confidential."""
        taker = next((one for one in self.operators if one.account_id == case.taken_by_id), self.supervisor)
        return taker if case.confidential or rng.often(0.6) else rng.choice(self.operators)


def staff_of(policy: Policy, accounts: list[Account]) -> Staff:
    """The people behind these accounts, whose ids are known."""
    tree = policy.departments
    actors = [
        Actor(one.id, one.login, one.name, one.role, one.department, tree.below(one.department or ""))
        for one in accounts
    ]
    handlers: dict[str, list[Actor]] = {}
    for actor in actors:
        if actor.department is not None and actor.role is Role.STAFF:
            handlers.setdefault(actor.department, []).append(actor)
    return Staff(
        by_login={actor.login: actor for actor in actors},
        by_department={code: tuple(found) for code, found in handlers.items()},
        operators=tuple(actor for actor in actors if actor.role is Role.OPERATOR),
        supervisor=next(actor for actor in actors if actor.role is Role.SUPERVISOR),
    )
