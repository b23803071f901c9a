"""What the reports answer with. Times are minutes; a small number with a confidential case among it is a word."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from hotline.reports.models import By
from hotline.web.api.base_shapes import Moment, Shape
from hotline.web.api.shapes import Amount

Count = int | Literal["<3", "…"]
"""A number, or what stands for a small one."""
Minutes = Annotated[int | None, Field(description="Minutes; null where the estimate does not reach that far.")]


class ShareShape(Shape):
    """A share with what it is counted from; null where nothing is shown, or there is nothing to divide by."""

    n: Count | None
    of: Count | None
    share: float | None


class CalendarTimesShape(Shape):
    """The same times by the clock, nights and weekends included."""

    median: Minutes
    p75: Minutes
    p90: Minutes
    p95: Minutes


class TimesLineShape(Shape):
    """One line: `median` to `p95` in working minutes, open cases counted with the time they have taken so far."""

    key: str | None
    name: str
    n: Count
    open: Count
    over: Count
    aside: Count
    median: Minutes
    p75: Minutes
    p90: Minutes
    p95: Minutes
    calendar: CalendarTimesShape
    in_time: ShareShape
    paused: Annotated[int | None, Field(description="Working minutes of waiting for workers, added up.")]


class ReportShape(Shape):
    """What every report says of itself: days in Asia/Shanghai, both included; counted up to `as_of`."""

    since: Annotated[date | None, Field(serialization_alias="from")]
    until: Annotated[date | None, Field(serialization_alias="to")]
    by: By
    as_of: Moment | None


class TimesShape(ReportShape):
    """Times: of all, and of each line."""

    total: TimesLineShape
    lines: list[TimesLineShape]


class RatesLineShape(Shape):
    """One line: all cases, the open ones among them, and each share by its name."""

    key: str | None
    name: str
    cases: Count
    open: Count
    rates: dict[str, ShareShape]


class RatesShape(ReportShape):
    """Shares, with what each of them means."""

    definitions: dict[str, str]
    total: RatesLineShape
    lines: list[RatesLineShape]


class OutcomesLineShape(Shape):
    """One line: what came of the resolved cases."""

    key: str | None
    name: str
    resolved: Count
    money_recovered: Amount | None
    people_helped: int | None
    letters_sent: int | None
    results: dict[str, Count]
    callers_again: Count


class OutcomesShape(ReportShape):
    """The ledger of outcomes."""

    total: OutcomesLineShape
    lines: list[OutcomesLineShape]


class AgeingLineShape(Shape):
    """One line: open cases, and those of each band of working days."""

    key: str | None
    name: str
    open: Count
    bands: dict[str, Count]


class AgeingShape(ReportShape):
    """The open cases by age."""

    total: AgeingLineShape
    lines: list[AgeingLineShape]
