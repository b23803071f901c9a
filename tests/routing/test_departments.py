from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hotline.routing.categories import OUTSIDE
from hotline.routing.departments import Department, DepartmentTree
from hotline.routing.destination import destination
from hotline.routing.engine import Routing


@st.composite
def trees(draw: st.DrawFn) -> DepartmentTree:
    size = draw(st.integers(1, 12))
    made = [
        Department(
            code=f"d{number}",
            name=f"部{number}",
            name_en=f"D{number}",
            superior=f"d{draw(st.integers(0, number - 1))}" if number else None,
            territory=draw(st.sampled_from([(), (f"地{chr(0x4E00 + number)}",)])),
            handles=tuple(draw(st.sets(st.sampled_from(["a", "b"]), max_size=2))),
        )
        for number in range(size)
    ]
    return DepartmentTree(draw(st.permutations(made)))


@given(trees())
def test_what_is_below_is_what_has_it_on_its_path(tree: DepartmentTree) -> None:
    for one in tree:
        assert one.code in tree.below(one.code)
        for other in tree:
            on_path = one.code in {department.code for department in tree.path(other.code)}
            assert (other.code in tree.below(one.code)) is on_path
    assert tree.below(tree.root.code) == {department.code for department in tree}


@given(trees())
def test_superiors_come_before_those_below(tree: DepartmentTree) -> None:
    seen: set[str | None] = {None}
    for department in tree:
        assert department.superior in seen
        assert [above.code for above in tree.path(department.code)][-1] == department.code
        seen.add(department.code)
    assert len(seen) == len(tree) + 1


@given(trees(), st.sampled_from(["a", "b"]), st.data())
def test_a_matter_goes_to_somebody_who_takes_it_on_the_way_up(
    tree: DepartmentTree, group: str, data: st.DataObject
) -> None:
    named = data.draw(st.sampled_from(list(tree)))
    place = named.territory[0] if named.territory else ""
    there = destination(tree, group, place=place)
    way = tree.path(named.code if place else tree.root.code)
    if there.department is None:
        offices = [o for node in way for o in (node, *tree.children(node.code)) if o is node or not o.territory]
        assert not any(group in office.handles for office in offices)
    else:
        taker = tree.get(there.department)
        assert taker is not None
        assert group in taker.handles
        assert taker in way or (not taker.territory and taker.superior in {node.code for node in way})
    assert [step.department for step in there.path][-1] == (there.department or tree.root.code)


def test_an_unknown_department_has_nobody_below_but_itself(routing: Routing) -> None:
    assert routing.departments.below("gone") == {"gone"}
    assert routing.departments.path("gone") == ()
    assert routing.departments.get("gone") is None


def test_the_city_takes_every_group_of_the_union(routing: Routing) -> None:
    for group in routing.groups:
        there = destination(routing.departments, group)
        assert (there.department is None) is (group == OUTSIDE)


def test_the_given_place_counts_before_employer_and_narrative(routing: Routing) -> None:
    tree = routing.departments
    at = destination(tree, "hardship", place="西山县云岭镇", employer="滨海区纺织厂", text="我住北城区")
    assert at.department == "xishan-yunling"
    assert destination(tree, "hardship", employer="滨海区纺织厂", text="我住北城区").department == "binhai-help"
    assert destination(tree, "hardship", text="我住北城区").department == "beicheng-help"


def test_the_deeper_place_counts_even_when_its_name_is_shorter(routing: Routing) -> None:
    there = destination(routing.departments, "union_affairs", place="高新技术产业开发区软件园三号楼")
    assert there.department == "gaoxin-ruanjianyuan"


def test_the_way_up_is_told_step_by_step(routing: Routing) -> None:
    there = destination(routing.departments, "labour_protection", place="滨海 区 海盐镇")
    assert [step.department for step in there.path] == ["binhai-haiyan", "binhai-haiyan", "binhai", "city-labour"]
    assert there.path[0].reason.params == {"word": "海盐镇"}
    assert str(there.path[-1].reason.message) == "Takes such matters here."


def test_a_category_of_its_own_goes_before_its_group(routing: Routing) -> None:
    tree = routing.departments
    assert destination(tree, "women_workers", "labour_protection").department == "city-women"
    assert destination(tree, "heat", "labour_protection").department == "city-labour"
    nearer = destination(tree, "women_workers", "labour_protection", place="北城区")
    assert nearer.department == "beicheng-rights"
