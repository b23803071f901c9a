"""How the rules found the department: the steps of the path in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hotline.i18n import _
from hotline.policy import Policy
from hotline.web.console.labels import department_name


def path_words(policy: Policy, decision: Mapping[str, Any]) -> list[str]:
    """The departments looked at on the way to the one that handles it, each with its reason."""
    return [_step(policy, step) for step in decision.get("path", [])]


def _step(policy: Policy, step: dict[str, Any]) -> str:
    name = department_name(policy, step["department"])
    reason = _(step["reason"], **step.get("params", {})).rstrip(".。") if step.get("reason") else ""
    return _("{department} ({reason})", department=name, reason=reason) if reason else name
