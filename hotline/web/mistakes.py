"""From pydantic's findings to sentences for people: one msgid a kind of mistake."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

from hotline.errors import Mistake
from hotline.i18n import mark

MESSAGES: Final = {
    "missing": mark("Please fill this in."),
    "string_too_short": mark("Please fill this in (at least {min_length} characters)."),
    "string_too_long": mark("This is too long: at most {max_length} characters."),
    "string_type": mark("This must be text."),
    "string_pattern_mismatch": mark(
        "This is not written as expected. Please choose from the list or check the spelling."
    ),
    "string_unicode": mark("This contains characters that cannot be stored. Please type it again."),
    "extra_forbidden": mark("There is no such field."),
    "enum": mark("Please choose one of: {expected}."),
    "literal_error": mark("Please choose one of: {expected}."),
    "int_type": mark("This must be a whole number."),
    "int_parsing": mark("This must be a whole number."),
    "int_from_float": mark("This must be a whole number."),
    "int_parsing_size": mark("This number is too large."),
    "greater_than_equal": mark("The smallest possible value is {ge}."),
    "less_than_equal": mark("The largest possible value is {le}."),
    "decimal_type": mark("This must be an amount, for example 1200 or 1200.50."),
    "decimal_parsing": mark("This must be an amount, for example 1200 or 1200.50."),
    "decimal_max_digits": mark("This amount is too large."),
    "decimal_whole_digits": mark("This amount is too large."),
    "decimal_max_places": mark("Give at most two digits after the point."),
    "finite_number": mark("This must be an amount, for example 1200 or 1200.50."),
    "bool_type": mark("This must be true or false."),
    "bool_parsing": mark("This must be true or false."),
    "model_type": mark("This must be an object with named fields."),
    "json_invalid": mark("This is not valid JSON."),
    "date_from_datetime_parsing": mark("This must be a date, for example 2026-11-24."),
    "date_parsing": mark("This must be a date, for example 2026-11-24."),
}
ANYTHING_ELSE: Final = mark("This value cannot be used. Please check it.")


def mistakes_in(problem: ValidationError) -> list[Mistake]:
    """Every finding as a mistake with the name of its field."""
    found = []
    for error in problem.errors(include_input=False, include_url=False):
        kind = error["type"]
        message = error["msg"] if kind == "odd_characters" else MESSAGES.get(kind, ANYTHING_ELSE)
        params = {key: str(value) for key, value in error.get("ctx", {}).items() if key != "error"}
        field = ".".join(str(part) for part in error["loc"])
        found.append(Mistake(field, message, params))
    return found
