"""Who may do what: one validated table, action × role × relation, deny by default.

`TABLE` is the only place that answers the question. `allows` reads it for one case in memory;
`hotline.cases.rights.condition` compiles the very same rows to SQL, so a page, a list, a search, a count, a stream
and the API cannot disagree (a property test compares the two on random worlds).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hotline.accounts.roles import Role
from hotline.errors import NotAllowed
from hotline.i18n import mark


class Permission(StrEnum):
    """Something a person may be allowed to do."""

    CALL_TAKE = "call.take"
    CASE_READ = "case.read"
    CASE_WORK = "case.work"
    CASE_NOTE = "case.note"
    CASE_REVEAL = "case.reveal"
    PEOPLE_SEARCH = "people.search"
    REVIEW_WORK = "review.work"
    FIGURES_READ = "figures.read"
    ACCOUNTS_READ = "accounts.read"
    ACCOUNTS_MANAGE = "accounts.manage"
    ROLES_GIVE = "roles.give"
    TRAIL_READ = "trail.read"
    POLICY_READ = "policy.read"
    REGISTRY_READ = "registry.read"
    REGISTRY_WRITE = "registry.write"
    RULES_READ = "rules.read"
    RULES_WRITE = "rules.write"
    RULES_PUBLISH = "rules.publish"
    """Another person than those who wrote the draft: `hotline.rulebook` sees to that."""
    INCIDENTS_READ = "incidents.read"
    INCIDENTS_DECIDE = "incidents.decide"
    CALENDAR_WRITE = "calendar.write"
    CASE_HELP = "case.help"
    SUPERVISION_READ = "supervision.read"
    QUALITY_WORK = "quality.work"
    LETTERS_READ = "letters.read"
    LETTERS_WRITE = "letters.write"
    LETTERS_SIGN = "letters.sign"
    REMINDERS_READ = "reminders.read"
    SELF = "self"
    """One's own account: sign out, sessions, password, language."""
    EVERYBODY = "everybody"
    """No account needed: the sign-in page, static files, the health answer."""


class Atom(StrEnum):
    """A relation between a person and a case. A row of the table asks for all of its atoms."""

    ANY = "any"
    TAKEN_BY_ME = "taken_by_me"
    IN_MY_DEPARTMENT = "in_my_department"
    """My very department."""
    IN_MY_SUBTREE = "in_my_subtree"
    """My department or one below it."""
    CO_HANDLED = "co_handled"
    """My department was asked to help."""
    NOT_CONFIDENTIAL = "not_confidential"


Relation = frozenset[Atom]

_ANY: Relation = frozenset({Atom.ANY})
_MINE: Relation = frozenset({Atom.TAKEN_BY_ME})
_OPEN_TO_DESK: Relation = frozenset({Atom.NOT_CONFIDENTIAL})
_HOME: Relation = frozenset({Atom.IN_MY_DEPARTMENT})
_BELOW: Relation = frozenset({Atom.IN_MY_SUBTREE, Atom.NOT_CONFIDENTIAL})
_SUBTREE: Relation = frozenset({Atom.IN_MY_SUBTREE})
_HELPING: Relation = frozenset({Atom.CO_HANDLED, Atom.NOT_CONFIDENTIAL})

_R, _P = Role, Permission
_EVERY_ROLE: dict[Role, tuple[Relation, ...]] = dict.fromkeys(Role, (_ANY,))

TABLE: dict[Permission, dict[Role, tuple[Relation, ...]]] = {
    _P.EVERYBODY: _EVERY_ROLE,
    _P.SELF: _EVERY_ROLE,
    _P.CALL_TAKE: {_R.OPERATOR: (_ANY,), _R.SUPERVISOR: (_ANY,)},
    _P.CASE_READ: {
        _R.OPERATOR: (_MINE, _OPEN_TO_DESK),
        _R.STAFF: (_HOME, _BELOW, _HELPING),
        _R.LEAD: (_SUBTREE, _HELPING),
        _R.SUPERVISOR: (_ANY,),
    },
    _P.CASE_WORK: {
        _R.OPERATOR: (_MINE, _OPEN_TO_DESK),
        _R.STAFF: (_HOME, _BELOW),
        _R.LEAD: (_SUBTREE,),
        _R.SUPERVISOR: (_ANY,),
    },
    _P.CASE_NOTE: {
        _R.OPERATOR: (_MINE, _OPEN_TO_DESK),
        _R.STAFF: (_HOME, _BELOW, _HELPING),
        _R.LEAD: (_SUBTREE, _HELPING),
        _R.SUPERVISOR: (_ANY,),
    },
    _P.CASE_REVEAL: {
        _R.OPERATOR: (_MINE, _OPEN_TO_DESK),
        _R.STAFF: (_HOME,),
        _R.LEAD: (_SUBTREE,),
        _R.SUPERVISOR: (_ANY,),
    },
    _P.PEOPLE_SEARCH: {_R.OPERATOR: (_MINE, _OPEN_TO_DESK), _R.SUPERVISOR: (_ANY,)},
    _P.REVIEW_WORK: {_R.OPERATOR: (_ANY,), _R.SUPERVISOR: (_ANY,)},
    _P.FIGURES_READ: {_R.LEAD: (_SUBTREE,), _R.SUPERVISOR: (_ANY,)},
    _P.ACCOUNTS_READ: {_R.ADMINISTRATOR: (_ANY,), _R.SECURITY_OFFICER: (_ANY,)},
    _P.ACCOUNTS_MANAGE: {_R.ADMINISTRATOR: (_ANY,)},
    _P.ROLES_GIVE: {_R.SECURITY_OFFICER: (_ANY,)},
    _P.TRAIL_READ: {_R.AUDITOR: (_ANY,)},
    _P.POLICY_READ: {
        _R.OPERATOR: (_ANY,),
        _R.STAFF: (_ANY,),
        _R.LEAD: (_ANY,),
        _R.SUPERVISOR: (_ANY,),
        _R.ADMINISTRATOR: (_ANY,),
    },
    _P.REGISTRY_READ: {
        _R.OPERATOR: (_ANY,),
        _R.STAFF: (_ANY,),
        _R.LEAD: (_ANY,),
        _R.SUPERVISOR: (_ANY,),
        _R.ADMINISTRATOR: (_ANY,),
    },
    _P.REGISTRY_WRITE: {_R.SUPERVISOR: (_ANY,), _R.ADMINISTRATOR: (_ANY,)},
    _P.RULES_READ: {_R.SUPERVISOR: (_ANY,), _R.LEAD: (_ANY,)},
    _P.RULES_WRITE: {_R.SUPERVISOR: (_ANY,)},
    _P.RULES_PUBLISH: {_R.SUPERVISOR: (_ANY,)},
    _P.INCIDENTS_READ: {_R.LEAD: (_SUBTREE,), _R.SUPERVISOR: (_ANY,)},
    _P.INCIDENTS_DECIDE: {_R.SUPERVISOR: (_ANY,)},
    _P.CALENDAR_WRITE: {_R.SUPERVISOR: (_ANY,)},
    _P.CASE_HELP: {_R.STAFF: (_HELPING,), _R.LEAD: (_HELPING,)},
    _P.SUPERVISION_READ: {_R.LEAD: (_SUBTREE,), _R.SUPERVISOR: (_ANY,)},
    _P.QUALITY_WORK: {_R.SUPERVISOR: (_ANY,)},
    _P.LETTERS_READ: {
        _R.OPERATOR: (_MINE, _OPEN_TO_DESK),
        _R.STAFF: (_HOME, _BELOW, _HELPING),
        _R.LEAD: (_SUBTREE, _HELPING),
        _R.SUPERVISOR: (_ANY,),
    },
    _P.LETTERS_WRITE: {_R.STAFF: (_HOME, _BELOW), _R.LEAD: (_SUBTREE,), _R.SUPERVISOR: (_ANY,)},
    _P.LETTERS_SIGN: {_R.LEAD: (_SUBTREE,), _R.SUPERVISOR: (_ANY,)},
    _P.REMINDERS_READ: {
        _R.OPERATOR: (_MINE, _OPEN_TO_DESK),
        _R.STAFF: (_HOME, _BELOW, _HELPING),
        _R.LEAD: (_SUBTREE, _HELPING),
        _R.SUPERVISOR: (_ANY,),
    },
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or machine, by a token) whose piece of work this is.

    `departments` holds the code of the own department and of every one below it. `scopes` is None for a person at a
    screen; a token may do only what its scopes name as well.
    """

    account_id: int
    login: str
    name: str
    role: Role
    department: str | None = None
    departments: frozenset[str] = frozenset()
    language: str = "zh"
    scopes: frozenset[str] | None = None
    session_id: str | None = None
    conflicts: frozenset[int] = frozenset()
    """The ids of the units this person has to do with: what is brought against them is not theirs to see."""
    conflict_names: frozenset[str] = frozenset()
    """Under which `employer_key` the same employers stand in cases whose unit is not known."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What of a case decides who may see it."""

    department: str | None
    taken_by: int | None
    confidential: bool
    co_handlers: frozenset[str] = field(default=frozenset())
    unit: int | None = None
    """Against whom it is, when that is an organisation of the register."""
    employer_key: str = ""
    """The employer as it was named; counts where the unit is not known."""


_TESTS: dict[Atom, Any] = {
    Atom.ANY: lambda _actor, _case: True,
    Atom.TAKEN_BY_ME: lambda actor, case: case.taken_by == actor.account_id,
    Atom.IN_MY_DEPARTMENT: lambda actor, case: actor.department is not None and case.department == actor.department,
    Atom.IN_MY_SUBTREE: lambda actor, case: case.department in actor.departments,
    Atom.CO_HANDLED: lambda actor, case: bool(case.co_handlers & actor.departments),
    Atom.NOT_CONFIDENTIAL: lambda _actor, case: not case.confidential,
}


def relations(actor: Actor, permission: Permission) -> tuple[Relation, ...]:
    """The relations under which this person has this permission: any one of them suffices, none means no."""
    if actor.scopes is not None and permission.value not in actor.scopes and permission is not Permission.SELF:
        return ()
    return TABLE[permission].get(actor.role, ())


def may(actor: Actor, permission: Permission) -> bool:
    """Whether this person has this permission at all, for at least some case."""
    return bool(relations(actor, permission))


def allows(actor: Actor, permission: Permission, case: CaseFacts) -> bool:
    """Whether this person has this permission for this case.

    Whatever the role: nobody has any for a case against an employer they have to do with.
    """
    if case.unit in actor.conflicts or (case.unit is None and case.employer_key in actor.conflict_names):
        return False
    return any(all(_TESTS[atom](actor, case) for atom in relation) for relation in relations(actor, permission))


def demand(actor: Actor, permission: Permission) -> None:
    """Raise `NotAllowed` unless this person has this permission at all."""
    if not may(actor, permission):
        raise NotAllowed(mark("Your role may not do this. Ask your supervisor if you need it for your work."))
