from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.routing.text import normal_form

ODD_TEXT = st.text(
    st.sampled_from("拖欠工资老板，。！ab AＡｂ３①㎏⼯\u3000\u200b\ufeff\n\t é\ud800\U00020000") | st.characters(),
    max_size=40,
)


@pytest.mark.parametrize(
    ("told", "normal"),
    [
        ("拖 欠\n工资", "拖欠工资"),
        ("ＡＢ c d", "ab c d"),
        ("欠薪３个月", "欠薪3个月"),
        ("\u200b拖\u200b欠\ufeff", "拖欠"),
        ("⼯资①", "工资1"),
        ("拨打 12351 电话", "拨打12351电话"),
        ("  两边  ", "两边"),
        ("老板，不给钱！", "老板，不给钱！"),
    ],
)
def test_the_same_words_have_one_form_however_they_are_typed(told: str, normal: str) -> None:
    assert normal_form(told).text == normal


@given(ODD_TEXT)
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    once = normal_form(text).text
    assert normal_form(once).text == once


@given(ODD_TEXT)
def test_each_character_leads_back_to_one_that_has_its_form(text: str) -> None:
    normal = normal_form(text)
    before = 0
    for index, character in enumerate(normal.text):
        start, end = normal.span(index, index + 1)
        assert end == start + 1
        assert before <= start < len(text)
        before = start
        if character != " ":
            assert character in normal_form(text[start]).text


@given(ODD_TEXT, st.data())
def test_a_piece_in_the_original_has_the_form_of_the_piece(text: str, data: st.DataObject) -> None:
    normal = normal_form(text)
    if not normal.text:
        return
    start = data.draw(st.integers(0, len(normal.text) - 1))
    end = data.draw(st.integers(start + 1, len(normal.text)))
    first, last = normal.span(start, end)
    assert normal.text[start:end].strip() in normal_form(text[first:last]).text


@given(st.text(st.sampled_from("拖欠工资，。老板不给钱3ab"), max_size=60))
def test_a_plain_text_needs_no_way_back(text: str) -> None:
    normal = normal_form(text)
    assert normal.text == text
    assert normal.starts == ()
