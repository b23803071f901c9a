"""The reports in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pydantic import BaseModel

from hotline.reports.models import By
from hotline.reports.tables import Report
from hotline.web.api import report_shapes as shapes

_ABOUT: Final[dict[Report, tuple[str, type[BaseModel]]]] = {
    Report.RESOLUTION: ("From the call to the resolution, open cases counted (Kaplan and Meier).", shapes.TimesShape),
    Report.ACCEPTANCE: ("From the assignment to the acceptance, waiting cases counted.", shapes.TimesShape),
    Report.FIRST_CONTACT: ("From the call to the first contact, open cases counted.", shapes.TimesShape),
    Report.RATES: ("Shares, each as n of N with its definition.", shapes.RatesShape),
    Report.OUTCOMES: ("What came of the resolved cases.", shapes.OutcomesShape),
    Report.AGEING: ("Open cases by age in working days; of all time unless a period is given.", shapes.AgeingShape),
}
REPORT_SHAPES: Final = tuple(dict.fromkeys(shape for _summary, shape in _ABOUT.values()))
_DAY: Final = {"type": "string", "format": "date"}
_PARAMETERS: Final = [
    {"name": "from", "in": "query", "required": False, "description": "First day of the calls.", "schema": _DAY},
    {"name": "to", "in": "query", "required": False, "description": "Last day of the calls.", "schema": _DAY},
    {
        "name": "by",
        "in": "query",
        "required": False,
        "description": "What the lines are told apart by.",
        "schema": {"type": "string", "enum": [by.value for by in By], "default": By.DEPARTMENT.value},
    },
]


def report_paths(operation: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """A path for each report; `operation` makes the description of one."""
    return {
        f"/reports/{report.value}": {
            "get": operation(f"report_{report.value.replace('-', '_')}", summary, shape, 422, parameters=_PARAMETERS)
        }
        for report, (summary, shape) in _ABOUT.items()
    }
