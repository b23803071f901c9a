"""How the rules found the department: the steps of the path in words."""

from __future__ import annotations

from typing import Any

from hotline.i18n import _
from hotline.web.console.labels import department_name
from hotline.work import Work


def path_words(work: Work, decision: dict[str, Any]) -> list[str]:
    """The departments looked at on the way to the one that handles it, each with its reason."""
    return [_step(work, step) for step in decision.get("path", [])]


def _step(work: Work, step: dict[str, Any]) -> str:
    name = department_name(work.policy, step["department"])
    reason = _(step["reason"], **step.get("params", {})) if step.get("reason") else ""
    return _("{department} ({reason})", department=name, reason=reason) if reason else name
