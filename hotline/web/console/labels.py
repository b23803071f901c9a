"""Names for codes, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hotline.cases.quality import POINT_LABELS
from hotline.i18n import _, mark, pick
from hotline.policy import Policy
from hotline.telephony.calls import CHANNEL_LABELS, WISH_LABELS, Wish

Options = list[tuple[str, str]]

URGENCY_LABELS = {"normal": mark("Normal"), "urgent": mark("Urgent"), "critical": mark("Critical")}
DIFFICULTY_LABELS = {"normal": mark("Ordinary"), "hard": mark("Difficult"), "complex": mark("Very complex")}


def category_name(policy: Policy, code: str | None) -> str:
    """The name of a category; its code when it is no longer configured; empty for none."""
    if not code:
        return ""
    category = policy.categories.get(code)
    return pick(category.name, category.name_en) if category else code


def group_name(policy: Policy, category: str | None) -> str:
    """The name of the group a category belongs to; empty for none."""
    found = policy.categories.get(category) if category else None
    group = policy.groups.get(found.group) if found else None
    return pick(group.name, group.name_en) if group else ""


def department_name(policy: Policy, code: str | None) -> str:
    """The name of a department; its code when it is no longer configured; empty for none."""
    if not code:
        return ""
    department = policy.departments.get(code)
    return pick(department.name, department.name_en) if department else code


def wish_name(wish: str) -> str:
    """What the worker wants: the label of a code, or the words as they were said."""
    try:
        return _(WISH_LABELS[Wish(wish)])
    except ValueError:
        return wish


def category_options(policy: Policy) -> list[tuple[str, Options]]:
    """Every category below the name of its group."""
    return [
        (
            pick(group.name, group.name_en),
            [(c.code, pick(c.name, c.name_en)) for c in policy.categories.values() if c.group == group.code],
        )
        for group in policy.groups.values()
    ]


def department_options(policy: Policy, *, without: frozenset[str] = frozenset()) -> Options:
    """Every department that handles something, with the one above it for telling namesakes apart."""
    return [
        (department.code, department_path(policy, department.code))
        for department in policy.departments
        if department.handles and department.code not in without
    ]


def department_path(policy: Policy, code: str) -> str:
    """A department with the federation it belongs to."""
    department = policy.departments.get(code)
    if department is None or department.superior is None:
        return department_name(policy, code)
    return f"{department_name(policy, department.superior)} · {department_name(policy, code)}"


def referral_options(policy: Policy) -> Options:
    """Places outside the union a worker may be referred to."""
    hints: Iterable[str] = (category.refer_to or "" for category in policy.categories.values())
    return [(hint, hint) for hint in dict.fromkeys(hint for hint in hints if hint)]


def options(labels: dict[str, str]) -> Options:
    """Codes with their labels."""
    return [(str(code), _(label)) for code, label in labels.items()]


def channel_options() -> Options:
    """Channels with their labels."""
    return options({code.value: label for code, label in CHANNEL_LABELS.items()})


def wish_options() -> Options:
    """Wishes with their labels."""
    return options({code.value: label for code, label in WISH_LABELS.items()})


def points_found(points: Mapping[str, bool]) -> list[tuple[str, bool]]:
    """The points that were judged, in the order of the form: which, and whether it was met."""
    return [(_(label), points[point.value]) for point, label in POINT_LABELS.items() if point.value in points]
