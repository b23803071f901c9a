from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.routing.employers import employer_key
from hotline.routing.unit_names import Places, name_key, plain, spoken_forms, without_form
from hotline.routing.unit_tree import UnitRow
from hotline.routing.units import NO_UNITS, UnitIndex
from tests.routing.units_made import ROWS, UNITS

PLACES = Places(["滨海市", "滨海", "北城区", "北城"])
NAMES = st.text(
    st.sampled_from("滨海市北城区宏达机械第一小学有限责任公司集团股份分工会()（）〔〕 Ａb１\u3000"),
    min_size=1,
    max_size=24,
)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("我在宏达上班，四个月没发工资", "BC-10", "宏达"),
        ("滨海宏达机械有限公司欠薪", "BC-10", "滨海宏达机械有限公司"),
        ("我是宏达机械的，厂里不给钱", "BC-10", "宏达机械"),
        ("原来的第二机床厂不给补偿", "BC-10", "第二机床厂"),
        ("宏 达 机 械 拖欠工资", "BC-10", "宏 达 机 械"),
        ("北城区第一小学的保安没有合同", "BC-11", "北城区第一小学"),
        ("东海集团下属东海造船厂欠薪", "DH-14", "东海造船厂"),
        ("在东海造船厂北城分公司干活", "DH-15", "东海造船厂北城分公司"),
        ("西山石化公司裁员不赔钱", "XS-16", "西山石化公司"),
        ("金穗（西山）食品股份有限公司压工资", "XS-17", "金穗（西山）食品股份有限公司"),
        ("金穗食品有限公司压工资", "XS-17", "金穗食品有限公司"),
    ],
)
def test_an_employer_is_found_as_people_name_it(text: str, code: str, words: str) -> None:
    unit = UNITS.named(text=text)
    assert unit is not None
    assert (unit.code, unit.words) == (code, words)
    assert text[unit.start : unit.end] == words


@pytest.mark.parametrize(
    "text",
    [
        "恢宏达观的人",  # the alias stands inside other words
        "宏达观影城不发工资",
        "宏达机械配件有限公司欠我工资",  # another employer, whose name goes on
        "西山宏达机械拖欠工资",  # a place which that employer does not belong to
        "在石化公司上班",  # only a kind of employer
        "公司不给工资",
        "北城区总工会的电话是多少",  # the union of a place is nobody's employer here
        "金穗饲料有限公司",  # closed
        "",
    ],
)
def test_what_is_no_name_by_itself_names_nobody(text: str) -> None:
    assert UNITS.named(text=text) is None


def test_one_name_of_several_is_told_apart_by_the_place() -> None:
    assert UNITS.named(text="我是第一小学的老师") is None
    assert [unit.code for unit in UNITS.candidates(text="我是第一小学的老师")] == ["BC-11", "XS-12"]
    beicheng = UNITS.named(text="我是第一小学的老师", place="北城区鼓楼")
    xishan = UNITS.named(text="我是第一小学的老师，住在西山县")
    assert beicheng is not None
    assert xishan is not None
    assert (beicheng.code, xishan.code) == ("BC-11", "XS-12")


@pytest.mark.parametrize("employer", ["宏达机械", "宏达（滨海）机械股份有限公司", "滨海市宏达机械有限责任公司", "宏达"])
def test_the_field_of_the_employer_goes_before_the_narrative(employer: str) -> None:
    unit = UNITS.named(text="我在东海造船厂干过", employer=employer)
    assert unit is not None
    assert (unit.code, unit.words, unit.start) == ("BC-10", employer, None)


def test_an_employer_who_is_not_registered_is_not_replaced_by_another_one() -> None:
    assert UNITS.named(text="以前在东海造船厂", employer="没有登记的公司") is None


def test_who_stands_above_is_told_from_the_next_one_to_the_city() -> None:
    unit = UNITS.by_code("bc-10 ")
    assert unit is not None
    assert [superior.code for superior in unit.superiors] == ["BH-BC-GL", "BH-BC", "BH"]
    assert UNITS.superiors(10) == (4, 2, 1)
    assert UNITS.below(2) == {2, 4, 5, 10, 11}
    assert UNITS.below(99) == {99}
    assert UNITS.get(99) is None
    assert UNITS.by_code("") is None


def test_an_employers_circle_is_its_group_of_companies_and_nobody_else() -> None:
    assert UNITS.circle(14) == {13, 14, 15}
    assert UNITS.circle(13) == {13, 14, 15}
    assert UNITS.circle(10) == {10}
    assert UNITS.circle(2) == {2}  # the members of a district's union are its very duty


def test_employers_are_offered_while_a_name_is_typed() -> None:
    assert [unit.code for unit in UNITS.spelt("东海")] == ["DH", "DH-14", "DH-15"]
    assert [unit.code for unit in UNITS.spelt("小学")] == ["BC-11", "XS-12"]
    assert [unit.code for unit in UNITS.spelt("机床")] == ["BC-10"]
    assert [unit.code for unit in UNITS.spelt("宏达")] == ["BC-10"]
    assert len(UNITS.spelt("海", size=2)) == 0
    assert UNITS.spelt("总工会") == ()
    assert UNITS.spelt("\n\n") == ()


def test_an_employer_stands_under_the_keys_of_its_own_names_and_of_nobody_elses() -> None:
    own = {row.id: {UNITS.key(employer_key(name)) for name in (row.name, *row.old_names, *row.aliases)} for row in ROWS}
    for row in ROWS:
        if row.level == "enterprise" and not row.ended:
            assert own[row.id] - {""} <= UNITS.spoken(row.id), row.name
    assert {"宏达", "宏达机械", "第二机床厂"} <= UNITS.spoken(10)
    others = frozenset[str]().union(*(UNITS.spoken(row.id) for row in ROWS if row.id != 10))
    assert UNITS.spoken(10).isdisjoint(others)


def test_keys_made_before_the_register_knew_the_city_are_among_them() -> None:
    assert NO_UNITS.key(employer_key("滨海宏达机械有限公司")) == "滨海宏达机械"
    assert "滨海宏达机械" in UNITS.spoken(10)


def test_an_empty_register_knows_nobody() -> None:
    assert NO_UNITS.named(text="宏达机械有限公司") is None
    assert NO_UNITS.candidates(text="宏达", employer="宏达") == ()
    assert NO_UNITS.key("宏达机械有限公司") == "宏达机械"


def test_a_circle_in_the_register_is_cut_open() -> None:
    units = UnitIndex.of([UnitRow(1, "A", "甲", superior="B"), UnitRow(2, "B", "乙", superior="A")])
    assert {units.superiors(1), units.superiors(2)} == {(), (1,)}


@given(NAMES)
def test_what_names_have_in_common_has_itself_in_common(name: str) -> None:
    key = name_key(name, PLACES)
    assert name_key(key, PLACES) == key
    assert without_form(without_form(plain(name))) == without_form(plain(name))


@given(NAMES, st.sampled_from(["有限公司", "有限责任公司", "股份有限公司", "集团有限公司"]))
def test_the_legal_form_makes_no_other_employer(name: str, form: str) -> None:
    core = "鑫" + name.replace("(", "").replace("（", "").strip() + "鑫"
    assert name_key(core + form, PLACES) == name_key(core, PLACES)


@given(NAMES)
def test_a_spoken_form_is_found_in_the_name_itself(name: str) -> None:
    units = UnitIndex.of([UnitRow(1, "A", name)])
    if spoken_forms(name, Places()):
        assert units.named(text="", employer=name) is not None


TEXTS = st.lists(
    st.sampled_from(
        [*"在了的，。 工资", "宏达", "机械", "有限公司", "北城区", "第一小学", "东海", "造船厂", "西山", "Ａ", "\u3000"]
    ),
    max_size=14,
).map("".join)


@given(TEXTS, st.sampled_from(["", "北城区", "西山县"]))
def test_positions_always_point_at_the_words(text: str, place: str) -> None:
    unit = UNITS.named(text=text, place=place)
    if unit is not None:
        assert unit.start is not None
        assert unit.words
        assert text[unit.start : unit.end] == unit.words
    assert UNITS.named(text=text, place=place) == unit


@given(TEXTS, st.text(st.sampled_from("丙丁戊己庚辛壬癸"), min_size=3, max_size=8))
def test_another_unit_with_a_name_nobody_mentions_changes_nothing(text: str, name: str) -> None:
    more = UnitIndex.of([*ROWS, UnitRow(99, "XS-99", f"{name}有限公司", superior="BH-XS")])
    assert more.named(text=text) == UNITS.named(text=text)


PARTS = st.sampled_from(["宏达", "机械", "有限公司", "东海", "造船厂", "（集团）", "小学", "Ａb"])
NAMED = st.lists(PARTS, min_size=1, max_size=4).map("".join)
CHANGES = st.one_of(
    st.builds(lambda name: {"name": name}, NAMED),
    st.builds(lambda names: {"aliases": names}, st.lists(NAMED, max_size=2)),
    st.builds(lambda names: {"old_names": names}, st.lists(NAMED, max_size=2)),
    st.builds(lambda ended: {"ended": ended}, st.booleans()),
    st.builds(lambda kind: {"kind": kind}, st.sampled_from([None, "", "private", "state"])),
    st.builds(lambda superior: {"superior": superior}, st.sampled_from([None, "BH", "BH-BC"])),
    st.just({}),
)


def _told_by(units: UnitIndex, rows: list[UnitRow]) -> list[object]:
    names = [name for row in (*ROWS, *rows) for name in (row.name, *row.old_names, *row.aliases)]
    asked = [
        [units.get(row.id) for row in rows],
        [units.superiors(row.id) for row in rows],
        [sorted(units.circle(row.id)) for row in rows],
        [units.by_name(name) for name in names],
        [units.named(text=f"我在{name}上班", place="北城区") for name in names],
        [units.candidates(text="", employer=name) for name in names],
        [units.spelt(name[:2]) for name in names],
    ]
    return [len(units), *asked]


@given(st.sampled_from(ROWS[5:]), CHANGES, st.sampled_from(["（", "("]))
def test_an_index_that_says_a_row_tells_what_one_made_of_it_would_tell(
    row: UnitRow, change: dict[str, Any], bracket: str
) -> None:
    changed = row._replace(**change)
    changed = changed._replace(aliases=[name.replace("（", bracket) for name in changed.aliases])
    rows = [changed if one.id == row.id else one for one in ROWS]
    if UNITS.says(changed):
        assert _told_by(UnitIndex.of(rows), rows) == _told_by(UNITS, rows)
    else:
        assert changed != row
    assert UnitIndex.of(rows).says(changed)


def test_an_index_says_no_row_it_does_not_know() -> None:
    assert all(map(UNITS.says, ROWS))
    assert not UNITS.says(ROWS[5]._replace(id=77))
    assert not NO_UNITS.says(ROWS[5])
