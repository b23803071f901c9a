"""A call: what a worker told us, before it is a case. The words are those of the API."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hotline.i18n import mark
from hotline.telephony.numbers import NO_NUMBER, Number


class Channel(StrEnum):
    """The way a matter came in."""

    PHONE = "phone"
    WINDOW = "window"
    WEB = "web"
    STATION = "station"
    LETTER = "letter"


class Wish(StrEnum):
    """What the worker wants."""

    PAY = "pay"
    ADVICE = "advice"
    RELIEF = "relief"
    PUT_RIGHT = "put_right"
    OTHER = "other"


CHANNEL_LABELS = {
    Channel.PHONE: mark("Telephone"),
    Channel.WINDOW: mark("Service window"),
    Channel.WEB: mark("Web"),
    Channel.STATION: mark("Service station"),
    Channel.LETTER: mark("Letter"),
}

WISH_LABELS = {
    Wish.PAY: mark("To be paid what is owed"),
    Wish.ADVICE: mark("Advice"),
    Wish.RELIEF: mark("Relief in hardship"),
    Wish.PUT_RIGHT: mark("To have it put right"),
    Wish.OTHER: mark("Something else"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was said; only `narrative` is required. `amount_owed` is in yuan, `people` counts those affected.

    `wish` is a code of `Wish`, or the worker's own words; `unit` is the code of the employer's union organisation,
    where a person has chosen it.
    """

    narrative: str
    caller_number: Number = NO_NUMBER
    caller_name: str = ""
    employer: str = ""
    place: str = ""
    unit: str = ""
    people: int | None = None
    amount_owed: Decimal | None = None
    wish: str = ""
    confidential: bool = False
    channel: Channel = Channel.PHONE
