"""What the API answers of co-handling and instructions on a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import Field

from hotline.cases.task_queries import Helped, Instructed
from hotline.privacy.masking import mask_text
from hotline.web.api.base_shapes import Moment, Shape


class CoHandlingShape(Shape):
    """A department asked to help: by when it has to answer, why that date, and its answer.

    `ended_at` is empty while its answer is waited for; `released` says that it ended without one.
    """

    department: str
    asked_at: Moment
    asked_by: str | None
    asked: str
    due_at: Moment
    why: dict[str, Any] = Field(default_factory=dict)
    ended_at: Moment | None
    ended_by: str | None
    words: str | None
    released: bool


class InstructionShape(Shape):
    """An instruction, the day by which the department shall report, and its report."""

    at: Moment
    by: str | None
    words: str
    by_on: date | None
    reported_at: Moment | None
    reported_by: str | None
    report: str | None


def helped_answer(rows: Sequence[Helped]) -> list[CoHandlingShape]:
    """Requests for help as the API answers them: what people typed is masked."""
    return [
        CoHandlingShape(**row._asdict() | {"asked": mask_text(row.asked), "words": _masked(row.words)}) for row in rows
    ]


def instructed_answer(rows: Sequence[Instructed]) -> list[InstructionShape]:
    """Instructions as the API answers them: what people typed is masked."""
    return [
        InstructionShape(**row._asdict() | {"words": mask_text(row.words), "report": _masked(row.report)})
        for row in rows
    ]


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_text(text)
