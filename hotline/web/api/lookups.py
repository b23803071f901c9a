"""What a client of the API looks up: categories, departments, and what the rules would say."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.cases.details import Money, People
from hotline.cases.intake import propose
from hotline.cases.words import Line, Words
from hotline.telephony.calls import Call, Channel
from hotline.web.api.shapes import (
    CategoriesShape,
    CategoryShape,
    DecisionShape,
    DepartmentShape,
    DepartmentsShape,
)
from hotline.web.forms import check_json, read_json
from hotline.web.keys import WORK


class ClassifyBody(BaseModel):
    """A text to try: nothing of it is stored."""

    model_config = ConfigDict(extra="forbid")

    text: Words
    employer: Line = ""
    place: Line = ""
    unit: Annotated[str, Field(max_length=40)] = ""
    people: People | None = None
    amount_owed: Money | None = None
    channel: Channel = Channel.PHONE


async def categories(request: web.Request) -> web.Response:
    """GET /categories: kinds of matter."""
    shape = CategoriesShape(
        categories=[
            CategoryShape(
                code=category.code,
                name=category.name,
                name_en=category.name_en,
                group=category.group,
                refer_to=category.refer_to or None,
            )
            for category in request[WORK].policy.categories.values()
        ]
    )
    return web.Response(text=shape.model_dump_json(), content_type="application/json")


async def departments(request: web.Request) -> web.Response:
    """GET /departments: the tree of departments and stations."""
    shape = DepartmentsShape(
        departments=[
            DepartmentShape(
                code=department.code,
                name=department.name,
                name_en=department.name_en,
                superior=department.superior,
                handles=list(department.handles),
            )
            for department in request[WORK].policy.departments
        ]
    )
    return web.Response(text=shape.model_dump_json(), content_type="application/json")


async def classify(request: web.Request) -> web.Response:
    """POST /classify: the decision of the rules with its evidence; nothing is stored."""
    check_json(request)
    body = read_json(await request.read(), ClassifyBody)
    call = Call(
        narrative=body.text,
        employer=body.employer,
        place=body.place,
        unit=body.unit.strip(),
        people=body.people,
        amount_owed=body.amount_owed,
        channel=body.channel,
    )
    shape = DecisionShape.model_validate(propose(request[WORK], call).to_json())
    return web.Response(text=shape.model_dump_json(), content_type="application/json")
