"""The reference pages that are made from the code: `python -m docs.generate` (or `make docs`).

`--check` writes nothing and ends with 1 when a page is stale. Words come from the catalogue, so that a page names
everything as the screen does, in Chinese and in English.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from docs.registry_page import registry
from docs.settings_page import configuration
from hotline.accounts.permissions import TABLE, Atom, Permission, Relation
from hotline.accounts.roles import ROLE_LABELS, Role
from hotline.accounts.tokens import SCOPE_LABELS
from hotline.cases.details import DETAILS
from hotline.cases.lifecycle import ACTION_LABELS, ENDS, START, STATUS_LABELS, STEPS, Action, Status, Step
from hotline.i18n import catalogue

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Made by docs/generate.py from the code. Change the code, then run `make docs`. -->"
RELATIONS = {
    Atom.ANY: "every case",
    Atom.TAKEN_BY_ME: "cases of calls one took oneself",
    Atom.IN_MY_DEPARTMENT: "cases of one's very department",
    Atom.IN_MY_SUBTREE: "cases of one's department and those below it",
    Atom.CO_HANDLED: "cases one's department was asked to help with",
    Atom.NOT_CONFIDENTIAL: "not confidential",
}
NO_CASE = frozenset(Permission) - {
    permission for permission in Permission if permission.value.startswith(("case.", "people.", "figures."))
}
"""Permissions that are about no particular case: to have them is all there is to say."""


def both(label: str) -> str:
    """A label in both languages: Chinese first."""
    return f"{catalogue('zh').get(label, '')} {label}".strip()


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def lifecycle() -> str:
    """The page about the life of a case."""
    statuses = [[f"`{s.value}`", both(STATUS_LABELS[s]), "ends" if s in ENDS else "open"] for s in Status]
    forms = [[f"`{a.value}`", both(ACTION_LABELS[a]), _form(a), (DETAILS[a].__doc__ or "").strip()] for a in Action]
    return f"""{NOTE}

# The life of a case

Made from `STEPS` in `hotline/cases/lifecycle.py`. The buttons on a page, the `actions` of the API, the database's
constraint and this page read the same table: an action is refused exactly when it is not offered.

```mermaid
{_diagram()}
```

Reopening, withdrawing and merging are left out of the picture for its legibility; they stand in the table.

## Statuses

{table(["code", "name", ""], statuses)}

## Steps

An empty “to” means that the status stays: the step is an event on an open case.

{table(["action", "from", "to", "by"], map(_step, STEPS))}

Beyond the table, five things have to happen first: a case whose worker was not reached is closed after three attempts
(or at once when no number was left); an extension is asked for once at a time and granted twice at most; it is granted
or refused only when somebody asks; a case is linked to one lead case at a time.

## What an action asks for

An asterisk marks what must be given. The form on a page and the body of
`POST /api/v1/cases/{{number}}/actions/{{action}}` are the same.

{table(["action", "name", "fields", "what for"], forms)}
"""


def _diagram() -> str:
    hidden = {Action.REOPEN, Action.WITHDRAW, Action.MERGE}
    lines = ["stateDiagram-v2", f"    [*] --> {START.value}"]
    lines += [f"    {status.value} : {both(STATUS_LABELS[status])}" for status in Status if status is not Status.MERGED]
    for step in STEPS:
        if step.target is None or step.action in hidden:
            continue
        outcome = f" ({step.outcome})" if step.outcome else ""
        for source in Status:
            if source in step.sources:
                lines.append(f"    {source.value} --> {step.target.value} : {step.action.value}{outcome}")
    lines += [f"    {status.value} --> [*]" for status in Status if status in ENDS - {Status.MERGED}]
    return "\n".join(lines)


def _step(step: Step) -> list[str]:
    name = f"{both(ACTION_LABELS[step.action])} `{step.action.value}`"
    return [
        f"{name} ({step.outcome})" if step.outcome else name,
        ", ".join(f"`{status.value}`" for status in Status if status in step.sources),
        "" if step.target is None else f"`{step.target.value}`",
        ", ".join(ROLE_LABELS[role] for role in Role if role in step.roles),
    ]


def _form(action: Action) -> str:
    fields = DETAILS[action].model_fields.items()
    return ", ".join(f"`{field.alias or name}`{'*' if field.is_required() else ''}" for name, field in fields)


def permissions() -> str:
    """The page about who may do what."""
    roles = [[both(ROLE_LABELS[role]), f"`{role.value}`"] for role in Role]
    rows = [
        [_permission(permission), *(_cell(permission, TABLE[permission].get(role, ())) for role in Role)]
        for permission in Permission
    ]
    scopes = [[f"`{permission.value}`", both(label)] for permission, label in SCOPE_LABELS.items()]
    return f"""{NOTE}

# Who may do what

Made from `TABLE` in `hotline/accounts/permissions.py`. The table is compiled to a check in memory and to a condition in
SQL, so that a page, a list, a search, a count, a stream and the API cannot disagree. What one may not see does not
exist: the answer is 404.

## Roles

One account has one role. The last three are kept apart (GB/T 22239-2019): none of them reads a case.

{table(["role", "code"], roles)}

## Permissions

An empty cell means no. Where a permission is about cases, a cell says for which; of several lines one is enough.

{table(["permission", *(ROLE_LABELS[role] for role in Role)], rows)}

## Scopes of tokens

A token may do what its scopes name and its owner may do, no more.

{table(["scope", "name"], scopes)}
"""


def _permission(permission: Permission) -> str:
    return f"`{permission.value}`"


def _cell(permission: Permission, relations: Sequence[Relation]) -> str:
    if permission in NO_CASE:
        return "yes" if relations else ""
    return "<br>".join(map(_relation, relations))


def _relation(relation: Relation) -> str:
    if relation == {Atom.NOT_CONFIDENTIAL}:
        return "every case that is not confidential"
    which, *limits = (RELATIONS[atom] for atom in Atom if atom in relation)
    return f"{which}, if {' and '.join(limits)}" if limits else which


PAGES: dict[str, Callable[[], str]] = {
    "configuration.md": lambda: f"{NOTE}\n\n{configuration(table)}",
    "lifecycle.md": lifecycle,
    "permissions.md": permissions,
    "registry.md": lambda: f"{NOTE}\n\n{registry(table)}",
}


def stale() -> list[str]:
    """The names of pages that are not what the code says."""
    return [
        name
        for name, make in PAGES.items()
        if not (REFERENCE / name).is_file() or (REFERENCE / name).read_text(encoding="utf-8") != make()
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the stale pages, or with `--check` only name them; the exit code."""
    found = stale()
    for name in found:
        print(f"docs/reference/{name}")
        if "--check" not in arguments:
            (REFERENCE / name).write_text(PAGES[name](), encoding="utf-8")
    return 1 if found and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
