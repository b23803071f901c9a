"""Union organisations as decisions need them: all in memory, found in a text in one pass, with who stands above them.

A decision stays a pure function: which organisations there are is a value like the rules are. The register itself
stands in the database (`hotline.registry`); each process makes this index of it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnitNamed:
    """The organisation a call names as its employer, and by which words.

    `start` and `end` are code points of the narrative as it was told; None where the employer's field named it.
    """

    id: int
    code: str
    name: str
    kind: str
    words: str
    start: int | None = None
    end: int | None = None


class UnitIndex:
    """Every organisation; never changes."""

    __slots__ = ()

    def named(self, *, text: str, employer: str = "", place: str = "") -> UnitNamed | None:  # noqa: ARG002
        """The one organisation these words name; None for none, or for several that `place` cannot tell apart."""
        return None


NO_UNITS = UnitIndex()
"""The index of an empty register."""
