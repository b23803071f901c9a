from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hotline.telephony.numbers import (
    NO_NUMBER,
    Number,
    NumberKind,
    UnreadableNumber,
    number_from_normal,
    parse_number,
    search_forms,
)


def read(raw: str) -> Number:
    return parse_number(raw, area_code="0411")


def complaint(raw: str) -> str:
    with pytest.raises(UnreadableNumber) as refused:
        read(raw)
    (mistake,) = refused.value.mistakes
    assert mistake.field == "caller_number"
    return str(mistake)


@pytest.mark.parametrize(
    "raw",
    [
        "13800001234",
        "138 0000 1234",
        "138-0000-1234",
        "138.0000.1234",
        "１３８　００００　１２３４",
        "+86 138-0000-1234",
        "＋８６１３８００００１２３４",
        "0086 13800001234",
        "8613800001234",
        "013800001234",
        "一三八零零零零一二三四",
        "幺三八〇〇〇〇一二三四",
        "138一0000一1234",
        "电话：13800001234",
        "手机号码13800001234",
        "Tel: 13800001234",
        "\ufeff138\u200b00001234\x00",
    ],
)
def test_every_writing_of_a_mobile_number_has_one_normal_form(raw: str) -> None:
    assert read(raw) == Number("+8613800001234", "", NumberKind.MOBILE, "138 0000 1234")


@pytest.mark.parametrize(
    "raw",
    [
        "0411-83631234",
        "0411 8363 1234",
        "(0411)8363-1234",
        "（０４１１）８３６３１２３４",
        "+86 411 8363 1234",
        "+86 (0411) 8363 1234",
        "8641183631234",
        "0411一83631234",
        "0411/83631234",
        "8363 1234",
        "83631234",
        "零四一一八三六三一二三四",
    ],
)
def test_every_writing_of_a_landline_has_one_normal_form(raw: str) -> None:
    assert read(raw) == Number("+8641183631234", "", NumberKind.LANDLINE, "0411-8363 1234")


@pytest.mark.parametrize(
    "tail", ["转8012", "转分机8012", " 分机 8012", "分机号：8012", "-8012", " ext. 8012", "x8012", "#8012", ",8012"]
)
def test_an_extension_is_kept_apart(tail: str) -> None:
    number = read("0411-8363 1234" + tail)
    assert (number.normal, number.extension) == ("+8641183631234", "8012")
    assert number.display == "0411-8363 1234 转 8012"


def test_a_local_number_belongs_to_the_area_of_the_hotline() -> None:
    assert parse_number("62345678", area_code="010").normal == "+861062345678"
    assert parse_number("7234567", area_code="0558").display == "0558-723 4567"


@pytest.mark.parametrize("raw", ["12351", "+8612351", "0411-12351", "041112351", "１２３５１", "一二三五一"])
def test_a_short_number_is_stored_as_it_is_dialled(raw: str) -> None:
    assert read(raw) == Number("12351", "", NumberKind.SHORT, "12351")


@pytest.mark.parametrize("raw", ["110", "120", "12333", "12345", "12348", "95588", "10086"])
def test_known_short_numbers_are_short(raw: str) -> None:
    assert read(raw).kind is NumberKind.SHORT


@pytest.mark.parametrize("raw", ["400-123-4567", "4001234567", "400 1234 567"])
def test_a_service_number_is_no_landline_of_an_area(raw: str) -> None:
    assert read(raw).display == "400-123-4567"


@pytest.mark.parametrize("raw", ["+852 2345 6789", "0085223456789", "00 852-2345-6789"])
def test_a_foreign_number_keeps_its_country(raw: str) -> None:
    assert read(raw) == Number("+85223456789", "", NumberKind.FOREIGN, "+852 2345 6789")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "  ",
        "-",
        "匿名",
        "匿名电话",
        "号码保密",
        "未知",
        "无",
        "无号码",
        "不愿透露",
        "未提供",
        "anonymous",
        "ANONYMOUS",
        "<unknown>",
        "N/A",
    ],
)
def test_a_caller_may_have_no_number(raw: str) -> None:
    assert read(raw) == NO_NUMBER
    assert not read(raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("1380000123", "The number has 10 digits; a mobile number has 11. Please check it or leave it empty."),
        ("138000012345", "The number has 12 digits; a mobile number has 11. Please check it or leave it empty."),
        ("12800001234", "No mobile number begins with 12. Please check it or leave it empty."),
        ("8363123", "Write the area code, for example 0411-8363 1234."),
        ("0411-8363123", "There is no number like this in area 0411."),
        ("0410-83631234", "There is no number like this in area 0410."),
        ("83631", "The number has only 5 digits."),
        ("836312348363123483631234", "The number has 24 digits, which is too many."),
        ("+852 1", "There is no such foreign number."),
        ("王小明", "That is not a telephone number."),
        ("13800001234/13900001234", "That looks like more than one number."),
        ("13800001234或者0411-83631234", "That looks like more than one number."),
        ("\ud800", "That is not a telephone number."),
        ("٣٣٣٣٣٣٣٣", "That is not a telephone number."),
        ("1" * 1_000_000, "That is too long for a telephone number."),
        ("\ufdfa" * 90, "That is too long for a telephone number."),
    ],
)
def test_a_mistake_says_what_to_do(raw: str, words: str) -> None:
    assert complaint(raw).startswith(words)


_ANYTHING = st.text(st.characters(codec=None)) | st.text("0123456789+-() 转一二三０１２x#,/匿名", max_size=40)


@given(_ANYTHING)
@example("\ud800\udc00")
@example("\x00")
@example("9" * 100)
def test_whatever_is_typed_ends_in_a_number_or_in_words(raw: str) -> None:
    try:
        number = read(raw)
    except UnreadableNumber:
        return
    assert number == number_from_normal(number.normal, number.extension)
    assert len(number.normal) <= 16
    assert len(number.extension) <= 8


@given(_ANYTHING)
def test_a_search_never_fails_and_looks_for_digits_alone(raw: str) -> None:
    for form in search_forms(raw):
        assert form.removeprefix("+").isdecimal()
        assert form.isascii()


_MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@given(_MOBILES, st.data())
def test_separators_between_digits_change_nothing(digits: str, data: st.DataObject) -> None:
    gaps = st.text(" -\u3000\u200b\t.·—–()", max_size=2)
    raw = "".join(digit + data.draw(gaps) for digit in digits)
    assert read(raw).normal == "+86" + digits


@given(_MOBILES)
def test_what_is_displayed_reads_back_as_the_same_number(digits: str) -> None:
    number = read(digits + "转8012")
    assert read(number.display) == number


@pytest.mark.parametrize("stored", ["+8699912345678", "+8612351", "１２３５１", "abc", "+86", " 12351", "\ud800"])
def test_what_was_stored_once_is_shown_as_it_stands(stored: str) -> None:
    number = number_from_normal(stored, "12")
    assert (number.normal, number.extension, number.display) == (stored, "12", f"{stored} 转 12")


@pytest.mark.parametrize(
    ("raw", "forms"),
    [
        ("138 0000 1234", ("+8613800001234",)),
        ("０４１１－８３６３１２３４ 转 12", ("+8641183631234",)),
        ("8363 1234", ("83631234",)),
        ("1234", ("1234",)),
        ("００１２３４", ("001234",)),
        ("12351", ("12351",)),
        ("123", ()),
        ("欠薪", ()),
        ("匿名", ()),
        ("0411-8363 1234 和 13800001234", ()),
    ],
)
def test_a_search_looks_for_the_whole_number_or_its_tail(raw: str, forms: tuple[str, ...]) -> None:
    assert search_forms(raw) == forms


@given(_MOBILES, st.integers(4, 11))
def test_any_tail_of_four_and_more_digits_finds_the_number(digits: str, length: int) -> None:
    assert any(("+86" + digits).endswith(form) for form in search_forms(digits[-length:]))
