"""What people choose in a form of an action, checked against what there is and who may have the case."""

from __future__ import annotations

from typing import Any

from hotline.cases.models import Case
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.work import Work

Recorded = dict[str, Any]
"""What the timeline remembers of a step."""


def chosen_department(work: Work, case: Case, code: str | None, field: str = "department") -> str:
    """The code of a department that may handle this case; raises `Invalid`."""
    department = work.policy.departments.get(code) if code else None
    if department is None or not department.handles:
        raise Invalid(Mistake(field, mark("Choose the department that shall handle it.")))
    if department.code in work.policy.routing.links.barred(case.unit_id, case.employer_key):
        message = mark("This is the union of the very employer the matter is against. Choose another department.")
        raise Invalid(Mistake(field, message))
    return department.code


def chosen_category(work: Work, code: str | None) -> str:
    """The code of a category there is; raises `Invalid`."""
    if code is None or code not in work.policy.categories:
        raise Invalid(Mistake("category", mark("Choose the kind of matter.")))
    return code
