"""The OpenAPI 3.1 document, made from the routes and the models they read and answer with."""

from __future__ import annotations

import json
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from hotline import __version__
from hotline.cases.calls import NewCall
from hotline.cases.details import DETAILS
from hotline.cases.lifecycle import Action
from hotline.web.api import shapes
from hotline.web.api.cases import ListQuery
from hotline.web.api.lookups import ClassifyBody
from hotline.web.api.report_paths import REPORT_SHAPES, report_paths
from hotline.web.api.statutory_paths import STATUTORY_BODIES, statutory_paths

ROOT: Final = "/api/v1"
_REF: Final = "#/components/schemas/{model}"
_ANSWERS: Final[tuple[type[BaseModel], ...]] = (
    shapes.CaseShape,
    shapes.CasesShape,
    shapes.CategoriesShape,
    shapes.DepartmentsShape,
    shapes.DecisionShape,
    shapes.ProblemShape,
    *REPORT_SHAPES,
)
_ETAG: Final = {"ETag": {"description": "The version of the case.", "schema": {"type": "string"}}}
_NUMBER: Final = {
    "name": "number",
    "in": "path",
    "required": True,
    "description": "The number of the case.",
    "schema": {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{6,12}$"},
}
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again with the same body it gets the same answer; kept for 48 hours.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "Act only on this version of the case.",
    "schema": {"type": "string", "pattern": '^("[0-9]{1,9}"|[*])$'},
}
_PROBLEMS: Final = {
    400: "The request cannot be read.",
    401: "A valid bearer token is needed.",
    403: "The role of this account, or the scopes of the token, do not allow it.",
    408: "The body did not arrive within twenty seconds.",
    404: "There is no such thing, or none this account may see.",
    409: "Somebody was faster, or the case has moved on.",
    412: "The case is no longer the version named by If-Match.",
    413: "The body is larger than 1 MiB.",
    415: "The body must be application/json.",
    422: "Mistakes, all named.",
    503: "The database does not answer; Retry-After says when to ask again.",
}


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}


def _problems(*statuses: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": _REF.format(model="ProblemShape")}}}
    return {
        str(status): {"description": _PROBLEMS[status], "content": content}
        for status in (*statuses, 401, 403, 408, 503)
    }


def _operation(name: str, summary: str, answer: type[BaseModel], *problems: int, **more: Any) -> dict[str, Any]:
    status = more.pop("status", 200)
    headers = more.pop("headers", None)
    answered: dict[str, Any] = {"description": "As asked.", "content": _json(answer)}
    if headers:
        answered["headers"] = headers
    return {
        "operationId": name,
        "summary": summary,
        "responses": {str(status): answered, **_problems(*problems)},
        **more,
    }


def _query_parameters() -> list[dict[str, Any]]:
    schema = ListQuery.model_json_schema(ref_template=_REF)
    return [
        {"name": name, "in": "query", "required": False, "schema": field}
        for name, field in schema["properties"].items()
    ]


def _paths() -> dict[str, Any]:
    location = {"Location": {"description": "The address of the case.", "schema": {"type": "string"}}}
    paths: dict[str, Any] = {
        "/calls": {
            "post": _operation(
                "log_call", "Log a call: it becomes a case.", shapes.CaseShape, 400, 409, 413, 415, 422,
                status=201, parameters=[_KEY], requestBody={"required": True, "content": _json(NewCall)},
                headers={**_ETAG, **location},
            )
        },
        "/cases": {
            "get": _operation(
                "list_cases", "Cases this account may see, newest first.", shapes.CasesShape, 422,
                parameters=_query_parameters(),
            )
        },
        "/cases/{number}": {
            "get": _operation(
                "show_case", "Everything about one case; leaves a trace.", shapes.CaseShape, 404,
                parameters=[_NUMBER], headers=_ETAG,
            )
        },
        "/categories": {"get": _operation("categories", "Kinds of matter.", shapes.CategoriesShape)},
        "/departments": {"get": _operation("departments", "Departments and stations.", shapes.DepartmentsShape)},
        **report_paths(_operation),
        **statutory_paths(_operation, case=[_NUMBER, _KEY, _IF_MATCH], body=_json, headers=_ETAG),
        "/classify": {
            "post": _operation(
                "classify", "What the rules say about a text; nothing is stored.", shapes.DecisionShape,
                400, 413, 415, 422, requestBody={"required": True, "content": _json(ClassifyBody)},
            )
        },
    }  # fmt: skip
    for action in Action:
        paths[f"/cases/{{number}}/actions/{action.value}"] = {"post": _action(action)}
    return paths


def _action(action: Action) -> dict[str, Any]:
    model = DETAILS[action]
    return _operation(
        f"action_{action.value}",
        (model.__doc__ or "").strip(),
        shapes.CaseShape,
        400, 404, 409, 412, 413, 415, 422,
        parameters=[_NUMBER, _KEY, _IF_MATCH],
        requestBody={"required": False, "content": _json(model)},
        headers=_ETAG,
    )  # fmt: skip


def document() -> dict[str, Any]:
    """The whole document."""
    bodies = [(model, "validation") for model in (NewCall, ClassifyBody, *DETAILS.values(), *STATUTORY_BODIES)]
    answers = [(model, "serialization") for model in _ANSWERS]
    _, definitions = models_json_schema([*bodies, *answers], ref_template=_REF)  # type: ignore[list-item]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "hotline",
            "version": __version__,
            "summary": "Log calls to a workers' hotline, follow the cases they become, and act on them.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": ROOT}],
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


async def show(_request: web.Request) -> web.Response:
    """GET /openapi.json: this document."""
    return web.Response(text=json.dumps(document(), ensure_ascii=False), content_type="application/json")
