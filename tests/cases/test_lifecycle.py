from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases import handling, lifecycle
from hotline.cases.details import DETAILS, Details
from hotline.cases.effects import ATTEMPTS_BEFORE_CLOSING, EFFECTS, MOST_EXTENSIONS, NotNow, obstacle
from hotline.cases.lifecycle import (
    ACTION_LABELS,
    ENDS,
    IN_HANDS,
    OPEN,
    START,
    STATUS_LABELS,
    STEPS,
    Action,
    FollowUp,
    Status,
    actions_for,
    step_for,
)
from hotline.cases.models import Case, CaseEvent
from hotline.errors import NotAllowed
from hotline.policy import Policy
from hotline.work import Work

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
WORDS = {"reason": "because", "text": "words"}
FILLED: dict[Action, dict[str, Any]] = {
    Action.ANSWER: {"answer": "words"},
    Action.REFER: {"refer_to": "12333"},
    Action.RETURN: {"reason": "because", "reason_code": "wrong_department"},
    Action.HAND_OVER: {"reason": "because", "department": "other"},
    Action.RESOLVE: {"disposition": "mediated", "done": "words"},
    Action.FOLLOW_UP: {"outcome": "satisfied"},
    Action.MERGE: {"into": "2026-000001"},
    Action.LINK: {"into": "2026-000001"},
    Action.ASK_EXTENSION: {"reason": "because", "days": 3},
    Action.CO_HANDLE: {"reason": "because", "department": "other"},
}
"""What a form must hold where a reason or a text is not enough."""


def details_of(action: Action, outcome: str | None = None) -> Details:
    model = DETAILS[action]
    needed = FILLED.get(action) or {name: WORDS[name] for name in model.model_fields if name in WORDS}
    return model.model_validate(needed | ({"outcome": outcome} if outcome else {}))


def outcomes(action: Action) -> set[str | None]:
    return {step.outcome for step in STEPS if step.action is action}


def case_at(status: Status, /, **more: Any) -> Case:
    given_fields: dict[str, Any] = {
        "id": 1,
        "number": "2026-000001",
        "status": status,
        "department": "home",
        "taken_by_id": 1,
        "confidential": False,
        "co_handlers": [],
        "co_awaited": [],
        "opened_at": NOW,
        "reachable": True,
        "follow_up_attempts": 0,
        "satisfied": None,
        "extension_asked": False,
        "extensions": 0,
        "version": 3,
    }
    return Case(**given_fields | more)


def somebody(role: Role) -> Actor:
    return Actor(1, "somebody", "Somebody", role, department="home", departments=frozenset({"home"}))


def work_of(role: Role, session: AsyncSession) -> Work:
    return Work(session, cast("Policy", None), somebody(role), NOW)


def test_every_status_and_every_action_has_a_name() -> None:
    assert STATUS_LABELS.keys() == {*Status}
    assert ACTION_LABELS.keys() == {*Action}
    assert len({*STATUS_LABELS.values()}) == len(Status)
    assert len({*ACTION_LABELS.values()}) == len(Action)


def test_every_action_has_a_form_an_effect_and_a_step() -> None:
    assert DETAILS.keys() == {*Action}
    assert EFFECTS.keys() == {*Action}
    assert {step.action for step in STEPS} == {*Action}
    assert {action for action, model in DETAILS.items() if model.action is not action} == set()


@pytest.mark.parametrize("action", Action)
def test_a_form_without_what_it_needs_is_refused_and_with_it_is_taken(action: Action) -> None:
    filled = details_of(action)
    assert filled.action is action
    needed = {name for name, field in DETAILS[action].model_fields.items() if field.is_required()}
    assert needed == {"result" if name == "outcome" else name for name in FILLED.get(action, needed & WORDS.keys())}


@pytest.mark.parametrize("action", Action)
def test_the_outcomes_of_a_form_are_those_of_its_steps(action: Action) -> None:
    assert {details_of(action, outcome).outcome for outcome in outcomes(action)} == outcomes(action)


@pytest.mark.parametrize("action", Action)
def test_an_action_is_offered_exactly_when_the_table_has_a_step_for_it(action: Action) -> None:
    for status, role in product(Status, Role):
        rows = [step for step in STEPS if step.action is action and status in step.sources and role in step.roles]
        assert (action in actions_for(status, role)) == bool(rows), (status, role)
        for outcome in outcomes(action):
            expected = next((step for step in rows if step.outcome == outcome), None)
            assert step_for(status, action, role, outcome) is expected, (status, role)


def test_no_two_rows_say_different_things_about_the_same_step() -> None:
    said = [
        (step.action, source, role, step.outcome) for step in STEPS for source in step.sources for role in step.roles
    ]
    assert len(said) == len({*said})


def test_actions_are_offered_once_and_in_the_order_of_the_table() -> None:
    order = list(dict.fromkeys(step.action for step in STEPS))
    for status, role in product(Status, Role):
        offered = actions_for(status, role)
        assert list(offered) == sorted({*offered}, key=order.index)


def test_who_administers_takes_no_step() -> None:
    administer = {Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR}
    assert {step.action for step in STEPS if step.roles & administer} == set()


def reachable(start: Status, *, through: frozenset[Status] = frozenset(Status)) -> set[Status]:
    found, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        for step in STEPS:
            if here in step.sources and step.target is not None and step.target not in found:
                found.add(step.target)
                if step.target in through:
                    ahead.append(step.target)
    return found


def test_every_status_is_reached_from_a_call() -> None:
    assert reachable(START) == {*Status}


@pytest.mark.parametrize("status", sorted(OPEN))
def test_an_end_is_reached_from_every_open_status(status: Status) -> None:
    assert reachable(status, through=OPEN) & ENDS


def test_a_matter_a_department_handled_is_closed_only_after_the_call_back_was_tried() -> None:
    sources = {source for step in STEPS if step.target is Status.CLOSED for source in step.sources}
    assert sources == {Status.RESOLVED, Status.FOLLOWED_UP}


def test_notes_and_reminders_leave_a_case_where_it_is_and_only_while_it_is_open() -> None:
    events = [step for step in STEPS if step.target is None]
    assert {step.action for step in events} >= {Action.NOTE, Action.URGE, Action.SUPERVISE, Action.CO_HANDLE}
    assert {step.action for step in events if not step.sources <= OPEN} == set()
    moves = {step.action for step in STEPS} - {step.action for step in events}
    assert len(moves) + len({step.action for step in events}) == len(Action)


def test_what_has_ended_can_only_be_reopened() -> None:
    """A merged case too: a merge of two different matters has to be taken back."""
    for status in ENDS:
        assert {action for role in Role for action in actions_for(status, role)} == {Action.REOPEN}


def test_nothing_reads_a_word_for_a_status_but_the_lifecycle() -> None:
    """A misspelt status in another module would never match and never be noticed."""
    rooms = Path(lifecycle.__file__).parents[1]
    words = {status.value for status in Status} - {"received", "review", "merged", "answered", "resolved"}
    found = {
        f"{path.name}:{node.lineno}"
        for path in (rooms / "cases").glob("*.py")
        if path.name not in {"lifecycle.py", "models.py"}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        and any(isinstance(side, ast.Constant) and side.value in words for side in [node.left, *node.comparators])
        and "status" in ast.unparse(node)
    }
    assert found == set()


@pytest.mark.parametrize("role", Role)
async def test_a_step_is_refused_exactly_when_it_is_not_offered(role: Role, session: AsyncSession) -> None:
    work = work_of(role, session)
    for status, action in product(Status, Action):
        case = case_at(status, follow_up_attempts=ATTEMPTS_BEFORE_CLOSING)
        offered = action in handling.offered(work.actor, case, work.now)
        for outcome in outcomes(action):
            try:
                step = await handling._step(work, case, details_of(action, outcome))
            except (handling.StepRefused, NotAllowed, NotNow):
                assert not offered, (status, action)
            else:
                assert offered, (status, action)
                assert step in STEPS


async def test_a_refused_step_says_where_the_case_stands(session: AsyncSession) -> None:
    work = work_of(Role.STAFF, session)
    with pytest.raises(handling.StepRefused) as refusal:
        await handling._step(work, case_at(Status.CLOSED), details_of(Action.ACCEPT))
    assert refusal.value.params["status"] == STATUS_LABELS[Status.CLOSED]
    assert refusal.value.params["action"] == ACTION_LABELS[Action.ACCEPT]


@pytest.mark.parametrize(
    ("status", "action", "stands_in_the_way", "frees"),
    [
        (Status.RESOLVED, Action.CLOSE, {"follow_up_attempts": 2}, {"follow_up_attempts": 3}),
        (Status.RESOLVED, Action.CLOSE, {"satisfied": None}, {"satisfied": False}),
        (Status.RESOLVED, Action.CLOSE, {"reachable": True}, {"reachable": False}),
        (Status.RESOLVED, Action.CLOSE, {"follow_up_attempts": 0}, {"status": Status.FOLLOWED_UP}),
        (Status.ACCEPTED, Action.ASK_EXTENSION, {"extension_asked": True}, {"extension_asked": False}),
        (Status.ACCEPTED, Action.ASK_EXTENSION, {"extensions": MOST_EXTENSIONS}, {"extensions": MOST_EXTENSIONS - 1}),
        (Status.ACCEPTED, Action.GRANT_EXTENSION, {"extension_asked": False}, {"extension_asked": True}),
        (Status.ACCEPTED, Action.REFUSE_EXTENSION, {"extension_asked": False}, {"extension_asked": True}),
        (Status.ROUTED, Action.LINK, {"lead_id": 2}, {"lead_id": None}),
        (Status.ACCEPTED, Action.RESOLVE, {"co_awaited": ["other"]}, {"co_awaited": []}),
        (Status.ACCEPTED, Action.CO_HANDLE, {"confidential": True}, {"confidential": False}),
        (Status.ACCEPTED, Action.CO_RELEASE, {"co_awaited": []}, {"co_awaited": ["other"]}),
        (Status.ROUTED, Action.UNLINK, {"lead_id": None}, {"lead_id": 2}),
    ],
)
def test_something_has_to_happen_first_and_then_it_is_offered(
    status: Status, action: Action, stands_in_the_way: dict[str, Any], frees: dict[str, Any]
) -> None:
    role = next(role for step in STEPS if step.action is action for role in sorted(step.roles))
    hindered, free = case_at(status, **stands_in_the_way), case_at(status, **frees)
    assert obstacle(hindered, action) is not None
    assert action not in handling.offered(somebody(role), hindered, NOW)
    assert obstacle(free, action) is None
    assert action in handling.offered(somebody(role), free, NOW)


@given(st.sampled_from(STEPS), st.data())
def test_a_step_moves_the_status_as_the_table_says_and_the_event_says_so(
    step: lifecycle.Step, data: st.DataObject
) -> None:
    source = data.draw(st.sampled_from(sorted(step.sources)))
    role = data.draw(st.sampled_from(sorted(step.roles)))
    case = case_at(source)
    event = handling.move(
        work_of(role, cast("AsyncSession", None)), case, step, details_of(step.action, step.outcome), {"kept": 1}
    )
    assert isinstance(event, CaseEvent)
    assert case.status is (step.target or source)
    assert (event.before, event.after, event.version, case.version) == (source, case.status, 4, 4)
    assert (event.action, event.at, event.actor_id, event.details) == (step.action, NOW, 1, {"kept": 1})
    assert event.at - NOW == timedelta(0)


def test_a_case_in_hands_is_open_and_an_end_is_not() -> None:
    assert IN_HANDS < OPEN
    assert not OPEN & ENDS
    assert {status for status in Status if status not in OPEN | ENDS} == set()
    assert outcomes(Action.FOLLOW_UP) == {*FollowUp}
