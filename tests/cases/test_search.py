"""Searching finds numbers, names and words of two characters, and only for those who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases import search_statements
from hotline.cases.grams import grams, like, normal, terms
from hotline.cases.handling import perform
from hotline.cases.queue import After, Desk, Filters, count_desks, find_cases, list_cases
from hotline.cases.search import search_cases
from hotline.work import Work
from tests.factories import NOON, WAGES, locked, make_actor, make_case, make_work

MEDIATION = "city-mediation"
DESKS = (MEDIATION, "city-help", "city-legal")


@pytest.fixture
async def operator(session: AsyncSession) -> Work:
    return make_work(session, await make_actor(session))


async def _found(work: Work, query: str, **more: object) -> list[str]:
    return [row.number for row in (await search_cases(work, query, **more)).rows]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    ["矽肺", "噪声聋", "高温津贴", "矽肺 高温", "ＫＴＶ", "恒远机械", "矽", "138 0000 9876", "9876", "李建国", "建国"],
)
async def test_words_numbers_and_names_are_found(operator: Work, query: str) -> None:
    text = "我在ktv对面的厂里得了矽肺和噪声聋，没有高温津贴"
    case = await make_case(operator, text, number="13800009876", caller_name="李建国", employer="恒远机械")
    await make_case(operator, "完全不同的一件事", number="13900000000")
    assert await _found(operator, query) == [case.case.number]


async def test_the_number_of_a_case_finds_it(operator: Work) -> None:
    case = await make_case(operator)
    assert await _found(operator, case.case.number) == [case.case.number]


@pytest.mark.parametrize("query", ["%", "_", "\\", "钓鱼", "矽肺%", "'; drop table cases; --", "\x00", ""])
async def test_signs_mean_themselves(operator: Work, query: str) -> None:
    await make_case(operator)
    assert await _found(operator, query) == []


async def test_staff_finds_words_of_the_own_department_but_no_callers(session: AsyncSession, operator: Work) -> None:
    case = await make_case(operator, WAGES, number="13800009876", caller_name="李建国")
    await make_case(operator, "我想申请金秋助学，孩子上大学没钱交学费")
    staff = make_work(session, await make_actor(session, Role.STAFF, department=MEDIATION))
    assert await _found(staff, "工资") == [case.case.number]
    assert await _found(staff, "助学") == []
    assert await _found(staff, "李建国") == []
    assert await _found(staff, "13800009876") == []


async def test_a_case_is_found_on_the_desk_it_lies_on_and_on_no_other(session: AsyncSession, operator: Work) -> None:
    taken = await make_case(operator)
    there = {code: make_work(session, await make_actor(session, Role.STAFF, department=code)) for code in DESKS}
    supervisor = make_work(session, await make_actor(session, Role.SUPERVISOR))

    async def found() -> set[str]:
        await session.flush()
        by_right = {code for code, work in there.items() if await _found(work, "工资")}
        by_filter = {code for code in DESKS if await _found(supervisor, "工资", filters=Filters(department=code))}
        assert by_filter <= by_right
        return by_right

    assert await found() == {MEDIATION}
    await perform(supervisor, await locked(supervisor, taken), d.CoHandle(department="city-help", reason="困难"))
    assert await found() == {MEDIATION, "city-help"}
    await perform(supervisor, await locked(supervisor, taken), d.HandOver(department="city-legal", reason="要打官司"))
    assert await found() == {"city-legal", "city-help"}
    handler = there["city-legal"]
    await perform(
        handler, await locked(handler, taken), d.Return(reason_code=d.ReturnReason.WRONG_DEPARTMENT, reason="不归我们")
    )
    assert await found() == {"city-help"}
    assert await _found(operator, "工资") == [taken.case.number]


async def test_the_second_step_finds_what_is_not_among_the_newest(
    session: AsyncSession, operator: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_statements, "NEWEST", 1)
    monkeypatch.setattr(search_statements, "NEWEST_ON_DESKS", 1)
    search_statements.of_one_word.cache_clear()
    search_statements.of_several_words.cache_clear()
    made = [(await make_case(operator, f"{WAGES}，第{place}次")).case.number for place in range(3)][::-1]
    staff = make_work(session, await make_actor(session, Role.STAFF, department=MEDIATION))
    for work in (operator, staff):
        for query in ("工资", "拖欠工资", "工资 工地", "工资 老 板"):
            assert await _found(work, query) == made
        assert await _found(work, "工资", size=2) == made[:2]
    search_statements.of_one_word.cache_clear()
    search_statements.of_several_words.cache_clear()


async def test_a_confidential_case_of_a_colleague_is_not_found_nor_counted(
    session: AsyncSession, operator: Work
) -> None:
    case = await make_case(operator, confidential=True, number="13800009876")
    colleague = make_work(session, await make_actor(session))
    assert await _found(colleague, "工资") == []
    assert await _found(colleague, "13800009876") == []
    assert await _found(operator, "工资") == [case.case.number]


async def test_pages_follow_each_other_without_gap_or_repeat(operator: Work) -> None:
    made = [(await make_case(operator)).case.number for _ in range(7)]
    seen: list[str] = []
    after: After | None = None
    while True:
        page = await search_cases(operator, "工资", after=after, size=3)
        seen += [row.number for row in page.rows]
        if (after := page.next) is None:
            break
    assert seen == made[::-1]


async def test_a_list_by_due_date_is_paged_by_key(session: AsyncSession, operator: Work) -> None:
    made = {(await make_case(operator)).case.number for _ in range(5)}
    staff = make_work(session, await make_actor(session, Role.STAFF, department=MEDIATION))
    seen: list[str] = []
    after: After | None = None
    while True:
        page = await list_cases(staff, Desk.QUEUE, after=after, size=2)
        seen += [row.number for row in page.rows]
        if (after := page.next) is None:
            break
    assert set(seen) == made
    assert len(seen) == len(made)
    assert await count_desks(staff, [Desk.QUEUE, Desk.WAITING, Desk.MINE]) == {"queue": 5, "waiting": 5, "mine": 0}


async def test_only_what_is_overdue_is_counted_as_overdue(session: AsyncSession, operator: Work) -> None:
    await make_case(operator)
    lead = await make_actor(session, Role.LEAD, department=MEDIATION)
    both = [Desk.OPEN, Desk.OVERDUE]
    assert await count_desks(make_work(session, lead), both) == {"open": 1, "overdue": 0}
    later = make_work(session, lead, now=NOON + timedelta(days=30))
    assert await count_desks(later, both) == {"open": 1, "overdue": 1}
    assert len((await list_cases(later, Desk.OVERDUE)).rows) == 1


async def test_filters_narrow_what_one_may_see(session: AsyncSession, operator: Work) -> None:
    case = await make_case(operator)
    await make_case(operator, "我想申请金秋助学，孩子上大学没钱交学费")
    found = await find_cases(operator, filters=Filters(department=MEDIATION))
    assert [row.number for row in found.rows] == [case.case.number]
    staff = make_work(session, await make_actor(session, Role.STAFF, department="city-legal"))
    assert (await find_cases(staff, filters=Filters(department=MEDIATION))).rows == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_part_of_a_text_has_only_grams_of_the_text(before: str, part: str) -> None:
    whole = normal(before) + normal(part)
    assert set(grams(normal(part))) <= set(grams(whole))


@given(st.text(max_size=200))
def test_terms_are_normal_few_and_never_empty(query: str) -> None:
    found = terms(query)
    assert len(found) <= 8
    assert all(term and term == normal(term) for term in found)
    assert all(like(term).startswith("%") for term in found)
