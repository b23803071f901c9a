"""The life of a case, written once.

`STEPS` is read by the buttons, the one handler of actions, the API, the forms, the database's CHECK, the reference in
docs/ and the tests. A step is refused exactly when it is not offered. Urging, supervising, extending, waiting,
co-handling, linking and notes are events on open cases: their target is None, the status stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hotline.accounts.roles import Role
from hotline.i18n import mark


class Status(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    REVIEW = "review"
    ROUTED = "routed"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"
    FOLLOWED_UP = "followed_up"
    CLOSED = "closed"
    ANSWERED = "answered"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Action(StrEnum):
    """What may be done to a case."""

    ROUTE = "route"
    QUEUE = "queue"
    ANSWER = "answer"
    REFER = "refer"
    RECALL = "recall"
    ACCEPT = "accept"
    RETURN = "return"
    HAND_OVER = "hand_over"
    RESOLVE = "resolve"
    FOLLOW_UP = "follow_up"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    NOTE = "note"
    CONTACT = "contact"
    WAIT = "wait"
    RESUME = "resume"
    RECLASSIFY = "reclassify"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    URGE = "urge"
    SUPERVISE = "supervise"
    CO_HANDLE = "co_handle"
    CO_ANSWER = "co_answer"
    CO_RELEASE = "co_release"
    LINK = "link"
    UNLINK = "unlink"


class FollowUp(StrEnum):
    """What the worker said when called back."""

    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Step:
    """One row: `action` by one of `roles` leads from any of `sources` to `target` (None: the status stays).

    `outcome` tells apart the steps of one action that lead to different ends.
    """

    action: Action
    sources: frozenset[Status]
    target: Status | None
    roles: frozenset[Role]
    outcome: str | None = None


_S, _A = Status, Action
_DESK = frozenset({Role.OPERATOR, Role.SUPERVISOR})
_HANDLERS = frozenset({Role.STAFF, Role.LEAD})
_ALL = _DESK | _HANDLERS
_SUPERVISOR = frozenset({Role.SUPERVISOR})

START = Status.RECEIVED
OPEN = frozenset({_S.RECEIVED, _S.REVIEW, _S.ROUTED, _S.ACCEPTED, _S.RESOLVED, _S.FOLLOWED_UP})
IN_HANDS = frozenset({_S.ROUTED, _S.ACCEPTED})
UNRESOLVED = frozenset({_S.REVIEW, _S.ROUTED, _S.ACCEPTED})
ENDS = frozenset(Status) - OPEN
_UNSORTED = frozenset({_S.RECEIVED, _S.REVIEW})
_WORKED = frozenset({_S.REVIEW, _S.ROUTED, _S.ACCEPTED, _S.RESOLVED})


def _step(
    action: Action,
    sources: frozenset[Status],
    target: Status | None,
    roles: frozenset[Role],
    outcome: str | None = None,
) -> Step:
    return Step(action, sources, target, roles, outcome)


STEPS: tuple[Step, ...] = (
    _step(_A.ROUTE, _UNSORTED, _S.ROUTED, _DESK),
    _step(_A.QUEUE, frozenset({_S.RECEIVED}), _S.REVIEW, _DESK),
    _step(_A.ANSWER, _UNSORTED, _S.ANSWERED, _DESK),
    _step(_A.REFER, _UNSORTED, _S.REFERRED, _DESK),
    _step(_A.RECALL, frozenset({_S.ROUTED}), _S.REVIEW, _DESK),
    _step(_A.ACCEPT, frozenset({_S.ROUTED}), _S.ACCEPTED, _HANDLERS),
    _step(_A.RETURN, IN_HANDS, _S.REVIEW, _HANDLERS),
    _step(_A.HAND_OVER, IN_HANDS, _S.ROUTED, _HANDLERS | _SUPERVISOR),
    _step(_A.RESOLVE, frozenset({_S.ACCEPTED}), _S.RESOLVED, _HANDLERS),
    _step(_A.FOLLOW_UP, frozenset({_S.RESOLVED}), _S.FOLLOWED_UP, _DESK, FollowUp.SATISFIED),
    _step(_A.FOLLOW_UP, frozenset({_S.RESOLVED}), _S.RESOLVED, _DESK, FollowUp.UNSATISFIED),
    _step(_A.FOLLOW_UP, frozenset({_S.RESOLVED}), _S.RESOLVED, _DESK, FollowUp.UNREACHABLE),
    _step(_A.CLOSE, frozenset({_S.RESOLVED, _S.FOLLOWED_UP}), _S.CLOSED, _DESK),
    _step(_A.REOPEN, frozenset({_S.RESOLVED, _S.FOLLOWED_UP, _S.CLOSED}), _S.ROUTED, _DESK),
    _step(_A.REOPEN, frozenset({_S.ANSWERED, _S.REFERRED, _S.WITHDRAWN, _S.MERGED}), _S.REVIEW, _DESK),
    _step(_A.WITHDRAW, _WORKED, _S.WITHDRAWN, _DESK),
    _step(_A.MERGE, frozenset({_S.REVIEW, _S.ROUTED, _S.ACCEPTED}), _S.MERGED, _DESK),
    _step(_A.NOTE, OPEN - {_S.RECEIVED}, None, _ALL),
    _step(_A.CONTACT, IN_HANDS, None, _ALL),
    _step(_A.WAIT, frozenset({_S.ACCEPTED}), None, _HANDLERS),
    _step(_A.RESUME, frozenset({_S.ACCEPTED}), None, _ALL),
    _step(_A.RECLASSIFY, IN_HANDS, None, frozenset({Role.LEAD, Role.SUPERVISOR})),
    _step(_A.ASK_EXTENSION, frozenset({_S.ACCEPTED}), None, _HANDLERS),
    _step(_A.GRANT_EXTENSION, frozenset({_S.ACCEPTED}), None, _SUPERVISOR),
    _step(_A.REFUSE_EXTENSION, frozenset({_S.ACCEPTED}), None, _SUPERVISOR),
    _step(_A.URGE, IN_HANDS, None, _DESK),
    _step(_A.SUPERVISE, OPEN - {_S.RECEIVED}, None, _SUPERVISOR),
    _step(_A.CO_HANDLE, IN_HANDS, None, _HANDLERS | _SUPERVISOR),
    _step(_A.CO_ANSWER, UNRESOLVED, None, _HANDLERS),
    _step(_A.CO_RELEASE, UNRESOLVED, None, _SUPERVISOR),
    _step(_A.LINK, OPEN - {_S.RECEIVED}, None, _SUPERVISOR),
    _step(_A.UNLINK, OPEN - {_S.RECEIVED}, None, _SUPERVISOR),
)


def actions_for(status: Status, role: Role) -> tuple[Action, ...]:
    """The actions a role is offered on a case that stands so, in the order of the table, each once."""
    return tuple(dict.fromkeys(step.action for step in STEPS if status in step.sources and role in step.roles))


def takes(role: Role, action: Action) -> bool:
    """Whether this role takes this action at all, wherever a case stands."""
    return any(step.action is action and role in step.roles for step in STEPS)


def step_for(status: Status, action: Action, role: Role, outcome: str | None = None) -> Step | None:
    """The step this action takes from this status for this role, or None when it is refused."""
    for step in STEPS:
        if step.action is action and status in step.sources and role in step.roles and step.outcome == outcome:
            return step
    return None


STATUS_LABELS = {
    _S.RECEIVED: mark("Received"),
    _S.REVIEW: mark("To be routed"),
    _S.ROUTED: mark("Waiting for acceptance"),
    _S.ACCEPTED: mark("In hand"),
    _S.RESOLVED: mark("Call-back due"),
    _S.FOLLOWED_UP: mark("Called back"),
    _S.CLOSED: mark("Closed"),
    _S.ANSWERED: mark("Answered on the spot"),
    _S.REFERRED: mark("Referred outside"),
    _S.WITHDRAWN: mark("Withdrawn"),
    _S.MERGED: mark("Merged"),
}

ACTION_LABELS = {
    _A.ROUTE: mark("Route"),
    _A.QUEUE: mark("Put into review"),
    _A.ANSWER: mark("Answer on the spot"),
    _A.REFER: mark("Refer outside"),
    _A.RECALL: mark("Take back"),
    _A.ACCEPT: mark("Accept"),
    _A.RETURN: mark("Return"),
    _A.HAND_OVER: mark("Hand over"),
    _A.RESOLVE: mark("Resolve"),
    _A.FOLLOW_UP: mark("Call back"),
    _A.CLOSE: mark("Close"),
    _A.REOPEN: mark("Reopen"),
    _A.WITHDRAW: mark("Withdraw"),
    _A.MERGE: mark("Merge"),
    _A.NOTE: mark("Note"),
    _A.CONTACT: mark("First contact"),
    _A.WAIT: mark("Wait for the worker"),
    _A.RESUME: mark("Go on"),
    _A.RECLASSIFY: mark("Change kind or difficulty"),
    _A.ASK_EXTENSION: mark("Ask for extension"),
    _A.GRANT_EXTENSION: mark("Grant extension"),
    _A.REFUSE_EXTENSION: mark("Refuse extension"),
    _A.URGE: mark("Urge"),
    _A.SUPERVISE: mark("Supervise"),
    _A.CO_HANDLE: mark("Ask for co-handling"),
    _A.CO_ANSWER: mark("Answer as co-handler"),
    _A.CO_RELEASE: mark("Release a co-handler"),
    _A.LINK: mark("Link to a lead case"),
    _A.UNLINK: mark("Take the link back"),
}
