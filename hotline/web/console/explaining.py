"""Why a date is what it is, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hotline.cases.effects_supervision import CHOSEN
from hotline.i18n import _


def explained(due: dict[str, Any] | None) -> str:
    """Why a date is what it is, in one sentence."""
    if not due:
        return ""
    counted, skipped = due.get("counted", []), due.get("skipped", [])
    if due.get("rule") == CHOSEN:
        return _("The day that was named.")
    if not counted:
        return _("Counted in hours on the clock.")
    said = _("{n} working days counted: {days}.", n=len(counted), days=_days(counted))
    if skipped:
        said += " " + _("Skipped: {days}.", days=_days([day["on"] for day in skipped]))
    return said + (" " + _("Provisional: next year's calendar is not published.") if due.get("provisional") else "")


def _days(days: Sequence[str]) -> str:
    return _(", ").join(f"{int(day[5:7])}-{int(day[8:10])}" for day in days)
