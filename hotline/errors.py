"""The few kinds of refusal.

    Refusal                  somebody asked for something that is not to be had, and is told what to do instead
    ├── NotFound             there is no such thing, or none this person may see (the two look the same)
    ├── NotAllowed           it is there and visible, but this person may not do that
    ├── Conflict             it could be done a moment ago: somebody else was first, or the state has moved on
    │   └── Changed          it is no longer what the asker has read
    ├── Invalid              what was handed in has mistakes, all of them named at once
    └── Unavailable          a part we depend on does not answer; asking again later helps

The tree knows no HTTP: `hotline.web.refusals` maps kinds to status codes. Messages are msgids (English, translated at
the edge) with `{name}` places which `params` fill.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from hotline.i18n import mark


class Refusal(Exception):  # noqa: N818 - the field's word; "Error" would say it is a defect
    """Something cannot be had; the message says what to do instead."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message.format(**self.params) if self.params else self.message


class NotFound(Refusal):
    """There is no such thing, or none this person may see."""


class NotAllowed(Refusal):
    """This person may not do that."""


class Conflict(Refusal):
    """Somebody else was first, or the state has moved on."""


class Changed(Conflict):
    """It is no longer what the asker has read."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in what was handed in: where it stands (`field`, empty for the whole), a msgid and its values."""

    field: str
    message: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.params) if self.params else self.message


class Invalid(Refusal):
    """What was handed in has mistakes; `mistakes` names every one."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__(mark("Please correct what is marked and send it again."))
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "; ".join(f"{m.field}: {m}" if m.field else str(m) for m in self.mistakes)


class Unavailable(Refusal):
    """A part we depend on does not answer; `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: int = 2, **params: Any) -> None:
        super().__init__(message, **params)
        self.retry_after = retry_after
