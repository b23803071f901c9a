"""What the API answers: the models the OpenAPI document is made from."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from hotline.cases.lifecycle import Action, Status
from hotline.telephony.calls import Channel
from hotline.web.api.base_shapes import Moment, Shape
from hotline.web.api.clock_shapes import ClockShape, DueShape, StatutoryShape
from hotline.web.api.task_shapes import CoHandlingShape, InstructionShape

Amount = Annotated[Decimal, AfterValidator(lambda amount: amount.quantize(Decimal("0.01")))]


class ScoreShape(Shape):
    """How strongly the words speak for a category."""

    category: str
    score: float


class EvidenceShape(Shape):
    """A word of the narrative that a rule knows; `start` and `end` count characters of the narrative."""

    rule: str
    word: str
    start: int
    end: int
    weight: float
    category: str


class SuperiorShape(Shape):
    """An organisation above another one."""

    code: str
    name: str


class UnitShape(Shape):
    """The employer's union organisation; `superiors` are those above it, the next one first.

    `words` name it; `start` and `end` count characters of the narrative, and are empty where the employer's field did.
    """

    code: str
    name: str
    words: str
    start: int | None = None
    end: int | None = None
    superiors: list[SuperiorShape] = Field(default_factory=list)


class DecisionShape(Shape):
    """What the rules say, and why."""

    outcome: Literal["routed", "review"]
    category: str | None
    group: str | None
    department: str | None
    urgency: str
    difficulty: str
    rule_set: str
    scores: list[ScoreShape]
    evidence: list[EvidenceShape]
    runner_up: str | None
    margin: float
    unit: UnitShape | None = None
    territory: str | None = None
    path: list[Any] = Field(default_factory=list)
    decisive: str | None = None
    reasons: list[Any] = Field(default_factory=list)
    scripts: list[Any] = Field(default_factory=list)


class CallerShape(Shape):
    """Who called, masked; revealing is done on the page, with a reason."""

    number: str
    name: str


class EventShape(Shape):
    """One step in the life of the case."""

    version: int
    at: Moment
    actor: str | None
    action: Action
    before: Status
    after: Status
    reason: str | None
    details: dict[str, Any]


class ListedCaseShape(Shape):
    """A case as it stands in a list."""

    number: str
    status: Status
    category: str | None
    group: str | None
    department: str | None
    urgency: str
    confidential: bool
    summary: str
    employer: str
    caller: CallerShape
    handler: str | None
    opened_at: Moment
    due_at: Moment | None


class CaseShape(Shape):
    """A case with everything that happened to it."""

    number: str
    status: Status
    channel: Channel
    category: str | None
    group: str | None
    department: str | None
    urgency: str
    difficulty: str
    confidential: bool
    narrative: str
    caller: CallerShape
    employer: str
    place: str
    unit: str | None
    people: int | None
    amount_owed: Amount | None
    wish: str
    handler: str | None
    merged_into: str | None
    opened_at: Moment
    due: DueShape
    clocks: list[ClockShape]
    decision: DecisionShape
    co_handlings: list[CoHandlingShape] = Field(default_factory=list)
    instructions: list[InstructionShape] = Field(default_factory=list)
    actions: list[Action]
    events: list[EventShape]
    statutory: list[StatutoryShape] = Field(default_factory=list)
    version: int


class CasesShape(Shape):
    """A page of cases; `next` is the cursor of the next page, empty on the last one."""

    cases: list[ListedCaseShape]
    next: str | None


class CategoryShape(Shape):
    """A kind of matter."""

    code: str
    name: str
    name_en: str
    group: str
    refer_to: str | None


class CategoriesShape(Shape):
    """Every kind of matter, in the order of the configuration."""

    categories: list[CategoryShape]


class DepartmentShape(Shape):
    """A department or station; `handles` names the groups of matters it takes."""

    code: str
    name: str
    name_en: str
    superior: str | None
    handles: list[str]


class DepartmentsShape(Shape):
    """The tree of departments, superiors first."""

    departments: list[DepartmentShape]


class MistakeShape(Shape):
    """One mistake: the field it stands in and what to do."""

    field: str
    detail: str


class ProblemShape(Shape):
    """A refusal (RFC 9457); `errors` names every mistake at once."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[MistakeShape] = Field(default_factory=list)
