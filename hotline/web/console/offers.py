"""What the forms of a case offer, and their fields: those of a form nobody has touched are drawn once and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import SimpleNamespace
from typing import Final

from jinja2 import Environment
from markupsafe import Markup

from hotline.cases.details import DISPOSITION_LABELS, FOLLOW_UP_LABELS, RETURN_REASON_LABELS
from hotline.cases.lifecycle import Action
from hotline.i18n import _, language
from hotline.policy import Policy
from hotline.routing.departments import DepartmentTree
from hotline.web.console.instructing import instruction_choices
from hotline.web.console.labels import (
    DIFFICULTY_LABELS,
    URGENCY_LABELS,
    Options,
    category_options,
    department_options,
    options,
    referral_options,
)
from hotline.work import Work

Values = Mapping[str, str]
KEPT: Final = 96
"""Departments that have cases, twice (two languages), and those barred with them; some 50 kB each."""
OF_THE_CASE: Final = frozenset({Action.CO_ANSWER, Action.CO_RELEASE})
"""Whose forms offer those who have still to answer: they are drawn each time."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be chosen today, in one language and but for some departments; the untouched fields of forms so far."""

    choices: dict[str, object]
    instruct: SimpleNamespace
    untouched: dict[str, Markup] = field(default_factory=dict)


def offers(work: Work, *, without: frozenset[str]) -> Offers:
    """Everything the forms of the actions offer, in the reader's language, but for the departments of `without`."""
    kept = _kept(work.policy.departments)
    key = without, language.get()
    instruct = instruction_choices(work.policy.calendar, work.now)
    found = kept.get(key)
    if found is None or found.instruct != instruct:  # another day, or another calendar
        if len(kept) > KEPT:
            kept.clear()
        found = kept[key] = Offers(_choices(work.policy, without), instruct)
    return found


@lru_cache(maxsize=1)
def _kept(_departments: DepartmentTree) -> dict[tuple[frozenset[str], str], Offers]:
    """What has been worded, for as long as this configuration is in force; a policy itself would keep its register."""
    return {}


def _choices(policy: Policy, without: frozenset[str]) -> dict[str, object]:
    return {
        "categories": category_options(policy),
        "departments": department_options(policy, without=without),
        "referrals": referral_options(policy),
        "urgencies": options(URGENCY_LABELS),
        "difficulties": options(DIFFICULTY_LABELS),
        "return_reasons": options({code.value: label for code, label in RETURN_REASON_LABELS.items()}),
        "dispositions": options({code.value: label for code, label in DISPOSITION_LABELS.items()}),
        "outcomes": options({code.value: label for code, label in FOLLOW_UP_LABELS.items()}),
    }


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that came back: its action, what was typed, what is wrong with it."""

    action: str = ""
    values: Values = field(default_factory=dict)
    mistakes: Values = field(default_factory=dict)


UNTOUCHED: Final = Filled()


def draw_actions(
    environment: Environment, offered: Offers, actions: list[SimpleNamespace], awaited: Options, filled: Filled
) -> None:
    """Give each of the actions its `fields`, and the one that came back its `mistakes`."""
    fields = environment.get_template("components/action_fields.html").module.fields  # type: ignore[attr-defined]
    for action in actions:

        def draw(values: Values, mistakes: Values, code: str = action.code) -> Markup:
            drawn: Markup = fields(code, offered.choices, values, mistakes, offered.instruct, awaited)
            return drawn

        action.open = action.code == filled.action
        action.mistakes = filled.mistakes if action.open else {}
        kept = offered if action.code not in OF_THE_CASE else replace(offered, untouched={})
        action.fields = _drawn(kept, action.code, filled, draw)


def draw_clocks(environment: Environment, offered: Offers, panel: SimpleNamespace, filled: Filled) -> None:
    """Give each clock that may run its `fields`, and the panel those for another one: `begin_another`."""
    fields = environment.get_template("components/statutory_forms.html").module.begin_fields  # type: ignore[attr-defined]

    def drawn(code: str, kind: str, may_go_on: str) -> Markup:
        def draw(values: Values, mistakes: Values) -> Markup:
            drawn: Markup = fields(code, panel.kinds, panel.sources, kind, may_go_on, values, mistakes)
            return drawn

        return _drawn(offered, code, filled, draw)

    for offer in panel.offers:
        offer.fields = drawn(f"statutory-{offer.kind}", offer.kind, offer.may_go_on)
    if panel.can_change:
        lasting = _("for unpaid wages, while the employment lasts; for a complaint, while the act goes on")
        panel.begin_another = drawn("statutory-new", "", lasting)


def _drawn(offered: Offers, code: str, filled: Filled, draw: Callable[[Values, Values], Markup]) -> Markup:
    if code == filled.action:
        return draw(filled.values, filled.mistakes)
    if code not in offered.untouched:
        offered.untouched[code] = draw({}, {})
    return offered.untouched[code]
