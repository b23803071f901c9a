"""What the lines of figures are called, in the reader's language."""

from __future__ import annotations

from typing import Final

from hotline.i18n import _, mark
from hotline.policy import Policy
from hotline.registry.fields import KINDS
from hotline.reports.models import By
from hotline.telephony.calls import CHANNEL_LABELS
from hotline.web.console.labels import DIFFICULTY_LABELS, category_name, department_path

BY_LABELS: Final = {
    By.DEPARTMENT: mark("Department"),
    By.CATEGORY: mark("Category"),
    By.TERRITORY: mark("Territory"),
    By.DIFFICULTY: mark("Difficulty"),
    By.CHANNEL: mark("Channel"),
    By.EMPLOYER_KIND: mark("Kind of employer"),
    By.RULE_SET: mark("Rule set"),
    By.MONTH: mark("Month"),
    By.WEEK: mark("Week of the call, beginning"),
}
_NOTHING: Final = {
    By.DEPARTMENT: mark("Back at the hotline"),
    By.CATEGORY: mark("Not sorted yet"),
    By.TERRITORY: mark("No place is told"),
    By.EMPLOYER_KIND: mark("No unit of the register is told"),
    By.RULE_SET: mark("Without the rules"),
}


def key_names(policy: Policy, by: By) -> dict[str, str]:
    """The name of each key; a key without one is its own name."""
    names: dict[str, str] = {}
    if by in {By.DEPARTMENT, By.TERRITORY}:
        names = {one.code: department_path(policy, one.code) for one in policy.departments}
    elif by is By.CATEGORY:
        names = {code: category_name(policy, code) for code in policy.categories}
    elif by is By.DIFFICULTY:
        names = {code: _(label) for code, label in DIFFICULTY_LABELS.items()}
    elif by is By.CHANNEL:
        names = {code.value: _(label) for code, label in CHANNEL_LABELS.items()}
    elif by is By.EMPLOYER_KIND:
        names = {kind.code: kind.label for kind in KINDS}
    return names | {"": _(_NOTHING.get(by, mark("None")))}
