"""Which statutory clocks a case may have, to be asked about: out of `config/statutes.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field

from hotline.deadlines.reading import Table, read_toml, validate
from hotline.deadlines.statutes import Kind
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark

STATUTES_FILE: Final = "statutes.toml"


class QuestionsError(Invalid):
    """The file has mistakes; each names the file and the key."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Kinds of clocks by group, by category and by a fact the words seem to tell; a category goes before its group."""

    by_group: Mapping[str, tuple[Kind, ...]] = field(default_factory=dict)
    by_category: Mapping[str, tuple[Kind, ...]] = field(default_factory=dict)
    by_fact: Mapping[str, tuple[Kind, ...]] = field(default_factory=dict)

    def asked(self, *, group: str | None, category: str | None, facts: Iterable[str]) -> tuple[Kind, ...]:
        """The clocks to ask about, the likeliest first, each once."""
        by_matter = self.by_category.get(category or "", self.by_group.get(group or "", ()))
        told = [kind for fact in sorted({*facts}) for kind in self.by_fact.get(fact, ())]
        return tuple(dict.fromkeys([*by_matter, *told]))

    def unknown_codes(self, *, groups: frozenset[str], categories: frozenset[str]) -> tuple[Mistake, ...]:
        """A mistake for each group or category named here that does not exist."""
        named = [("group", code) for code in self.by_group if code not in groups]
        named += [("category", code) for code in self.by_category if code not in categories]
        return tuple(
            Mistake(
                f"{STATUTES_FILE}: {kind}.{code}",
                mark("There is no code {code}. Please check the spelling."),
                {"code": code},
            )
            for kind, code in named
        )


NONE_ASKED: Final = Questions()


_Fact = Literal["people", "amount", "period", "since", "employer", "place", "injury"]


class _File(Table):
    group: dict[str, tuple[Kind, ...]] = Field(default_factory=dict)
    category: dict[str, tuple[Kind, ...]] = Field(default_factory=dict)
    fact: dict[_Fact, tuple[Kind, ...]] = Field(default_factory=dict)


def load_questions(path: Path) -> Questions:
    """What is asked; nothing where there is no file. Raises `QuestionsError` naming every mistake."""
    return read_questions(read_toml(path, error=QuestionsError)) if path.exists() else NONE_ASKED


def read_questions(content: Mapping[str, Any]) -> Questions:
    """What is asked by a parsed `statutes.toml`. Raises `QuestionsError`."""
    table = validate(_File, content, file=STATUTES_FILE, error=QuestionsError)
    return Questions(table.group, table.category, {str(fact): kinds for fact, kinds in table.fact.items()})
