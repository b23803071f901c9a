"""The permission table itself: what holds whatever else is changed in it."""

from __future__ import annotations

from itertools import product

import pytest

from hotline.accounts.permissions import TABLE, Actor, Atom, CaseFacts, Permission, allows, may
from hotline.accounts.roles import ROLE_LABELS, Role
from hotline.cases.handling import PERMISSION_FOR
from hotline.cases.lifecycle import STEPS, Action

ADMINISTER = {Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR}
"""Kept apart by GB/T 22239-2019: system, security and audit administration."""
ABOUT_WORKERS = {
    Permission.CALL_TAKE,
    Permission.CASE_READ,
    Permission.CASE_WORK,
    Permission.CASE_NOTE,
    Permission.CASE_REVEAL,
    Permission.PEOPLE_SEARCH,
    Permission.REVIEW_WORK,
    Permission.FIGURES_READ,
    Permission.RULES_READ,
    Permission.RULES_WRITE,
    Permission.RULES_PUBLISH,
    Permission.INCIDENTS_READ,
    Permission.INCIDENTS_DECIDE,
    Permission.CASE_HELP,
    Permission.SUPERVISION_READ,
    Permission.QUALITY_WORK,
    Permission.LETTERS_READ,
    Permission.LETTERS_WRITE,
    Permission.LETTERS_SIGN,
    Permission.REMINDERS_READ,
}
"""Rules too: they are tried on what workers said, and corrections show their words."""
ABOUT_ORGANISATIONS = {
    Permission.POLICY_READ,
    Permission.REGISTRY_READ,
    Permission.REGISTRY_WRITE,
    Permission.CALENDAR_WRITE,
}
"""Which departments, categories, union organisations and working days there are: no worker is among them."""
FOR_EVERYBODY = {Permission.SELF, Permission.EVERYBODY}
WORLDS = [
    CaseFacts(department=department, taken_by=taken_by, confidential=confidential, co_handlers=frozenset(helpers))
    for department, taken_by, confidential, helpers in product(
        (None, "home", "below", "elsewhere"), (None, 1, 2), (False, True), ((), ("home",), ("elsewhere",))
    )
]


def somebody(role: Role) -> Actor:
    return Actor(1, "somebody", "Somebody", role, department="home", departments=frozenset({"home", "below"}))


def test_every_permission_stands_in_the_table() -> None:
    assert TABLE.keys() == {*Permission}


def test_every_permission_is_somebodys() -> None:
    assert {permission for permission, roles in TABLE.items() if not any(roles.values())} == set()


def test_every_row_names_known_roles_and_relations() -> None:
    for roles in TABLE.values():
        assert roles.keys() <= {*Role}
        for relations in roles.values():
            assert relations
            assert all(relation and relation <= {*Atom} for relation in relations)
            assert all(relation == {Atom.ANY} for relation in relations if Atom.ANY in relation)


def test_every_role_has_work_and_a_name() -> None:
    assert ROLE_LABELS.keys() == {*Role}
    idle = {role for role in Role if not any(role in TABLE[permission] for permission in {*Permission} - FOR_EVERYBODY)}
    assert idle == set()


@pytest.mark.parametrize("role", sorted(ADMINISTER))
def test_who_administers_learns_nothing_about_a_worker(role: Role) -> None:
    assert {permission for permission in ABOUT_WORKERS if may(somebody(role), permission)} == set()


@pytest.mark.parametrize("role", sorted({*Role} - ADMINISTER))
def test_who_works_on_cases_administers_nothing(role: Role) -> None:
    administer = {*Permission} - ABOUT_WORKERS - FOR_EVERYBODY - ABOUT_ORGANISATIONS
    assert {permission for permission in administer if may(somebody(role), permission)} == set()


def test_the_three_administrators_share_nothing_but_looking_at_accounts() -> None:
    theirs = {
        role: {permission for permission in {*Permission} - FOR_EVERYBODY if role in TABLE[permission]}
        for role in ADMINISTER
    }
    shared = {
        permission
        for one, other in product(ADMINISTER, repeat=2)
        if one is not other
        for permission in theirs[one] & theirs[other]
    }
    assert shared == {Permission.ACCOUNTS_READ}
    assert theirs[Role.AUDITOR] == {Permission.TRAIL_READ}


@pytest.mark.parametrize("role", sorted({*Role} - ADMINISTER))
def test_what_one_may_do_with_a_case_one_may_see(role: Role) -> None:
    actor = somebody(role)
    for permission in (Permission.CASE_WORK, Permission.CASE_NOTE, Permission.CASE_REVEAL, Permission.PEOPLE_SEARCH):
        unseen = [case for case in WORLDS if allows(actor, permission, case)]
        assert [case for case in unseen if not allows(actor, Permission.CASE_READ, case)] == []


def test_a_confidential_case_of_another_department_is_seen_by_supervisors_and_its_operator_alone() -> None:
    hidden = [case for case in WORLDS if case.confidential and case.department == "elsewhere" and case.taken_by != 1]
    assert hidden
    seers = {role for role in Role for case in hidden if allows(somebody(role), Permission.CASE_READ, case)}
    assert seers == {Role.SUPERVISOR}


def test_a_token_may_do_nothing_its_scopes_do_not_name() -> None:
    machine = Actor(1, "machine", "Machine", Role.SUPERVISOR, scopes=frozenset({Permission.CALL_TAKE.value}))
    may_do = {permission for permission in Permission if may(machine, permission)}
    assert may_do == {Permission.CALL_TAKE, Permission.SELF}


def test_whose_role_takes_a_step_has_the_permission_it_asks_for() -> None:
    assert PERMISSION_FOR.keys() == {*Action}
    without = {
        (step.action, role) for step in STEPS for role in step.roles if role not in TABLE[PERMISSION_FOR[step.action]]
    }
    assert without == set()
