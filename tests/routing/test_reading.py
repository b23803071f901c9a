from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hotline.routing.engine import load_routing
from hotline.routing.ruleset import ConfigurationError

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("categories.toml", "departments.toml", "routing.toml"):
        shutil.copy(CONFIG / name, tmp_path)
    return tmp_path


def mistakes(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(ConfigurationError) as refused:
        load_routing(folder)
    return [(mistake.field, str(mistake)) for mistake in refused.value.mistakes]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "field", "told"),
    [
        ('superior = "city"', 'superior = "town"', "department city-legal", "There is no department “town”"),
        ('superior = "city"', "", "", "Exactly one department has no superior"),
        ('superior = "city"', 'superior = "city-legal"', "department city-legal", "Going up from here leads back here"),
        (
            'handles = ["legal_aid"]',
            'handles = ["legal"]',
            "department city-legal",
            "There is no group or category “legal”",
        ),
        ('code = "city-help"', 'code = "city-jobs"', "department city-jobs", "2 entries have this code"),
        ('"鼓楼街道"', '"海盐镇"', "department binhai-haiyan", "“海盐镇” is already the territory of “beicheng-gulou”"),
        ('code = "city-help"', 'code = "City Help"', "department City Help", "“code”: String should match pattern"),
        ('name_en = "Legal Department"', 'names_en = "x"', "department city-legal", "There is no key “names_en”"),
    ],
)
def test_a_tree_that_is_none_is_refused_with_the_place(folder: Path, old: str, new: str, field: str, told: str) -> None:
    change(folder / "departments.toml", old, new)
    where = f"departments.toml: {field}" if field else "departments.toml"
    assert any(name == where and told in message for name, message in mistakes(folder))


@pytest.mark.parametrize(
    ("old", "new", "field", "told"),
    [
        ('group = "hardship"', 'group = "hard"', "category living_relief", "There is no group “hard” in this file."),
        (
            'facts = ["employer",',
            'facts = ["boss",',
            "category work_injury",
            "There is no fact “boss”. Known are: employer,",
        ),
        ('code = "arbitration"', 'code = "work_injury"', "category work_injury", "2 entries have this code"),
        ('code = "arbitration"', 'code = "outside"', "group outside", "A category has this code too."),
    ],
)
def test_categories_that_do_not_fit_are_refused_with_the_place(
    folder: Path, old: str, new: str, field: str, told: str
) -> None:
    change(folder / "categories.toml", old, new)
    assert any(name == f"categories.toml: {field}" and told in message for name, message in mistakes(folder))


def test_mistakes_of_all_files_are_named_at_once(folder: Path) -> None:
    change(folder / "departments.toml", 'superior = "city"', 'superior = "town"')
    change(folder / "routing.toml", "threshold = 2.0", 'threshold = "high"')
    assert {field.split(":")[0] for field, _ in mistakes(folder)} == {"departments.toml", "routing.toml"}


@pytest.mark.parametrize("name", ["categories.toml", "departments.toml", "routing.toml"])
def test_a_file_that_is_no_file_is_named(folder: Path, name: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n[[", encoding="utf-8")
    assert any(field == name and "This is no valid TOML" in message for field, message in mistakes(folder))
    path.write_text(text, encoding="gb18030")
    assert any(field == name and "The file is not UTF-8 (line " in message for field, message in mistakes(folder))
    path.write_text("# " + "x" * 2_000_000, encoding="utf-8")
    assert (name, "The file is larger than 2 MB. Please make it smaller.") in mistakes(folder)
    path.write_text("a = " + "[" * 5000, encoding="utf-8")
    assert any(field == name and "This is no valid TOML" in message for field, message in mistakes(folder))
    path.unlink()
    assert (name, "The file cannot be read: No such file or directory.") in mistakes(folder)


def test_a_file_saved_with_a_byte_order_mark_is_read(folder: Path) -> None:
    path = folder / "routing.toml"
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert load_routing(folder).ruleset.words
