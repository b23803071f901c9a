"""What the trail calls things, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hotline.accounts.acts import ACT_LABELS
from hotline.accounts.roles import ROLE_LABELS, Role
from hotline.accounts.tokens import SCOPE_LABELS
from hotline.cases.lifecycle import ACTION_LABELS
from hotline.deadlines.statutes import STATUTES, Kind
from hotline.i18n import _, mark

EXPORT: Final = "trail.export"
_CASES: Final[dict[str, str]] = {
    "call.take": mark("Took a call"),
    "case.read": mark("Read a case"),
    "case.search": mark("Searched cases"),
    "case.reveal": mark("Revealed a name or number"),
    "case.print": mark("Printed a case sheet"),
    **{f"case.{action.value}": label for action, label in ACTION_LABELS.items()},
}
_RULES: Final[dict[str, str]] = {
    "rules.draft": mark("Made a draft of rules"),
    "rules.edit": mark("Edited a draft of rules"),
    "rules.discard": mark("Discarded a draft of rules"),
    "rules.publish": mark("Published rules"),
    "rules.publish_again": mark("Published earlier rules again"),
    "rules.backtest": mark("Started a backtest"),
    "rules.backtest_cancel": mark("Cancelled a backtest"),
    "rules.backtest_read": mark("Read the cases of a backtest"),
}
_REGISTER: Final[dict[str, str]] = {
    "calendar.import": mark("Imported a notice of working days"),
    "registry.read": mark("Read how an organisation is reached"),
    "registry.add": mark("Added an organisation"),
    "registry.change": mark("Corrected an organisation"),
    "registry.end": mark("Closed an organisation"),
    "registry.reopen": mark("Opened an organisation again"),
    "registry.upload": mark("Uploaded a table of organisations"),
    "registry.import": mark("Imported a table of organisations"),
    "registry.broken": mark("Read the broken rows of a table"),
    "registry.export": mark("Exported the register"),
}
_PEOPLE: Final[dict[str, str]] = {act.value: label for act, label in ACT_LABELS.items()}
_OVERSIGHT: Final[dict[str, str]] = {
    EXPORT: mark("Exported the trail"),
    "demo.fill": mark("Made the demonstration"),
}
_LEARNING: Final[dict[str, str]] = {
    "correction.read": mark("Read corrections"),
    "correction.review": mark("Judged a correction"),
    "rules.suggest": mark("Looked for what the rules could learn"),
    "incident.read": mark("Read mass incidents"),
    "incident.lead": mark("Made a lead case"),
    "incident.silence": mark("Silenced a warning"),
    "incident.take_back": mark("Took a decision on a warning back"),
    "figures.writing": mark("Read how cases are written"),
    "supervision.read": mark("Read what needs a decision"),
    "quality.read": mark("Read a quality sample"),
    "quality.judge": mark("Judged a case of a quality sample"),
    "figures.cases": mark("Looked at the cases behind a figure"),
    "figures.export": mark("Exported figures with their cases"),
    "figures.report": mark("Made the report of a month"),
}
_STATUTORY: Final[dict[str, str]] = {
    "statutory.list": mark("Read the list of statutory clocks"),
    "statutory.begin": mark("Began to watch a statutory clock"),
    "statutory.correct": mark("Corrected the day a statutory clock counts from"),
    "statutory.interrupt": mark("Recorded an interruption"),
    "statutory.suspend": mark("Recorded a suspension"),
    "statutory.resume": mark("Recorded the end of a suspension"),
    "statutory.take_back": mark("Withdrew an entry of a statutory clock"),
    "statutory.candidate": mark("Put a call on record as a candidate"),
    "statutory.confirm": mark("Confirmed a candidate"),
    "statutory.end": mark("Stopped watching a statutory clock"),
    "case.fast_lane": mark("Little time left made a case urgent"),
    "receipt.make": mark("Made a receipt of a call"),
    "receipt.read": mark("Opened a receipt of a call"),
}
_LABELS: Final = {**_CASES, **_STATUTORY, **_RULES, **_REGISTER, **_LEARNING, **_PEOPLE, **_OVERSIGHT}

_ROLES: Final[dict[str, str]] = {role.value: ROLE_LABELS[role] for role in Role}
_SCOPES: Final[dict[str, str]] = {scope.value: label for scope, label in SCOPE_LABELS.items()}
_WHAT: Final[dict[str, str]] = {"name": mark("Name"), "number": mark("Number")}
_PURPOSES: Final[dict[str, str]] = {
    "invite": mark("for a new account"),
    "reset": mark("for a forgotten password"),
    "first_administrator": mark("by the first code"),
    "first_security_officer": mark("by the first code"),
}


def act_label(act: str) -> str:
    """An act in words; its code where a newer or older version wrote one this version does not know."""
    return _(_LABELS.get(act, act))


def act_options() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every act there is, by what it is about."""
    groups = (
        (mark("Cases"), _CASES),
        (mark("Statutory clocks"), _STATUTORY),
        (mark("Rules"), _RULES),
        (mark("Learning and incidents"), _LEARNING),
        (mark("Union organisations"), _REGISTER),
        (mark("People and keys"), _PEOPLE),
        (mark("Oversight"), _OVERSIGHT),
    )
    return [(_(group), [(act, _(label)) for act, label in acts.items()]) for group, acts in groups]


def detail_words(details: Mapping[str, Any]) -> str:
    """What an entry remembers besides, in words; codes and counts alone stand there, never what was in a case."""
    told = dict(details)
    turn = [_role(told.pop(key)) for key in ("before", "after") if {"before", "after"} <= details.keys()]
    return " · ".join(filter(None, (" → ".join(turn), *(_detail(key, value) for key, value in told.items()))))


def _role(code: object) -> str:
    return _(_ROLES.get(str(code), str(code)))


def _detail(key: str, value: Any) -> str:
    if key == "organisation":
        return str(value)
    if key == "role":
        return _role(value)
    if key == "scopes":
        return _(", ").join(_(_SCOPES.get(scope, scope)) for scope in value)
    if key == "what":
        return _(_WHAT.get(str(value), str(value)))
    if key == "rules_right":
        return _("the rules were right") if value else _("the people were right")
    if key in _FLAGS:
        return _(_FLAGS[key]) if value else ""
    if key == "kind" and str(value) in {*Kind}:
        return _(STATUTES[Kind(str(value))].label)
    if key in {"purpose", "by"}:
        return _(_PURPOSES.get(str(value), str(value)))
    if key in _COUNTS:
        return _(_COUNTS[key], n=value)
    return (
        f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}" if value not in ([], None) else ""
    )


_FLAGS: Final = {
    "machine": mark("for a program"),
    "by_its_writer": mark("by one of its writers"),
    "hurried": mark("the case became urgent"),
    "with_name": mark("with the name"),
}
_COUNTS: Final = {
    "clock": mark("clock {n}"),
    "receipt": mark("receipt {n}"),
    "days_left": mark("days left: {n}"),
    "found": mark("found: {n}"),
    "ended": mark("sessions ended: {n}"),
    "rows": mark("rows: {n}"),
    "new": mark("new: {n}"),
    "changed": mark("changed: {n}"),
    "broken": mark("broken: {n}"),
    "token": mark("token {n}"),
    "linked": mark("linked: {n}"),
    "incident": mark("warning {n}"),
    "correction": mark("correction {n}"),
}
