"""Chinese is the language of the screen: no word is missing from the catalogue, and none stands there for nothing."""

from __future__ import annotations

import ast
import re

import pytest

from docs import catalogue
from hotline import errors, i18n

REFUSALS = {
    kind.__name__
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.Refusal) and kind is not errors.Invalid
}
CHINESE = re.compile("[㐀-鿿]")
SIGNS_ALONE = re.compile(r"[\W\d_]*")


@pytest.fixture(scope="module")
def used() -> dict[str, str]:
    return catalogue.used()


@pytest.fixture(scope="module")
def translated() -> dict[str, str]:
    return catalogue.translations()


def test_every_word_that_is_used_has_its_chinese(used: dict[str, str], translated: dict[str, str]) -> None:
    assert {msgid: place for msgid, place in used.items() if not translated.get(msgid, "").strip()} == {}


def test_no_word_of_the_catalogue_is_used_nowhere(used: dict[str, str], translated: dict[str, str]) -> None:
    assert translated.keys() - used.keys() == set()


def test_a_translation_has_the_places_of_its_text(translated: dict[str, str]) -> None:
    differ = {msgid for msgid, text in translated.items() if text and catalogue.places(msgid) != catalogue.places(text)}
    assert differ == set()


def test_a_translation_is_chinese(translated: dict[str, str]) -> None:
    def fixed(text: str) -> str:
        return re.sub(r"\{[^}]*\}", "", text)

    foreign = {
        msgid
        for msgid, text in translated.items()
        if text and not CHINESE.search(text) and not SIGNS_ALONE.fullmatch(fixed(msgid))
    }
    assert foreign == set()


def test_the_catalogue_is_as_its_command_writes_it(translated: dict[str, str]) -> None:
    written = catalogue.text(translated)
    assert catalogue.FILE.read_text(encoding="utf-8") == written


def test_the_program_reads_what_the_command_wrote(translated: dict[str, str]) -> None:
    assert i18n.catalogue("zh") == {msgid: text for msgid, text in translated.items() if text}
    assert i18n.catalogue("en") == {}


def literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_what_a_refusal_says_is_marked_for_translation(modules: dict[str, ast.Module]) -> None:
    kinds = REFUSALS | {
        node.name
        for tree in modules.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and {ast.unparse(base) for base in node.bases} & REFUSALS
    }
    bare = [
        f"{path}:{node.lineno}"
        for path, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if (node.func.id in kinds and any(map(literal, node.args[:1])))
        or (node.func.id == "Mistake" and any(map(literal, node.args[1:2])))
    ]
    assert bare == []


SENTENCE = re.compile(r"[A-Z“][^|\\]* [^|\\]*[.?!:…]")
FOR_PROGRAMMERS = {"ValueError", "RuntimeError", "TypeError", "LookupError", "AssertionError"}
IN_ENGLISH_ALONE = {
    "hotline/settings.py": "descriptions of settings, for those who run the service",
    "hotline/web/api/openapi.py": "the description of the API, for those who write programs",
    "hotline/web/api/report_paths.py": "the same for the reports",
    "hotline/web/api/statutory_paths.py": "the same for statutory clocks",
    "hotline/cli/": "help of commands; a terminal may not be able to show Chinese",
    "hotline/migrations/versions/": "names of changes",
}


def not_for_the_screen(tree: ast.Module) -> set[int]:
    """Constants which nobody reads on a screen: docstrings, descriptions of fields, defects told to programmers."""
    found = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FOR_PROGRAMMERS:
            found |= {id(part) for part in ast.walk(node)}
        elif isinstance(node, ast.keyword) and node.arg == "description":
            found.add(id(node.value))
    return found


def test_every_sentence_of_the_code_can_be_read_in_chinese(
    modules: dict[str, ast.Module], used: dict[str, str]
) -> None:
    unmarked = {
        f"{path}:{node.lineno}": node.value
        for path, tree in modules.items()
        if not path.startswith(tuple(IN_ENGLISH_ALONE))
        for hidden in [not_for_the_screen(tree)]
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in hidden
        if SENTENCE.fullmatch(node.value) and node.value not in used
    }
    assert unmarked == {}
