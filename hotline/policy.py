"""What the union decides, loaded from `config/`, cross-checked and frozen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeVar

from hotline.deadlines.calendar import Calendar, YearTable
from hotline.deadlines.calendar_file import CALENDAR_FILE, load_calendar
from hotline.deadlines.limits import Limits, load_limits
from hotline.deadlines.reminding import REMINDERS_FILE, USUAL_REMINDING, Reminding, load_reminding
from hotline.deadlines.statutory_questions import NONE_ASKED, STATUTES_FILE, Questions, load_questions
from hotline.deadlines.supervision import SUPERVISION_FILE, SupervisionLimits, load_supervision
from hotline.deadlines.supervision import USUAL as USUAL_SUPERVISION
from hotline.documents.letter_texts import LetterTexts, load_letter_texts
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.routing.categories import Category, Group
from hotline.routing.crowds import INCIDENTS_FILE, USUAL, CrowdLimits, load_crowd_limits
from hotline.routing.departments import DepartmentTree
from hotline.routing.engine import Routing, load_routing
from hotline.routing.units import UnitIndex

_T = TypeVar("_T")
LETTERS: Final = "letters"
"""The folder of the wording of letters."""


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """What one union decides: categories, departments, rules, calendar, limits, warnings, reminders, letters."""

    routing: Routing
    calendar: Calendar
    limits: Limits
    crowds: CrowdLimits = USUAL
    questions: Questions = NONE_ASKED
    """Which statutory clocks a case is asked about."""
    supervision: SupervisionLimits = USUAL_SUPERVISION
    reminding: Reminding = USUAL_REMINDING
    letters: LetterTexts = field(default_factory=dict)

    @property
    def departments(self) -> DepartmentTree:
        """The tree of departments and stations."""
        return self.routing.departments

    @property
    def categories(self) -> Mapping[str, Category]:
        """Kinds of matter by code, in the order of the file."""
        return self.routing.categories

    @property
    def groups(self) -> Mapping[str, Group]:
        """Groups of categories by code, in the order of the file."""
        return self.routing.groups

    def with_units(self, units: UnitIndex) -> Policy:
        """The same policy, knowing these organisations."""
        return replace(self, routing=replace(self.routing, units=units))

    def with_tables(self, tables: Iterable[YearTable]) -> Policy:
        """The same policy, with the days of these published years."""
        return replace(self, calendar=self.calendar.with_tables(tables))


def default_config() -> Path:
    """The configuration that ships: inside an installed package, or beside it in a checkout."""
    packaged = Path(__file__).parent / "config"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "config"


def load_policy(directory: Path | None = None) -> Policy:
    """Read `directory` (default: the one that ships). Raises `Invalid` naming every file, key and reason at once."""
    folder = directory or default_config()
    if not folder.is_dir():
        raise Invalid(Mistake(str(folder), mark("There is no such folder. Set HOTLINE_CONFIG to the right one.")))
    mistakes: list[Mistake] = []
    routing = _part(lambda: load_routing(folder), mistakes)
    calendar = _part(lambda: load_calendar(folder / CALENDAR_FILE), mistakes)
    limits = _part(lambda: load_limits(folder / "deadlines.toml"), mistakes)
    crowds = _part(lambda: load_crowd_limits(folder / INCIDENTS_FILE), mistakes)
    questions = _part(lambda: load_questions(folder / STATUTES_FILE), mistakes)
    supervision = _part(lambda: load_supervision(folder / SUPERVISION_FILE), mistakes)
    reminding = _part(lambda: load_reminding(folder / REMINDERS_FILE), mistakes)
    letters = _part(lambda: load_letter_texts(folder / LETTERS, otherwise=default_config() / LETTERS), mistakes)
    if routing is not None and limits is not None:
        codes = {"groups": frozenset(routing.groups), "categories": frozenset(routing.categories)}
        mistakes.extend(limits.unknown_codes(**codes))
        mistakes.extend((questions or NONE_ASKED).unknown_codes(**codes))
    if routing is not None and calendar is not None:
        mistakes.extend(_unknown_departments(calendar, routing.departments))
    if mistakes or routing is None or calendar is None or limits is None:
        raise Invalid(*mistakes)
    if crowds is None or questions is None or supervision is None or reminding is None or letters is None:
        raise Invalid(*mistakes)
    return Policy(
        routing, _inherited(calendar, routing.departments), limits, crowds, questions, supervision, reminding, letters
    )


def _unknown_departments(calendar: Calendar, tree: DepartmentTree) -> list[Mistake]:
    message = mark("There is no department {code}. Please check the spelling.")
    unknown = (code for code in calendar.by_department if tree.get(code) is None)
    return [Mistake(f"{CALENDAR_FILE}: department.{code}", message, {"code": code}) for code in unknown]


def _inherited(calendar: Calendar, tree: DepartmentTree) -> Calendar:
    """The calendar with the hours of a department for those below it that have none of their own; nearest first."""
    given = calendar.by_department
    widest_first = sorted(given, key=lambda code: -len(tree.below(code)))
    return calendar.with_hours({below: given[code] for code in widest_first for below in tree.below(code)})


def _part(load: Callable[[], _T], mistakes: list[Mistake]) -> _T | None:
    try:
        return load()
    except Invalid as problem:
        mistakes.extend(problem.mistakes)
        return None
