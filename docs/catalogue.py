"""The Chinese catalogue kept in step with the code: `python -m docs.catalogue` (or `make catalogue`).

Adds every msgid that is used and not there yet, untranslated; drops every one that is used no more; sorts. A house
test fails as long as an entry is untranslated.
"""

from __future__ import annotations

import string
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import normalize, read_po

from hotline.i18n import CATALOGUES

ROOT = Path(__file__).parent.parent
CODE = ROOT / "hotline"
FILE = CATALOGUES / "zh_CN.po"
KEYWORDS = {"_": None, "mark": None}
HEADER = """\
msgid ""
msgstr ""
"Language: zh_CN\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def used() -> dict[str, str]:
    """Every msgid in code and templates, with the first file that uses it."""
    found: dict[str, str] = {}
    for path in sorted(CODE.rglob("*.py")):
        if path.name != "i18n.py":
            found |= {msgid: _place(path) for msgid in _msgids("python", path) if msgid not in found}
    for path in sorted(CODE.rglob("*.html")):
        found |= {msgid: _place(path) for msgid in _msgids("jinja2.ext:babel_extract", path) if msgid not in found}
    return found


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _msgids(method: str, path: Path) -> Iterator[str]:
    options = {"encoding": "utf-8", "trimmed": "false", "silent": "false"}
    with path.open("rb") as file:
        for _line, message, _comments, _context in extract(method, file, keywords=KEYWORDS, options=options):
            yield message if isinstance(message, str) else message[0]


def translations(path: Path = FILE) -> dict[str, str]:
    """Every msgid of the catalogue with its translation, empty where there is none."""
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="zh_CN") if message.id}


def places(message: str) -> frozenset[str]:
    """The names of the `{name}` places of a message."""
    return frozenset(name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(message) if name)


def text(entries: Mapping[str, str]) -> str:
    """The catalogue as its file has it: sorted, one line a text, nothing that changes by itself."""
    return HEADER + "".join(_entry(msgid, entries[msgid]) for msgid in sorted(entries))


def _entry(msgid: str, translation: str) -> str:
    return f"\nmsgid {normalize(msgid, width=0)}\nmsgstr {normalize(translation, width=0)}\n"


def main() -> None:
    """Bring the catalogue into step and say what is left to translate."""
    old, now = translations(), used()
    FILE.write_text(text({msgid: old.get(msgid, "") for msgid in now}), encoding="utf-8")
    missing = [msgid for msgid in now if not old.get(msgid)]
    for msgid in missing:
        print(f"{now[msgid]}: {msgid}")
    print(f"{len(now)} texts, {len(missing)} to translate, {len(old.keys() - now.keys())} dropped", file=sys.stderr)


if __name__ == "__main__":
    main()
