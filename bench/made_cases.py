"""One made-up case as rows of the tables, whatever its place among all of them: pure, the same for the same place.

The newest 8 % hold the open ones, 2 % of all: 7 in 20 routed, 7 accepted, 3 to be called back, 3 in review. Half of
what is in hands lies with the city's mediation centre, so that its queue fills a page of 50 even among 10,000 cases.
Nobody in the legal department handles overtime pay: a frequent word which is absent in one department.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from bench.texts import call_body
from hotline.cases.grams import desk_marks, grams, normal
from hotline.cases.intake import summary_of
from hotline.clock import SHANGHAI
from hotline.deadlines.due import DueDate
from hotline.policy import Policy
from hotline.routing.engine import decide
from hotline.telephony.numbers import parse_number

BUSIEST: Final = "city-mediation"
WITHOUT_OVERTIME: Final = "city-legal"
OPEN_AMONG_NEWEST: Final = 0.08
_OPEN: Final = "routed accepted " * 7 + "resolved review " * 3
_ENDS: Final = ("closed",) * 85 + ("answered",) * 8 + ("referred",) * 5 + ("withdrawn",) * 2
_STEPS: Final = {
    "review": (),
    "routed": ("route",),
    "accepted": ("route", "accept"),
    "resolved": ("route", "accept", "resolve"),
    "closed": ("route", "accept", "resolve", "follow_up", "close"),
    "answered": ("answer",),
    "referred": ("refer",),
    "withdrawn": ("route", "withdraw"),
}
_LEADS_TO: Final = {
    "route": "routed", "accept": "accepted", "resolve": "resolved", "follow_up": "followed_up", "close": "closed",
    "answer": "answered", "refer": "referred", "withdraw": "withdrawn", "queue": "review",
}  # fmt: skip
_HOURS: Final = {"accept": 5, "resolve": 80, "follow_up": 20, "close": 1, "withdraw": 30}


@dataclass(frozen=True, slots=True)
class Ground:
    """What every made-up case stands on: the rules, the departments that handle something, people by department."""

    policy: Policy
    departments: tuple[str, ...]
    operator: int
    handlers: dict[str, int]
    total: int
    now: datetime
    dues: dict[tuple[date, str, str, str], dict[str, DueDate]] = field(default_factory=dict)


Rows = dict[str, list[tuple[Any, ...]]]


def rows_of(ground: Ground, place: int, rows: Rows) -> None:
    """Add the rows of the case at this place (1 is the oldest) to `rows`, by table."""
    dice, body = Random(place), call_body(place)
    narrative = str(body["narrative"])
    decision = decide(ground.policy.routing, narrative, place=str(body["place"]), employer=str(body["employer"]))
    status = _status(ground, place, dice)
    steps = _STEPS[status] or ("queue",)
    department = _department(ground, place, narrative, dice) if "route" in steps else None
    opened = _opened(ground, place, dice)
    times = _times(opened, steps, dice, ground.now)
    category = decision.category or "wage_arrears"
    dues = _dues(ground, opened.date(), category, decision.urgency, decision.difficulty)
    case = _Case(place, status, department, category, opened, times, ground.handlers.get(department or ""))
    searched = "\n".join(normal(str(part)) for part in (narrative, body["employer"], body["place"]))
    name, number = str(body["caller_name"]), parse_number(str(body["caller_number"]), area_code="0411").normal
    rows["cases"].append(_case_row(case, body, decision.urgency, decision.difficulty, dues, ground.operator, dice))
    rows["case_texts"].append((place, narrative, searched, [*grams(searched), *desk_marks(department)]))
    rows["calls"].append((place, opened, number, "", name, grams(normal(name))))
    told = json.dumps(decision.to_json(), ensure_ascii=False)
    rows["case_decisions"].append((place, opened, None, decision.category, decision.department, None, told))
    rows["case_events"].extend(_events(case, steps, ground.operator))


@dataclass(frozen=True, slots=True)
class _Case:
    id: int
    status: str
    department: str | None
    category: str
    opened: datetime
    times: dict[str, datetime]
    handler: int | None

    @property
    def number(self) -> str:
        return f"2026-{self.id:06d}"


def _status(ground: Ground, place: int, dice: Random) -> str:
    if place > ground.total * (1 - OPEN_AMONG_NEWEST) and place % 4 == 0:
        kinds = _OPEN.split()
        return kinds[(place // 4) % len(kinds)]
    return dice.choice(_ENDS)


def _department(ground: Ground, place: int, narrative: str, dice: Random) -> str:
    newest = place > ground.total * (1 - OPEN_AMONG_NEWEST)
    if dice.random() < 0.15 or (newest and place // 4 // 20 % 2 == 0):
        return BUSIEST
    chosen = dice.choice(ground.departments)
    return BUSIEST if chosen == WITHOUT_OVERTIME and "加班费" in narrative else chosen


def _opened(ground: Ground, place: int, dice: Random) -> datetime:
    """Spread over a year before now, in the order of places."""
    back = 365 * (1 - place / ground.total)
    return ground.now - timedelta(days=back, hours=1, seconds=dice.randrange(60))


def _times(opened: datetime, steps: tuple[str, ...], dice: Random, now: datetime) -> dict[str, datetime]:
    at, times = opened, {}
    for step in steps:
        at = min(at + timedelta(hours=_HOURS.get(step, 0) * dice.uniform(0.2, 2)), now)
        times[step] = at
    return times


def _dues(ground: Ground, on: date, category: str, urgency: str, difficulty: str) -> dict[str, DueDate]:
    """The dates of a case opened on this day, counted from ten o'clock; counted once for all such cases."""
    key = (on, category, urgency, difficulty)
    if key not in ground.dues:
        ground.dues[key] = _counted(ground.policy, *key)
    return ground.dues[key]


def _counted(policy: Policy, on: date, category: str, urgency: str, difficulty: str) -> dict[str, DueDate]:
    since = datetime.combine(on, time(10), SHANGHAI)
    limit = policy.limits.find(
        group=policy.categories[category].group, category=category, difficulty=difficulty, urgency=urgency
    )
    return {
        "accept": limit.accept_by(since=since, calendar=policy.calendar),
        "resolve": limit.resolve_by(since=since, calendar=policy.calendar),
        "follow_up": limit.follow_up_by(since=since, calendar=policy.calendar),
    }


CASE_COLUMNS: Final = (
    "id", "number", "status", "channel", "category", "department", "urgency", "difficulty", "confidential", "employer",
    "place", "people", "wish", "reachable", "summary", "taken_by_id", "handler_id", "co_handlers", "opened_at",
    "routed_at", "accepted_at", "resolved_at", "ended_at", "due_at", "accept_by", "resolve_by", "follow_up_by", "dues",
    "follow_up_attempts", "satisfied", "disposition", "touched_at", "version",
)  # fmt: skip


def _case_row(
    case: _Case,
    body: dict[str, Any],
    urgency: str,
    difficulty: str,
    dues: dict[str, DueDate],
    operator: int,
    dice: Random,
) -> tuple[Any, ...]:
    at, kept = case.times, {key: due.due_at for key, due in dues.items()}
    routed = "route" in at
    due_key = {"routed": "accept", "accepted": "resolve", "resolved": "follow_up", "review": "accept"}.get(case.status)
    resolved = at.get("resolve") or at.get("answer")
    return (
        case.id, case.number, case.status, dice.choice(("phone", "phone", "phone", "window", "web", "station")),
        case.category, case.department, urgency, difficulty, dice.random() < 0.03, body["employer"],
        body["place"], body["people"], body["wish"], True, summary_of(body["narrative"]), operator,
        case.handler if "accept" in at else None, [], case.opened,
        case.opened if routed else None, at.get("accept"), resolved, _ended(case),
        kept[due_key] if due_key else None, kept["accept"] if routed else None, kept["resolve"] if routed else None,
        kept["follow_up"] if case.status == "resolved" else None,
        json.dumps({key: due.to_json() for key, due in dues.items()}, ensure_ascii=False),
        int("follow_up" in at), True if "follow_up" in at else None, "mediated" if "resolve" in at else None,
        max(at.values(), default=case.opened), len(at),
    )  # fmt: skip


def _ended(case: _Case) -> datetime | None:
    return next((case.times[step] for step in ("close", "answer", "refer", "withdraw") if step in case.times), None)


def _events(case: _Case, steps: tuple[str, ...], operator: int) -> list[tuple[Any, ...]]:
    before, rows = "received", []
    for version, step in enumerate(steps, 1):
        actor = case.handler if step in {"accept", "resolve"} else operator
        details = {
            "route": {"department": case.department, "category": case.category},
            "resolve": {"disposition": "mediated", "money_recovered": None, "people_helped": 1},
            "follow_up": {"outcome": "satisfied", "attempt": 1},
        }.get(step, {})
        after = _LEADS_TO[step]
        why = "已经与单位谈过，双方同意分两次结清" if step == "resolve" else None
        rows.append((case.id, version, case.times[step], actor, step, before, after, why, json.dumps(details)))
        before = after
    return rows
