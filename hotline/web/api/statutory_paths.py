"""Statutory clocks in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pydantic import BaseModel

from hotline.cases.statutory_details import CHANGES, Begin
from hotline.web.api.shapes import CaseShape

STATUTORY_BODIES: Final = (Begin, *CHANGES.values())
_PROBLEMS: Final = (400, 404, 409, 412, 413, 415, 422)
_CLOCK: Final = {
    "name": "clock",
    "in": "path",
    "required": True,
    "description": "The id of the clock.",
    "schema": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1},
}


def statutory_paths(
    operation: Callable[..., dict[str, Any]],
    *,
    case: list[dict[str, Any]],
    body: Callable[[type[BaseModel]], dict[str, Any]],
    headers: dict[str, Any],
) -> dict[str, Any]:
    """A path for beginning a clock and one for each change; `case` are the parameters of whatever changes a case."""

    def described(name: str, model: type[BaseModel], *parameters: dict[str, Any], status: int) -> dict[str, Any]:
        summary = " ".join((model.__doc__ or "").split())
        sent = {"required": True, "content": body(model)}
        return {
            "post": operation(
                name, summary, CaseShape, *_PROBLEMS,
                status=status, parameters=[*case, *parameters], requestBody=sent, headers=headers,
            )
        }  # fmt: skip

    begun = {"/cases/{number}/statutory": described("statutory_begin", Begin, status=201)}
    return begun | {
        f"/cases/{{number}}/statutory/{{clock}}/{did}": described(f"statutory_{did}", model, _CLOCK, status=200)
        for did, model in CHANGES.items()
    }
