"""Texts somebody has read and labelled, to learn from and to measure by: `text<TAB>label[<TAB>second]`, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hotline.errors import Mistake
from hotline.i18n import mark
from hotline.routing.categories import Category, Group
from hotline.routing.ruleset import ConfigurationError

LARGEST_FILE = 200_000_000
"""Bytes."""

MISTAKES_TOLD = 50
"""Mistakes named one by one; how many more there are is said in one line."""

NO_SECOND = "-"
LONGEST_LABEL = 60

_COLUMNS = (2, 3)


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One line: the text, its label, and a second label that is right as well (None when there is none)."""

    text: str
    label: str
    second: str | None
    line: int


class Meanings:
    """What a label may say: a category or a group, by its code, its name, or another name of a group.

    Labels live on one level: as soon as one of them is a group, predictions are groups.
    """

    __slots__ = ("_categories", "_group_of", "_groups")

    def __init__(self, groups: Mapping[str, Group], categories: Mapping[str, Category]) -> None:
        self._categories = {category.name: code for code, category in categories.items()} | {c: c for c in categories}
        self._groups = {group.name: code for code, group in groups.items()} | {c: c for c in groups}
        self._groups |= {other: code for code, group in groups.items() for other in group.also}
        self._group_of = {code: category.group for code, category in categories.items()}

    def known(self, label: str) -> bool:
        """Whether the label means something here."""
        return label in self._categories or label in self._groups

    def are_groups(self, labels: Iterable[str]) -> bool:
        """Whether one of these known labels is no category: then all are looked at as groups."""
        return any(label not in self._categories for label in labels)

    def code(self, label: str, *, as_group: bool) -> str:
        """The category, or the group, a known label means."""
        if as_group:
            return self._groups[label] if label in self._groups else self._group_of[self._categories[label]]
        return self._categories[label]

    def spelt(self, labels: Iterable[str], *, as_group: bool) -> dict[str, str]:
        """How these labels spell each code of their level; a category that was raised to its group spells none."""
        own = self._groups if as_group else self._categories
        return {own[label]: label for label in sorted(labels, reverse=True) if label in own}


def read_labelled(path: Path, *, meanings: Meanings | None = None) -> tuple[LabelledText, ...]:
    """Every text of a file; raises `ConfigurationError` with each bad line. Without `meanings` any label will do."""
    content = _content(path)
    mistakes: list[Mistake] = []
    found: list[LabelledText] = []
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        text, *labels = line.removesuffix("\r").split("\t")
        read = LabelledText(text.strip(), *_labels(labels), number)
        faults = [
            Mistake(f"{path.name}:{number}", message, params)
            for message, params in _faults(read, columns=1 + len(labels), meanings=meanings)
        ]
        mistakes.extend(faults)
        if not faults:
            found.append(read)
    if not found and not mistakes:
        mistakes.append(Mistake(path.name, mark("There is no text in this file.")))
    if len(mistakes) > MISTAKES_TOLD:
        more = Mistake(path.name, mark("{count} more lines have mistakes."), {"count": len(mistakes) - MISTAKES_TOLD})
        mistakes = [*mistakes[:MISTAKES_TOLD], more]
    if mistakes:
        raise ConfigurationError(*mistakes)
    return tuple(found)


def _content(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ConfigurationError(Mistake(path.name, mark("The file is larger than 200 MB. Please split it.")))
        return path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        message = mark("The file cannot be read: {reason}.")
        params = {"reason": problem.strerror or type(problem).__name__}
        raise ConfigurationError(Mistake(path.name, message, params)) from None
    except UnicodeDecodeError as problem:
        line = bytes(problem.object[: problem.start]).count(b"\n") + 1
        message = mark("This line is not UTF-8. Please save the file as UTF-8.")
        raise ConfigurationError(Mistake(f"{path.name}:{line}", message)) from None


def _labels(given: list[str]) -> tuple[str, str | None]:
    label, second, *_ = (*(each.strip() for each in given), "", "")
    return label, None if second in {"", NO_SECOND} else second


def _faults(
    read: LabelledText, *, columns: int, meanings: Meanings | None
) -> Iterator[tuple[str, dict[str, int | str]]]:
    if columns not in _COLUMNS:
        message = mark("This line has {count} columns: text, label and, if you like, a second label are needed.")
        yield message, {"count": columns}
        return
    if not read.text:
        yield mark("The text is empty."), {}
    if not read.label or read.label == NO_SECOND:
        yield mark("The label is empty."), {}
    elif len(read.label) > LONGEST_LABEL:
        yield mark("The label is longer than 60 characters."), {}
    elif meanings is not None:
        for label in (read.label, read.second):
            if label is not None and not meanings.known(label):
                yield mark("No category and no group is called “{label}”."), {"label": label}
