"""Statutory clocks (法定时效): which law gives a worker how long, from when, and what stops or restarts it.

The table is law, not a union's choice, so it stands in code with its articles. What it gives is a prompt for people:
whether a fact counts is for counsel to say, which every page that shows a date repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hotline.i18n import mark


class Kind(StrEnum):
    """Which period of the law runs."""

    ARBITRATION = "arbitration"
    WAGES = "wages"
    INJURY_WORKER = "injury_worker"
    INJURY_EMPLOYER = "injury_employer"
    SUIT = "suit"
    INSPECTION = "inspection"


class Source(StrEnum):
    """Where the day is known from on which a clock begins."""

    WORKER = "worker"
    DOCUMENT = "document"
    EMPLOYER = "employer"
    AUTHORITY = "authority"
    REGISTER = "register"
    OTHER = "other"


class InterruptionKind(StrEnum):
    """What lets a period start anew (中断; 调解仲裁法 27(2))."""

    CLAIM = "claim"
    RELIEF = "relief"
    CONSENT = "consent"


class SuspensionKind(StrEnum):
    """Why days are not counted (中止; 调解仲裁法 27(3), 法释〔2014〕9号 7, 工伤保险条例 17(1))."""

    FORCE_MAJEURE = "force_majeure"
    PROPER_REASON = "proper_reason"
    EXTENDED = "extended"


class Ended(StrEnum):
    """Why a clock is no longer watched."""

    FILED = "filed"
    SETTLED = "settled"
    MISTAKEN = "mistaken"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Period:
    """So many years, or so many days, counted from the day after (民法典 201, 202)."""

    years: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Statute:
    """One period of the law. Texts are msgids.

    `may_go_on`: the day it counts from may still be to come, as when the employment or the act goes on; until then it
    does not run. `fast_lane`: when it lapses the worker loses a right, so that little time left makes a case urgent.
    """

    label: str
    law: str
    counted_from: str
    period: Period
    note: str
    may_go_on: str = ""
    interruptions: frozenset[InterruptionKind] = frozenset()
    suspensions: frozenset[SuspensionKind] = frozenset()
    fast_lane: bool = True


_EVERY_INTERRUPTION: Final = frozenset(InterruptionKind)
_OBSTACLES: Final = frozenset({SuspensionKind.FORCE_MAJEURE, SuspensionKind.PROPER_REASON})

STATUTES: Final[Mapping[Kind, Statute]] = MappingProxyType(
    {
        Kind.ARBITRATION: Statute(
            label=mark("Labour arbitration"),
            law=mark("Law on Mediation and Arbitration of Labour Disputes, article 27, paragraphs 1 to 3"),
            counted_from=mark("the day the worker knew or should have known that the right was infringed"),
            period=Period(years=1),
            note=mark("Apply to the arbitration commission before it lapses. Keep proof of every claim and its day."),
            interruptions=_EVERY_INTERRUPTION,
            suspensions=_OBSTACLES,
        ),
        Kind.WAGES: Statute(
            label=mark("Unpaid wages: labour arbitration"),
            law=mark("Law on Mediation and Arbitration of Labour Disputes, article 27, paragraph 4"),
            counted_from=mark("the day the employment ended"),
            period=Period(years=1),
            note=mark("While the employment lasts, claims for unpaid wages are not limited by the one year."),
            may_go_on=mark("the employment lasts"),
            interruptions=_EVERY_INTERRUPTION,
            suspensions=_OBSTACLES,
        ),
        Kind.INJURY_WORKER: Statute(
            label=mark("Work injury: application by the worker, relatives or the union"),
            law=mark("Regulation on Work Injury Insurance, article 17, paragraph 2"),
            counted_from=mark("the day of the accident, or of the diagnosis of an occupational disease"),
            period=Period(years=1),
            note=mark(
                "The union itself may apply. Time lost for reasons that are not the worker's own is not counted"
                " (Supreme People's Court, Fa Shi [2014] No. 9, article 7)."
            ),
            suspensions=_OBSTACLES,
        ),
        Kind.INJURY_EMPLOYER: Statute(
            label=mark("Work injury: application by the employer"),
            law=mark("Regulation on Work Injury Insurance, article 17, paragraphs 1 and 4"),
            counted_from=mark("the day of the accident, or of the diagnosis of an occupational disease"),
            period=Period(days=30),
            note=mark("When it lapses the worker's own year goes on, and the employer pays what falls due until then."),
            suspensions=frozenset({SuspensionKind.EXTENDED}),
            fast_lane=False,
        ),
        Kind.SUIT: Statute(
            label=mark("Suit after an arbitral award"),
            law=mark("Law on Mediation and Arbitration of Labour Disputes, articles 48 and 50"),
            counted_from=mark("the day the worker received the award"),
            period=Period(days=15),
            note=mark(
                "After that the award takes effect. Against a final award only the worker may sue (article 48); the"
                " employer may ask within 30 days that it be set aside (article 49). Who was hindered asks the court"
                " for more time within ten days after the obstacle is gone (Civil Procedure Law)."
            ),
        ),
        Kind.INSPECTION: Statute(
            label=mark("Complaint to the labour inspectorate"),
            law=mark("Regulation on Labour Security Supervision, article 20"),
            counted_from=mark("the day of the unlawful act, or the day on which it ended when it went on"),
            period=Period(years=2),
            note=mark("The inspectorate no longer pursues what it has not found out or been told of within two years."),
            may_go_on=mark("the act goes on"),
        ),
    }
)

SOURCE_LABELS: Final = {
    Source.WORKER: mark("the worker said so"),
    Source.DOCUMENT: mark("a document"),
    Source.EMPLOYER: mark("the employer said so"),
    Source.AUTHORITY: mark("an authority"),
    Source.REGISTER: mark("the register"),
    Source.OTHER: mark("another source"),
}
INTERRUPTION_LABELS: Final = {
    InterruptionKind.CLAIM: mark("The worker claimed the right from the employer"),
    InterruptionKind.RELIEF: mark("The worker asked a competent body for relief"),
    InterruptionKind.CONSENT: mark("The employer agreed to perform"),
}
SUSPENSION_LABELS: Final = {
    SuspensionKind.FORCE_MAJEURE: mark("Force majeure"),
    SuspensionKind.PROPER_REASON: mark("Another proper reason"),
    SuspensionKind.EXTENDED: mark("Extended with the consent of the social insurance authority"),
}
ENDED_LABELS: Final = {
    Ended.FILED: mark("Applied or complained in time"),
    Ended.SETTLED: mark("The matter is settled"),
    Ended.MISTAKEN: mark("Recorded by mistake"),
    Ended.DROPPED: mark("The worker does not pursue it"),
}


@dataclass(frozen=True, slots=True)
class Interruption:
    """An event after which the period is counted anew.

    A `candidate` is on record, but nobody has confirmed that it counts: dates are never based on it.
    """

    on: date
    kind: InterruptionKind
    candidate: bool = False


@dataclass(frozen=True, slots=True)
class Suspension:
    """Days on which the worker could not act, the first and the last included; `last_on` None: it still goes on."""

    first_on: date
    last_on: date | None
    kind: SuspensionKind


@dataclass(frozen=True, slots=True)
class StatutoryClock:
    """What is on record about one period: from when, on whose word, and what has happened since.

    `trigger_on` is None while the employment or the act goes on (`Statute.may_go_on`).
    """

    kind: Kind
    trigger_on: date | None
    trigger_source: Source
    interruptions: tuple[Interruption, ...] = ()
    suspensions: tuple[Suspension, ...] = ()

    @property
    def statute(self) -> Statute:
        """The law behind it."""
        return STATUTES[self.kind]
