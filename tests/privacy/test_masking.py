from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hotline.privacy.masking import mask_id_number, mask_name, mask_number, mask_text


@pytest.mark.parametrize(
    ("normal", "masked"),
    [
        ("+8613800001234", "138****1234"),
        ("+8641183631234", "0411****1234"),
        ("+861062341234", "010****1234"),
        ("+865587231234", "0558****1234"),
        ("+85223456789", "+85****789"),
        ("12351", "12351"),
        ("110", "110"),
        ("", ""),
    ],
)
def test_a_stored_number_keeps_its_head_and_tail(normal: str, masked: str) -> None:
    assert mask_number(normal) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王**"),
        ("王明", "王*"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳娜", "欧阳*"),
        ("欧阳", "欧*"),
        (" 李四 ", "李*"),
        ("阿依古丽·买买提", "阿******"),
        ("John Smith", "J*** S***"),
        ("王女士", "王女士"),
        ("欧阳师傅", "欧阳师傅"),
        ("王", "王"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_surname(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("21028119900101123X", "210*************3X"),
        ("２１０２８１ １９９００１０１ １２３Ｘ", "210*************3X"),
        ("210281900101123", "210**********23"),
        ("123", "***"),
        ("", ""),
    ],
)
def test_an_identity_number_keeps_three_and_two(number: str, masked: str) -> None:
    assert mask_id_number(number) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800001234，找他", "电话138****1234，找他"),
        ("１３８-００００ １２３４", "１３８-**** １２３４"),
        ("+86 138 0000 1234", "+86 138 **** 1234"),
        ("138\u200b0000\u200d1234", "138\u200b****\u200d1234"),
        ("1\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e300001234", "1\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e3****1234"),
        ("①③⑧⓪⓪⓪⓪①②③④", "①③⑧****①②③④"),
        ("一三八零零零零一二三四", "一三八****一二三四"),
        ("其一138 0000 1234", "其一138 **** 1234"),
        ("138零零零零1234", "138****1234"),
        ("13800001234/13900001234", "138****1234/139****1234"),
        ("外线913800001234", "外线9138****1234"),
        ("13800001234x8012", "138****1234x8012"),
        ("座机0411-83631234转8012", "座机0411-****1234转8012"),
        ("(0411)8363 1234", "(0411)**** 1234"),
        ("0558-7234567", "0558-***4567"),
        ("+86-411-8363-1234", "+86-411-****-1234"),
        ("0 4 1 1 8 3 6 3 1 2 3 4", "0 4 1 1 * * * * 1 2 3 4"),
        ("2024 0411-83631234", "2024 0411-****1234"),
        ("电话是 8363 1234", "电话是 **** 1234"),
        ("+852 2345 6789", "+85* **** *789"),
        ("0085223456789", "0085******789"),
        ("身份证21028119900101123X", "身份证210*************3X"),
        ("210281 1990 0101 123 x", "210*** **** **** **3 x"),
        ("２１０２８１１９９００１０１１２３Ｘ", "２１０*************３Ｘ"),
        ("21028119901332123X", "210*************3X"),
        ("210281900101123", "210**********23"),
        ("卡号6222 0212 3456 7890 123", "卡号6222 **** **** ***0 123"),
    ],
)
def test_the_middle_of_a_number_in_a_text_is_hidden(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "我们工地三十多个人，老板拖欠工资四个月",
        "从2024-01-15至2024-03-01，欠13500元",
        "2024.03.15-2024.06.01 共 15000.00 20000.00",
        "2026-11-24 10:19:33.123456 +0000",
        "拨打12351、12333、110或400-123-4567",
        "拖欠1,380,000元，一人一万三千八",
        "工单20261124-0001，20261124000123",
        "面积83631234",
        "192.168.100.200:12351",
    ],
)
def test_dates_amounts_and_public_numbers_stay(text: str) -> None:
    assert mask_text(text) == text


_WRITINGS = (
    "0123456789",
    "０１２３４５６７８９",
    "〇一二三四五六七八九",
    "零幺二三四五六七八九",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "٠١٢٣٤٥٦٧٨٩",
)
_SEPARATORS = st.text(" -\u3000\u00a0\t\n\r\0.·—–－()（）/_\u200b\u200d\ufeff\u00ad\ufe0f", max_size=3)
_MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
_IDENTITIES = st.from_regex(
    r"[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]", fullmatch=True
)
_WORDS = st.text(
    st.characters(exclude_categories=["Nd", "No", "Nl", "Cf", "Cc", "Cs", "Zs", "Zl", "Zp", "Pd", "Mn", "Me"]),
    max_size=20,
)


def _digits(text: str) -> str:
    """Every digit of a text and nothing else, read as generously as possible."""
    plain = {ord(c): str(n) for digits in _WRITINGS for n, c in enumerate(digits)}
    return "".join(c for c in unicodedata.normalize("NFKC", text).translate(plain).upper() if c in "0123456789X")


def _written(number: str, data: st.DataObject) -> str:
    parts = []
    for digit in number:
        writing = data.draw(st.sampled_from(_WRITINGS))
        parts += [writing[int(digit)] if digit.isdecimal() else digit, data.draw(_SEPARATORS)]
    return "".join(parts[:-1])


@given(_MOBILES | _IDENTITIES, _WORDS, _WORDS, st.data())
def test_no_full_number_survives_however_it_is_written(
    number: str, before: str, after: str, data: st.DataObject
) -> None:
    text = f"{before}：{_written(number, data)}。{after}"
    assert number.upper() in _digits(text)
    masked = mask_text(text)
    assert len(masked) == len(text)
    assert number.upper() not in _digits(masked)
    assert all(new in (old, "*") for old, new in zip(text, masked, strict=True))


@given(
    _MOBILES,
    st.lists(st.text("0123456789", min_size=1, max_size=8), max_size=4),
    st.lists(st.text("0123456789", min_size=1, max_size=8), max_size=4),
)
@example("13500001390", [], ["0001", "234"])
def test_digits_around_a_number_do_not_save_it(number: str, before: list[str], after: list[str]) -> None:
    masked = mask_text(" ".join([*before, number, *after]))
    assert number not in masked
    masked = mask_text(" ".join([*before, number[:3], number[3:7], number[7:], *after]))
    assert f"{number[:3]} {number[3:7]} {number[7:]}" not in masked


@given(st.text(st.characters(codec=None)) | st.text("0123456789 -+xX*.一二三", max_size=60))
def test_whatever_the_text_it_keeps_its_length_and_only_gains_stars(text: str) -> None:
    masked = mask_text(text)
    assert len(masked) == len(text)
    assert all(new in (old, "*") for old, new in zip(text, masked, strict=True))
    mask_name(text)
    mask_number(text)
    mask_id_number(text)


@given(st.text(st.characters(exclude_categories=["Nd", "No", "Nl", "Lo", "So"])))
def test_a_text_without_digits_stays(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["1", "1-", "138 ", "138-000-012 ", "0411 ", "210281 1990 ", "1      ", "1\u200b", "+1", "一", "00", "x1"]
)
def test_a_hostile_megabyte_ends(piece: str) -> None:
    # Were the time not linear in the text, this would end at the time limit of the test, not within it.
    text = piece * (1_000_000 // len(piece))
    assert len(mask_text(text)) == len(text)


def test_what_is_hidden_is_the_middle_of_the_number_alone() -> None:
    text = "张三说：13800001234 和 0411-83631234 都打不通"
    assert re.sub(r"\*+", "#", mask_text(text)) == "张三说：138#1234 和 0411-#1234 都打不通"
