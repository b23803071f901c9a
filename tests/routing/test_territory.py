from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.routing.departments import Department, DepartmentTree
from hotline.routing.destination import destination
from hotline.routing.engine import Routing, decide
from hotline.routing.reading import read_departments
from hotline.routing.ruleset import ConfigurationError
from hotline.routing.territory import linked
from hotline.routing.unit_tree import UnitRow
from hotline.routing.units import UnitIndex
from tests.routing.units_made import ROWS, UNITS

MORE = UnitIndex.of([*ROWS, UnitRow(99, "XS-99", "丙丁戊己有限公司", superior="BH-XS")])
WAGES = "宏达机械拖欠工资四个月，三十多个人没有发"


@pytest.fixture(scope="session")
def at_home(routing: Routing) -> Routing:
    """The configuration that ships, on the small register."""
    return dataclasses.replace(routing, units=UNITS)


def _tree(*more: Department) -> DepartmentTree:
    return DepartmentTree(
        [
            Department(code="city", name="滨海市总工会", name_en="City", handles=("pay",)),
            Department(code="north", name="北城区总工会", name_en="North", superior="city", territory=("北城区",)),
            Department(code="north-pay", name="维权科", name_en="Rights", superior="north", handles=("pay",)),
            *more,
        ]
    )


def test_a_matter_goes_to_the_territory_of_the_unit_that_is_named(at_home: Routing) -> None:
    decision = decide(at_home, WAGES)
    assert decision.unit is not None
    assert (decision.unit.code, decision.department) == ("BC-10", "beicheng-mediation")
    assert [step.department for step in decision.path] == ["beicheng-gulou", "beicheng-gulou", "beicheng-mediation"]
    assert decision.path[0].reason.params == {"unit": "滨海宏达机械有限公司", "organisation": "鼓楼街道总工会"}
    plain = decision.to_json()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["unit"]["superiors"][0] == {"code": "BH-BC-GL", "name": "鼓楼街道总工会"}
    assert (plain["unit"]["words"], plain["unit"]["start"], plain["unit"]["end"]) == ("宏达机械", 0, 4)


def test_a_station_serves_the_territory_of_the_federation_above_it(at_home: Routing) -> None:
    decision = decide(at_home, "我在宏达机械上班，家里困难，得了癌症，看病把钱花光了")
    assert (decision.territory, decision.department) == ("beicheng-gulou", "beicheng-gulou")
    assert decision.path[0].reason.params["organisation"] == "鼓楼街道总工会"


def test_the_same_words_without_a_register_go_to_the_city(routing: Routing) -> None:
    decision = decide(routing, WAGES)
    assert (decision.unit, decision.territory, decision.department) == (None, None, "city-mediation")


def test_a_place_that_is_given_goes_before_the_units_own_territory(at_home: Routing) -> None:
    decision = decide(at_home, WAGES, place="西山县")
    assert (decision.territory, decision.department) == ("xishan", "xishan-rights")
    assert decision.path[0].reason.params == {"word": "西山县", "unit": "滨海宏达机械有限公司"}


def test_a_unit_a_person_has_chosen_goes_before_the_words(at_home: Routing) -> None:
    decision = decide(at_home, WAGES, unit="XS-16")
    assert decision.unit is not None
    assert (decision.unit.code, decision.unit.start, decision.territory) == ("XS-16", None, "xishan")


def test_an_organisation_is_linked_by_its_code_where_the_names_differ() -> None:
    tree = _tree(Department(code="west", name="西山", name_en="West", superior="city", organisation="BH-XS"))
    links = linked(tree, UNITS)
    assert links.by_unit == {1: "city", 2: "north", 3: "west"}
    unit = UNITS.by_code("XS-16")
    assert destination(tree, "pay", unit=unit, links=links).territory == "west"


def test_a_code_nobody_has_is_told_and_links_nothing() -> None:
    tree = _tree(Department(code="west", name="西山县总工会", name_en="West", superior="city", organisation="GONE"))
    links = linked(tree, UNITS)
    assert (links.unknown, links.by_unit.get(3)) == (("GONE",), None)


OWN = (
    Department(
        code="ship",
        name="东海造船厂工会",
        name_en="Ship",
        superior="north",
        territory=("东海造船厂",),
        handles=("pay",),
    ),
    Department(code="ship-office", name="女工部", name_en="Women", superior="ship", handles=("pay",)),
)


@pytest.mark.parametrize("code", ["DH-14", "DH-15", "DH"])
def test_a_matter_never_goes_to_the_employers_own_union(code: str) -> None:
    tree = _tree(*OWN)
    unit = UNITS.by_code(code)
    there = destination(tree, "pay", text="东海造船厂欠薪", place="东海造船厂", unit=unit, links=linked(tree, UNITS))
    assert there.department == "north-pay"
    assert "union" in str(there.path[1].reason.message)
    assert there.path[1].department == "ship"


@pytest.mark.parametrize("own", range(20, 32))
@pytest.mark.parametrize(("text", "employer"), [("华远欠薪", ""), ("欠薪", "华远"), ("欠薪", "远建")])
def test_of_many_who_may_be_meant_it_goes_to_the_own_union_of_none(own: int, text: str, employer: str) -> None:
    names = {20 + at: f"华远建{sign}公司" for at, sign in enumerate("甲乙丙丁戊己庚辛壬癸子丑")}
    units = UnitIndex.of([*ROWS, *(UnitRow(at, f"BH-{at}", name, (), ("华远",), "BH") for at, name in names.items())])
    tree = _tree(
        Department(
            code="own", name="工会", name_en="Own", superior="north", handles=("pay",), organisation=f"BH-{own}",
            territory=("东海造船厂",),
        )
    )  # fmt: skip
    assert units.named(text=text, employer=employer) is None
    there = destination(tree, "pay", place="东海造船厂", text=text, employer=employer, links=linked(tree, units))
    assert there.department == "north-pay"
    assert there.path[1].department == "own"


def test_a_matter_against_somebody_else_may_go_there() -> None:
    tree = _tree(*OWN)
    links = linked(tree, UNITS)
    assert destination(tree, "pay", place="东海造船厂", unit=UNITS.by_code("XS-16"), links=links).department == "ship"
    assert links.barred(16) == frozenset()
    assert links.barred(15) == {"ship", "ship-office"}
    assert links.barred(None) == frozenset()


def test_who_works_in_an_employers_union_has_to_do_with_its_whole_group() -> None:
    links = linked(_tree(*OWN), UNITS)
    assert links.conflicts("ship-office", ()) == {13, 14, 15}
    assert links.conflicts("north", ()) == frozenset()
    assert links.conflicts(None, [10]) == {10}
    assert links.conflicts("ship", [10, 2]) == {2, 10, 13, 14, 15}
    assert links.conflicts("ship", [10]) is links.conflicts("ship", [10])


def test_the_key_of_an_organisation_is_checked() -> None:
    content = {"department": [{"code": "a", "name": "甲", "name_en": "A", "organisation": "no code"}]}
    with pytest.raises(ConfigurationError) as refused:
        read_departments(content, file="departments.toml", matters=())
    assert "organisation" in str(refused.value.mistakes[0].params)


WORDS = ["宏达机械", "第一小学", "东海造船厂", "西山石化公司", "拖欠工资", "工伤", "在", "，", "北城区"]
SAID = st.lists(st.sampled_from(WORDS), max_size=8).map("".join)


@given(SAID, st.sampled_from(["", "西山县", "宏达机械"]))
def test_another_unit_that_nobody_mentions_changes_no_decision(at_home: Routing, said: str, employer: str) -> None:
    more = dataclasses.replace(at_home, units=MORE)
    assert decide(more, said, employer=employer) == decide(at_home, said, employer=employer)
