"""What is handed in when a call is logged: the same words on the page and in the API."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from hotline.cases import details as d
from hotline.cases.lifecycle import Action
from hotline.cases.words import Code, Line, MaybeWords, Name, Words
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.telephony.calls import Call, Channel
from hotline.telephony.numbers import parse_number


class NewCall(BaseModel):
    """A call as it is handed in. Only `narrative` is required; `amount_owed` is in yuan.

    Without `action` the rules decide. `route` takes the proposal of the rules where no category or department is
    given; `answer` needs `answer`, `refer` needs `refer_to`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    narrative: Annotated[Words, Field(description="What the worker says.")]
    caller_number: Annotated[str, Field(max_length=60, description="Any way of writing it; empty when withheld.")] = ""
    caller_name: Name = ""
    employer: Line = ""
    place: Line = ""
    unit: Annotated[
        str,
        Field(max_length=40, description="Code of the employer's union organisation; empty: the words may name it."),
    ] = ""
    people: d.People | None = None
    amount_owed: d.Money | None = None
    wish: Annotated[Line, Field(description="pay, advice, relief, put_right, other, or the worker's own words.")] = ""
    confidential: bool = False
    channel: Channel = Channel.PHONE

    action: Literal["route", "answer", "refer", "queue"] | None = None
    category: Code | None = None
    department: Code | None = None
    urgency: Literal["normal", "urgent", "critical"] | None = None
    difficulty: Literal["normal", "hard", "complex"] | None = None
    reason: MaybeWords = ""
    answer: MaybeWords = ""
    refer_to: Line = ""
    advice: MaybeWords = ""


def call_of(new: NewCall, *, area_code: str) -> Call:
    """The call that was handed in, its number in normal form. Raises `Invalid` for a number nobody can dial."""
    try:
        number = parse_number(new.caller_number, area_code=area_code)
    except Invalid as problem:
        raise Invalid(*(Mistake("caller_number", m.message, m.params) for m in problem.mistakes)) from None
    return Call(
        narrative=new.narrative,
        caller_number=number,
        caller_name=new.caller_name,
        employer=new.employer,
        place=new.place,
        unit=new.unit.strip(),
        people=new.people,
        amount_owed=new.amount_owed,
        wish=new.wish,
        confidential=new.confidential,
        channel=new.channel,
    )


def call_and_step(new: NewCall, *, area_code: str) -> tuple[Call, d.Details | None]:
    """The call and the step that were handed in. Raises `Invalid` with the mistakes of both at once."""
    mistakes: list[Mistake] = []
    call: Call | None = None
    step: d.Details | None = None
    try:
        call = call_of(new, area_code=area_code)
    except Invalid as problem:
        mistakes += problem.mistakes
    try:
        step = first_step(new)
    except Invalid as problem:
        mistakes += problem.mistakes
    if mistakes or call is None:
        raise Invalid(*mistakes)
    return call, step


def first_step(new: NewCall) -> d.Details | None:
    """The step the operator chose, or None: the rules decide. Raises `Invalid` for what the step lacks."""
    match new.action:
        case Action.ROUTE:
            return d.Route(
                category=new.category,
                department=new.department,
                urgency=new.urgency,
                difficulty=new.difficulty,
                reason=new.reason,
            )
        case Action.ANSWER:
            if not new.answer:
                raise Invalid(Mistake("answer", mark("Write down the answer you gave.")))
            return d.Answer(answer=new.answer, category=new.category)
        case Action.REFER:
            if not new.refer_to:
                raise Invalid(Mistake("refer_to", mark("Say where the worker was referred to, for example 12333.")))
            return d.Refer(refer_to=new.refer_to, advice=new.advice, category=new.category)
        case Action.QUEUE:
            return d.Queue(reason=new.reason)
        case _:
            return None
