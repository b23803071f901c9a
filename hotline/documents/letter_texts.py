"""The wording of letters: `config/letters/<kind>.toml`, plain words with `{字段}` and nothing else.

A field is replaced by its value, once; a value is never read as wording. Which fields there are is decided here for
each kind: those of letters to employers hold nothing that names a worker or repeats what a worker said.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from hotline.documents.paper import LetterPaper
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark


class LetterKind(StrEnum):
    """What kind of letter it is; each has its own wording and its own running numbers."""

    URGE = "urge"
    CRITICISM = "criticism"
    TERM_URGE = "term_urge"
    ADVICE = "advice"
    OPINION = "opinion"
    RECOMMENDATION = "recommendation"


KIND_LABELS: Final = {
    LetterKind.URGE: mark("Urge letter"),
    LetterKind.CRITICISM: mark("Notice of criticism"),
    LetterKind.TERM_URGE: mark("Urge letter about an election"),
    LetterKind.ADVICE: mark("Letter of advice"),
    LetterKind.OPINION: mark("Letter of opinion"),
    LetterKind.RECOMMENDATION: mark("Letter of recommendation"),
}
TO_EMPLOYERS: Final = (LetterKind.ADVICE, LetterKind.OPINION, LetterKind.RECOMMENDATION)
"""The ladder of 一函两书: each follows when the one before is not answered."""

_COMMON: Final = frozenset({"发函单位", "答复期限"})
_CASE: Final = _COMMON | {"承办部门", "工单编号", "事项类别", "派单日期", "办理时限", "超期工作日"}
_TERM: Final = _COMMON | {"上级工会", "工会名称", "届满日期"}
_EMPLOYER: Final = _COMMON | {"用人单位", "事项类别", "答复天数", "联系电话"}
_OPINION: Final = _EMPLOYER | {"提示函编号", "提示函日期"}
FIELDS: Final[Mapping[LetterKind, frozenset[str]]] = MappingProxyType(
    {
        LetterKind.URGE: _CASE,
        LetterKind.CRITICISM: _CASE | {"催办函编号", "催办函日期"},
        LetterKind.TERM_URGE: _TERM,
        LetterKind.ADVICE: _EMPLOYER,
        LetterKind.OPINION: _OPINION,
        LetterKind.RECOMMENDATION: _OPINION | {"主管部门", "意见书编号", "意见书日期"},
    }
)
NUMBER_FIELDS: Final = frozenset({"年份", "序号"})
_KEYS: Final = frozenset({"number", "issuer", "title", "addressee", "text", "copies"})
_OPTIONAL: Final = frozenset({"copies"})
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_MOST: Final = 8000


class LetterTextError(Invalid):
    """The wording of a letter has mistakes; each names the file and the field."""


@dataclass(frozen=True, slots=True)
class LetterText:
    """The wording of one kind of letter, its fields not yet filled."""

    kind: LetterKind
    number: str
    issuer: str
    title: str
    addressee: str
    text: str
    copies: tuple[str, ...] = ()

    def paper(self, values: Mapping[str, str]) -> LetterPaper:
        """The letter with these values, without number and date."""
        return LetterPaper(
            issuer=_filled(self.issuer, values),
            title=_filled(self.title, values),
            addressee=_filled(self.addressee, values),
            paragraphs=tuple(line.strip() for line in _filled(self.text, values).splitlines() if line.strip()),
            copies=tuple(_filled(copy, values) for copy in self.copies),
        )

    def number_of(self, serial: int, on: date) -> str:
        """The number this letter gets: 滨工热催〔2026〕12号."""
        return _filled(self.number, {"年份": str(on.year), "序号": str(serial)})


LetterTexts = Mapping[LetterKind, LetterText]


def _filled(words: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda found: " ".join(values.get(found[1], "").split()) or "＿＿＿＿", words)


def load_letter_texts(folder: Path, *, otherwise: Path) -> LetterTexts:
    """The wording of every kind, from `folder` or, where a file is not there, `otherwise`. Raises `LetterTextError`."""
    texts, mistakes = {}, list[Mistake]()
    for kind in LetterKind:
        path = folder / f"{kind.value}.toml"
        path = path if path.exists() else otherwise / f"{kind.value}.toml"
        try:
            texts[kind] = read_letter_text(kind, _content(path), file=f"letters/{path.name}")
        except LetterTextError as problem:
            mistakes.extend(problem.mistakes)
    mistakes.extend(
        Mistake(f"letters/{path.name}", mark("There is no letter of this name. The names are: {names}."), _NAMES)
        for path in sorted(folder.glob("*.toml"))
        if path.stem not in {kind.value for kind in LetterKind}
    )
    if mistakes:
        raise LetterTextError(*mistakes)
    return MappingProxyType(texts)


_NAMES: Final = {"names": ", ".join(LetterKind)}


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise LetterTextError(
            Mistake(f"letters/{path.name}", mark("The file cannot be read: {reason}."), {"reason": reason})
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise LetterTextError(
            Mistake(f"letters/{path.name}", mark("This is no valid TOML: {reason}."), {"reason": str(problem)})
        ) from None


def read_letter_text(kind: LetterKind, content: Mapping[str, Any], *, file: str) -> LetterText:
    """The wording in `content`, checked. Raises `LetterTextError` naming file and field of every mistake."""
    mistakes = [*_faults(kind, content, file)]
    if mistakes:
        raise LetterTextError(*mistakes)
    copies = tuple(content.get("copies", ()))
    return LetterText(kind, **{key: content[key] for key in _KEYS - _OPTIONAL}, copies=copies)


def _faults(kind: LetterKind, content: Mapping[str, Any], file: str) -> Iterator[Mistake]:
    for key in sorted(_KEYS - _OPTIONAL - content.keys()):
        yield Mistake(f"{file}: {key}", mark("This is missing. Please add it."))
    for key in sorted(content.keys() - _KEYS):
        yield Mistake(f"{file}: {key}", mark("There is no such key. Please check the spelling."))
    for key in sorted(_KEYS & content.keys()):
        lines = content[key] if key == "copies" else [content[key]]
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            yield Mistake(f"{file}: {key}", mark("This must be text, in quotation marks."))
            continue
        for line in lines:
            yield from _faults_in(line, f"{file}: {key}", NUMBER_FIELDS if key == "number" else FIELDS[kind])
    if isinstance(content.get("number"), str) and not {*_FIELD.findall(content["number"])} >= NUMBER_FIELDS:
        yield Mistake(
            f"{file}: number", mark("A number needs the fields 年份 and 序号, or two letters could have the same.")
        )


def _faults_in(words: str, where: str, known: frozenset[str]) -> Iterator[Mistake]:
    for name in dict.fromkeys(_FIELD.findall(words)):
        if name not in known:
            yield Mistake(
                where,
                mark("There is no field {{{name}}} in this letter. The fields are: {known}."),
                {"name": name, "known": "、".join(sorted(known))},
            )
    if {"{", "}"} & {*_FIELD.sub("", words)}:
        yield Mistake(where, mark("A brace stands alone here: braces are for fields, and for nothing else."))
    if len(words) > _MOST:
        yield Mistake(where, mark("This is longer than {most} characters."), {"most": _MOST})
