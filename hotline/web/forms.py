"""Reading what was sent: forms of pages and bodies of the API, every mistake named at once, nothing lost."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from hotline.errors import Invalid, Mistake, Refusal
from hotline.i18n import mark
from hotline.web.bodies import FORMS
from hotline.web.mistakes import mistakes_in

CSRF_FIELD: Final = "csrf"
VERSION_FIELD: Final = "version"
_FRAME: Final = frozenset({CSRF_FIELD, VERSION_FIELD, "_charset_"})
_NUMERIC: Final = frozenset({"people", "people_helped", "amount_owed", "money_recovered", "days"})
_Model = TypeVar("_Model", bound=BaseModel)
FIRST_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
LAST_MOMENT: Final = datetime(2999, 12, 31, tzinfo=UTC)
Moment = Annotated[AwareDatetime | None, Field(ge=FIRST_MOMENT, le=LAST_MOMENT)]
"""Where a page of a list begins: a moment the database can hold in any time zone."""


class WrongMediaType(Refusal):
    """The body is of a kind this address does not take."""


class NoJson(Refusal):
    """The body is not JSON at all."""


async def form_values(request: web.Request) -> dict[str, str]:
    """What a form sent, by field; a field sent twice counts once (the last), files are left out."""
    if request.content_type not in FORMS:
        raise WrongMediaType(mark("Send this as a form."))
    sent = await request.post()
    return {key: value for key, value in sent.items() if isinstance(value, str)}


def read_values(values: Mapping[str, str], model: type[_Model]) -> _Model:
    """Form values as a `model`: empty fields count as not filled in. Raises `Invalid` with every mistake."""
    filled: dict[str, Any] = {
        key: _plain_number(value) if key in _NUMERIC else value
        for key, value in values.items()
        if key not in _FRAME and value.strip()
    }
    try:
        return model.model_validate(filled)
    except ValidationError as problem:
        raise Invalid(*mistakes_in(problem)) from None


def _plain_number(text: str) -> str:
    """What people write in a number field: full-width digits, thousands separators, 元 and 人 behind it."""
    return unicodedata.normalize("NFKC", text).strip().rstrip("元人天").replace(",", "").replace(" ", "")


def check_json(request: web.Request) -> None:
    """Raise `WrongMediaType` unless the body says it is JSON: a form of another site cannot say so."""
    if request.content_type != "application/json":
        raise WrongMediaType(mark("Send this as application/json."))


def read_json(body: bytes, model: type[_Model]) -> _Model:
    """A JSON body as a `model`, types taken strictly. Raises `NoJson` or `Invalid` with every mistake."""
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as problem:
        found = mistakes_in(problem)
        if any(error["type"] == "json_invalid" for error in problem.errors(include_input=False, include_url=False)):
            raise NoJson(mark("The body is not valid JSON.")) from None
        raise Invalid(*found) from None


def read_query(request: web.Request, model: type[_Model], *, blank_is_absent: bool = False) -> _Model:
    """The query string as a `model`. Raises `Invalid` with every mistake, a key given twice included.

    A form sent by GET sends its empty fields too: `blank_is_absent` reads them as not filled in.
    """
    twice = [key for key in request.query if len(request.query.getall(key)) > 1]
    if twice:
        raise Invalid(*(Mistake(key, mark("Give this once.")) for key in dict.fromkeys(twice)))
    try:
        given = {key: value for key, value in request.query.items() if value or not blank_is_absent}
        return model.model_validate(given)
    except ValidationError as problem:
        raise Invalid(*mistakes_in(problem)) from None
