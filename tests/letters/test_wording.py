"""The wording of letters in `config/letters`: fields and nothing else, and a mistake stops the start with its place."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.documents.letter_texts import FIELDS, LetterKind, LetterTextError, read_letter_text
from hotline.errors import Invalid
from hotline.policy import default_config, load_policy
from tests.factories import policy

URGE: dict[str, Any] = {
    "number": "催〔{年份}〕{序号}号",
    "issuer": "{发函单位}",
    "title": "催办函",
    "addressee": "{承办部门}",
    "text": "请办结{工单编号}。",
}


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        ({"text": "致{职工姓名}"}, "letters/urge.toml: text", "职工姓名"),
        ({"title": "{0.__class__}"}, "letters/urge.toml: title", "0.__class__"),
        ({"text": "单独的}"}, "letters/urge.toml: text", "brace"),
        ({"text": "{{工单编号}}"}, "letters/urge.toml: text", "brace"),
        ({"number": "催〔{年份}〕号"}, "letters/urge.toml: number", "序号"),
        ({"copies": "谁"}, "letters/urge.toml: copies", "text"),
        ({"colour": "red"}, "letters/urge.toml: colour", "no such key"),
        ({"text": None}, "letters/urge.toml: text", "text"),
    ],
)
def test_a_mistake_in_a_wording_is_named_with_its_file_and_its_field(
    change: dict[str, Any], place: str, said: str
) -> None:
    with pytest.raises(LetterTextError) as found:
        read_letter_text(LetterKind.URGE, {**URGE, **change}, file="letters/urge.toml")
    assert any(mistake.field == place and said in str(mistake) for mistake in found.value.mistakes)


def test_an_unknown_field_in_a_file_stops_the_start(tmp_path: Path) -> None:
    shutil.copytree(default_config(), tmp_path / "config")
    file = tmp_path / "config" / "letters" / "advice.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("{用人单位}", "{职工姓名}"), encoding="utf-8")
    with pytest.raises(Invalid) as found:
        load_policy(tmp_path / "config")
    assert [mistake.field for mistake in found.value.mistakes] == ["letters/advice.toml: addressee"]


@given(value=st.text())
def test_a_value_is_never_read_as_wording(value: str) -> None:
    text = read_letter_text(LetterKind.URGE, URGE, file="urge.toml")
    paper = text.paper({"发函单位": "甲", "承办部门": value, "工单编号": "{发函单位}"})
    assert paper.paragraphs == ("请办结{发函单位}。",)
    assert paper.addressee == " ".join(value.split()) or not value.split()


def test_every_kind_that_ships_can_be_written_with_all_its_fields() -> None:
    for kind, text in policy().letters.items():
        paper = text.paper(dict.fromkeys(FIELDS[kind], "某某"))
        assert "＿" not in "".join(paper.paragraphs)
        assert paper.paragraphs
