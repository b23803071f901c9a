"""A letter as it will stand on paper: plain values, no case, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

SEAL: Final = "（印章）"
"""What stands in the place of the seal, which is pressed by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPaper:
    """An official letter (公文, GB/T 9704) in its parts.

    `issuer` is the red head; `number` is empty until it is signed off; `paragraphs` are set with an indent of two
    characters; `stamp` is a word across the page (草稿, 已撤回); `copies` are those it is copied to (抄送).
    """

    issuer: str
    title: str
    addressee: str
    paragraphs: tuple[str, ...]
    number: str = ""
    signer: str = ""
    signed_on: date | None = None
    copies: tuple[str, ...] = ()
    stamp: str = ""

    def data(self) -> dict[str, Any]:
        """What the template is given."""
        return {
            "issuer": self.issuer,
            "title": self.title,
            "addressee": self.addressee,
            "paragraphs": [line for text in self.paragraphs for line in text.splitlines() if line.strip()],
            "number": self.number,
            "signer": self.signer or self.issuer,
            "signed_on": in_words(self.signed_on) if self.signed_on else "",
            "copies": list(self.copies),
            "salutation": f"{self.addressee}：",
            "copied_to": f"抄送：{'，'.join(self.copies)}。" if self.copies else "",
            "seal": SEAL,
            "stamp": self.stamp,
        }


def in_words(day: date) -> str:
    """The day as official letters write it: 2026年3月1日, without zeros before."""
    return f"{day.year}年{day.month}月{day.day}日"
