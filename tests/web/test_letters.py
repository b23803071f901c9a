"""Pages of letters and reminders, as people with browsers find them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from hotline import clock
from hotline.accounts.models import Account
from hotline.accounts.roles import Role
from hotline.cases.models import Case
from hotline.letters.models import Letter
from hotline.reminders.models import Audience, ObjectKind, Reminder, Step
from hotline.routing.unit_tree import UnitRow
from tests.factories import WAGES
from tests.organisations import put_organisations
from tests.service import MEDIATION, Service
from tests.web.visitor import Arrive, acts


async def _case(service: Service) -> str:
    operator = await service.person("operator9", Role.OPERATOR)
    _, case, _ = await service.call("POST", "/calls", operator, json={"narrative": WAGES, "employer": "滨海船厂"})
    assert case["department"] == MEDIATION
    return str(case["number"])


async def test_a_letter_is_drafted_on_the_page_of_a_case_signed_off_and_taken_along(
    service: Service, arrive: Arrive
) -> None:
    number = await _case(service)
    staff, lead = await arrive("staff1", Role.STAFF, MEDIATION), await arrive("lead1", Role.LEAD, MEDIATION)
    assert "起草提示函" in (await staff.get(f"/cases/{number}"))[1]
    status, page, _ = await staff.post("/letters", {"case": number, "employer": "滨" * 201})
    assert status == 422
    assert "滨" * 201 in page
    assert (await staff.post("/letters", {"case": "2026-999999", "employer": ""}))[0] == 404
    for with_number in ("滨海船厂 13987654321", "滨海船厂 139****4321"):
        assert (await staff.post("/letters", {"case": number, "employer": with_number}))[0] == 422
    status, _, headers = await staff.post("/letters", {"case": number, "employer": "滨海船厂"})
    assert status == 303
    there = headers["Location"]
    page = (await staff.get(there))[1]
    assert "草稿" in page
    assert f"{there}/sign" not in page
    version = re.search(r'name="version" value="(\d+)"', (await lead.get(there))[1])
    assert version is not None
    assert (await lead.post(f"{there}/sign", {"version": version.group(1)}))[0] == 303
    assert (await lead.post(f"{there}/sign", {"version": version.group(1)}))[0] == 412
    assert "号" in (await staff.get(f"/cases/{number}"))[1]

    async with staff.http.get(f"{service.url}{there}.pdf") as answer:
        made = await answer.read()
        assert answer.content_type == "application/pdf"
        assert "filename*=UTF-8''%E6%BB%A8" in answer.headers["Content-Disposition"]
    assert made.startswith(b"%PDF")
    async with staff.http.get(f"{service.url}{there}.docx") as answer:
        assert (await answer.read()).startswith(b"PK")
    assert {"letter.draft", "letter.sign", "letter.print", "letter.read"} <= {*await acts(service)}
    assert (await staff.post(f"{there}/serve", {"served_on": "2000-01-01"}))[0] == 412  # without its version

    withdrawn = {"version": "2", "reason": "已与 13987654321 说明"}
    assert (await lead.post(f"{there}/withdraw", withdrawn))[0] == 303
    page = (await staff.get(there))[1]
    assert "139****4321" in page
    assert "13987654321" not in page


async def test_letters_and_reminders_are_nothing_to_those_who_administer(arrive: Arrive) -> None:
    for login, role in (("auditor1", Role.AUDITOR), ("administrator1", Role.ADMINISTRATOR)):
        visitor = await arrive(login, role)
        for path in ("/letters", "/reminders", "/letters/1", "/letters/1.pdf"):
            assert (await visitor.get(path))[0] == 403, (login, path)


async def test_an_empty_list_says_what_happens_next(arrive: Arrive) -> None:
    visitor = await arrive("supervisor1", Role.SUPERVISOR)
    assert "还没有函件" in (await visitor.get("/letters"))[1]
    assert "没有这样的函件" in (await visitor.get("/letters?kind=urge&state=sent"))[1]
    assert "没有需要提醒的事项" in (await visitor.get("/reminders"))[1]
    for path in ("/letters?kind=love", "/letters?before=0", "/reminders?before=x", "/letters/999999"):
        assert 400 <= (await visitor.get(path))[0] < 500, path


async def test_a_reminder_is_counted_read_and_then_counted_no_longer(service: Service, arrive: Arrive) -> None:
    number = await _case(service)
    visitor = await arrive("staff1", Role.STAFF, MEDIATION)
    other = await arrive("staff2", Role.STAFF, "city-legal")
    async with service.database.transaction() as session:
        case_id = (await session.scalars(select(Case.id))).one()
        account_id = (await session.scalars(select(Account.id).where(Account.login == "staff1"))).one()
        for step, audience in ((Step.DUE_SOON, Audience.PERSON), (Step.OVERDUE, Audience.DEPARTMENT)):
            session.add(
                Reminder(
                    object_kind=ObjectKind.CASE, object_id=case_id, step=step, audience=audience,
                    due_at=datetime(2026, 3, 4, tzinfo=UTC), at=clock.now() - timedelta(hours=1), case_id=case_id,
                    recipient_id=account_id if audience is Audience.PERSON else None,
                    department=MEDIATION if audience is Audience.DEPARTMENT else None,
                    facts={"number": number, "category": ""},
                )
            )  # fmt: skip
    page = (await visitor.get("/reminders"))[1]
    assert page.count("标为已读</button>") == 3  # one for each, one for all
    assert number in page
    assert number not in (await other.get("/reminders"))[1]
    assert re.search(r'data-count="reminders">2<', (await visitor.get("/letters"))[1])
    one = re.search(r'action="(/reminders/\d+/read)"', page)
    assert one is not None
    assert (await other.post(one.group(1)))[0] == 303
    assert (await visitor.get("/reminders"))[1].count("标为已读</button>") == 3
    assert (await visitor.post(one.group(1)))[0] == 303
    assert (await visitor.get("/reminders"))[1].count("标为已读</button>") == 2
    assert (await visitor.post("/reminders/read"))[0] == 303
    assert "标为已读</button>" not in (await visitor.get("/reminders"))[1]


async def test_an_election_is_filed_and_its_date_moves_on(service: Service, arrive: Arrive) -> None:
    async with service.database.transaction() as session:
        await put_organisations(session, [UnitRow(1, "E1", "滨海船厂工会")])
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    wrong = await supervisor.post("/organisations/E1/election", {"held_on": "2030-01-01", "next_election_on": "x"})
    assert wrong[0] == 422
    backwards = {"held_on": "2026-03-02", "next_election_on": "2021-03-02"}
    status, page, _ = await supervisor.post("/organisations/E1/election", backwards)
    assert status == 422
    assert 'value="2026-03-02"' in page
    right = {**backwards, "next_election_on": "2031-03-02"}
    assert (await supervisor.post("/organisations/E1/election", right))[0] == 303
    page = (await supervisor.get("/organisations/E1"))[1]
    assert "下次换届日期2031年3月2日" in page
    async with service.database.transaction() as session:
        assert (await session.scalars(select(Letter))).all() == []
