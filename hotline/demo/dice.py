"""Chance: the same seed gives the same year."""

from __future__ import annotations

from random import Random


class Dice(Random):
    """A source of chance which answers in the words of this package."""

    def often(self, share: float) -> bool:
        """True in this share of all times."""
        return self.random() < share

    def way(self, **shares: float) -> str:
        """One of these ways, each so often, in parts of all."""
        return self.choices([*shares], [*shares.values()])[0]


def dice(*seed: object) -> Dice:
    """A source of its own for whatever the seed names."""
    return Dice("/".join(map(str, seed)))
