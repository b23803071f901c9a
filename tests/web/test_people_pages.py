"""Accounts and one's own account, as pages: who may, what ends at once, what is shown once, what is written down."""

from __future__ import annotations

import re

import pytest

from hotline import clock
from hotline.accounts.roles import Role
from hotline.accounts.tokens import create_token
from tests.service import MEDIATION, PASSWORD, Service
from tests.web.visitor import Arrive, Visitor, acts

CODE = re.compile(r'class="once">(\w{6}(?:-\w{6}){3})<')
TOKEN = re.compile(r'class="once">(hl_[\w-]{43})<')
OWN = "一句自己想出来的长话 2026"


def new_account(**changes: str) -> dict[str, str]:
    fields = {"login": "xinren", "name": "新人", "role": "staff", "department": MEDIATION, "current": PASSWORD}
    return fields | changes


async def test_a_security_officer_makes_an_account_and_hands_over_a_code(service: Service, arrive: Arrive) -> None:
    officer = await arrive("security", Role.SECURITY_OFFICER)
    status, text, _headers = await officer.post("/accounts", new_account())
    assert status == 200
    code = CODE.search(text)
    assert code
    async with Visitor(service) as new:
        fields = {"code": code.group(1), "password": OWN, "again": OWN}
        assert (await new.post("/new-password", fields, csrf=False))[0] == 303
        assert (await new.sign_in("xinren", OWN))[0] == 303
        assert (await new.get("/"))[2]["Location"] == "/desks/queue"
    assert CODE.search((await officer.get("/accounts"))[1]) is None
    assert (await acts(service, actor="security"))[0] == "account.add"


async def test_every_mistake_of_a_new_account_is_named_and_nothing_typed_is_lost(arrive: Arrive) -> None:
    officer = await arrive("security", Role.SECURITY_OFFICER)
    status, text, _headers = await officer.post("/accounts", new_account(login="新", name="  ", department=""))
    assert status == 422
    assert all(f'id="f-{name}-mistake"' in text for name in ("login", "name", "department"))
    assert 'value="新"' in text
    assert '<option value="staff" selected>' in text
    assert PASSWORD not in text
    for changes in ({"role": "king"}, {"role": ""}, {"login": "security"}, {"department": "nowhere"}):
        assert (await officer.post("/accounts", new_account(**changes)))[0] == 422


async def test_a_role_is_given_only_by_who_proves_to_be_still_there(service: Service, arrive: Arrive) -> None:
    officer = await arrive("security", Role.SECURITY_OFFICER)
    await service.person("lihua", Role.OPERATOR)
    for path, fields in (("/accounts", new_account()), ("/accounts/lihua/role", {"role": "supervisor"})):
        status, text, _headers = await officer.post(path, fields | {"current": "not mine"})
        assert status == 422
        assert 'id="f-current-mistake"' in text
    assert "xinren" not in (await officer.get("/accounts"))[1]
    assert "account.add" not in await acts(service, actor="security")
    assert "role.give" not in await acts(service, actor="security")


async def test_an_administrator_gives_no_role_and_a_security_officer_disables_nobody(
    service: Service, arrive: Arrive
) -> None:
    admin = await arrive("admin", Role.ADMINISTRATOR)
    officer = await arrive("security", Role.SECURITY_OFFICER)
    await service.person("lihua", Role.OPERATOR)
    assert (await admin.post("/accounts", new_account()))[0] == 403
    assert (await admin.post("/accounts/lihua/role", {"role": "auditor", "current": PASSWORD}))[0] == 403
    assert "/accounts/lihua/role" not in (await admin.get("/accounts/lihua"))[1]
    for step in ("disable", "enable", "sign-out", "name", "tokens"):
        assert (await officer.post(f"/accounts/lihua/{step}", {"name": "x"}))[0] == 403
        assert f"/accounts/lihua/{step}" not in (await officer.get("/accounts/lihua"))[1]


async def test_a_disabled_account_is_out_at_once_and_comes_back_with_its_password(
    service: Service, arrive: Arrive
) -> None:
    admin = await arrive("admin", Role.ADMINISTRATOR)
    person = await arrive("lihua", Role.OPERATOR)
    token = await service.person("machine", Role.OPERATOR)
    assert (await admin.post("/accounts/lihua/disable"))[0] == 303
    assert (await person.get("/intake"))[0] == 303
    assert (await person.sign_in("lihua"))[0] == 422
    assert (await service.call("GET", "/cases", token))[0] == 200
    assert (await admin.post("/accounts/machine/disable"))[0] == 303
    assert (await service.call("GET", "/cases", token))[0] == 401
    assert (await admin.post("/accounts/lihua/enable"))[0] == 303
    assert (await person.sign_in("lihua"))[0] == 303


async def test_a_new_role_ends_what_was_open_under_the_old_one(service: Service, arrive: Arrive) -> None:
    officer = await arrive("security", Role.SECURITY_OFFICER)
    person = await arrive("lihua", Role.OPERATOR)
    status, text, _headers = await officer.post("/accounts/lihua/role", {"role": "staff", "current": PASSWORD})
    assert status == 422
    assert 'id="f-department-mistake"' in text
    assert (await person.get("/intake"))[0] == 200
    fields = {"role": "staff", "department": MEDIATION, "current": PASSWORD}
    assert (await officer.post("/accounts/lihua/role", fields))[0] == 303
    assert (await person.get("/intake"))[0] == 303
    await person.sign_in("lihua")
    assert (await person.get("/intake"))[0] == 403
    assert (await person.get("/desks/queue"))[0] == 200
    assert (await acts(service, actor="security"))[0] == "role.give"


async def test_nobody_decides_about_the_own_account_and_the_last_ones_stay(arrive: Arrive) -> None:
    admin = await arrive("admin", Role.ADMINISTRATOR)
    officer = await arrive("security", Role.SECURITY_OFFICER)
    status, text, _headers = await admin.post("/accounts/admin/disable")
    assert status == 403
    assert "Disabled" not in text
    fields = {"role": "operator", "current": PASSWORD}
    assert (await officer.post("/accounts/security/role", fields))[0] == 403
    status, text, _headers = await officer.post("/accounts/admin/role", fields)
    assert status == 409
    assert "测试admin" in text
    assert (await admin.post("/accounts/security/disable"))[0] == 409
    assert (await admin.get("/accounts"))[0] == 200
    assert (await officer.get("/accounts"))[0] == 200


async def test_a_forgotten_password_is_chosen_anew_by_its_owner_alone(service: Service, arrive: Arrive) -> None:
    admin = await arrive("admin", Role.ADMINISTRATOR)
    person = await arrive("lihua", Role.OPERATOR)
    status, text, _headers = await admin.post("/accounts/lihua/code")
    assert status == 200
    code = CODE.search(text)
    assert code
    assert (await person.get("/intake"))[0] == 200
    async with Visitor(service) as other:
        fields = {"code": code.group(1), "password": OWN, "again": OWN}
        assert (await other.post("/new-password", fields, csrf=False))[0] == 303
    assert (await person.get("/intake"))[0] == 303
    assert (await person.sign_in("lihua", PASSWORD))[0] == 422
    assert (await person.sign_in("lihua", OWN))[0] == 303


@pytest.mark.parametrize("role", [Role.SECURITY_OFFICER, Role.AUDITOR])
async def test_an_administrator_cannot_become_who_watches_over_him(
    service: Service, arrive: Arrive, role: Role
) -> None:
    admin = await arrive("admin", Role.ADMINISTRATOR)
    await service.person("watch", role)
    assert "/accounts/watch/code" not in (await admin.get("/accounts/watch"))[1]
    status, text, _headers = await admin.post("/accounts/watch/code")
    assert status == 403
    assert CODE.search(text) is None


async def test_signing_out_everywhere_ends_every_session(arrive: Arrive, service: Service) -> None:
    admin = await arrive("admin", Role.ADMINISTRATOR)
    person = await arrive("lihua", Role.OPERATOR)
    text = (await admin.get("/accounts/lihua"))[1]
    (session,) = re.findall(r'action="(/sessions/[0-9a-f]{32}/end)"', text)
    status, _text, headers = await admin.post(session, {"next": "/accounts/lihua"})
    assert (status, headers["Location"]) == (303, "/accounts/lihua")
    assert (await person.get("/intake"))[0] == 303
    await person.sign_in("lihua")
    assert (await admin.post("/accounts/lihua/sign-out"))[0] == 303
    assert (await person.get("/intake"))[0] == 303
    assert (await acts(service, actor="admin"))[:2] == ["session.end", "session.end"]


async def test_an_absent_account_is_no_page(arrive: Arrive) -> None:
    admin = await arrive("admin", Role.ADMINISTRATOR)
    for login in ("nobody", "..", "a", "%00", "%E7%8E%8B", "a" * 65, "Admin"):
        assert (await admin.get(f"/accounts/{login}"))[0] == 404
    assert (await admin.post("/accounts/nobody/disable"))[0] == 404


async def test_accounts_are_paged_by_login(service: Service, arrive: Arrive) -> None:
    admin = await arrive("admin", Role.ADMINISTRATOR)
    for number in range(55):
        await service.person(f"operator-{number:02}", Role.OPERATOR)
    text = (await admin.get("/accounts"))[1]
    found = re.search(r'rel="next" href="([^"]+)"', text)
    assert found
    assert "operator-54" not in text
    assert "operator-54" in (await admin.get(found.group(1)))[1]
    assert (await admin.get("/accounts?after=%00"))[0] == 200
    assert (await admin.get("/accounts?who=me"))[0] == 422


async def test_a_changed_password_ends_every_other_session_and_goes_on_in_this_one(
    service: Service, arrive: Arrive
) -> None:
    person = await arrive("lihua", Role.OPERATOR)
    before = person.key
    fields = {"current": PASSWORD, "password": OWN, "again": OWN}
    async with Visitor(service) as elsewhere:
        await elsewhere.sign_in("lihua")
        assert (await person.post("/me/password", fields))[0] == 303
        assert (await elsewhere.get("/me"))[0] == 303
        assert (await elsewhere.sign_in("lihua", OWN))[0] == 303
    assert person.key != before
    assert (await person.get("/me"))[0] == 200
    assert (await acts(service, actor="lihua"))[1] == "password.change"


async def test_every_mistake_of_a_new_password_is_named_and_nothing_changes(arrive: Arrive) -> None:
    person = await arrive("lihua", Role.OPERATOR)
    fields = {"current": "not this", "password": "12351", "again": "12345"}
    status, text, _headers = await person.post("/me/password", fields)
    assert status == 422
    assert all(f'id="f-{name}-mistake"' in text for name in ("current", "password", "again"))
    fields = {"current": PASSWORD, "password": OWN, "again": f"{OWN}!"}
    status, text, _headers = await person.post("/me/password", fields)
    assert status == 422
    assert len(re.findall(r"/sessions/|tag info", text)) == 1
    assert OWN not in text
    assert (await person.sign_in("lihua"))[0] == 303


async def test_guessing_the_own_password_at_an_open_screen_is_stopped(arrive: Arrive) -> None:
    person = await arrive("lihua", Role.OPERATOR)
    fields = {"current": "guess", "password": OWN, "again": OWN}
    statuses = [(await person.post("/me/password", fields))[0] for _ in range(6)]
    assert statuses == [422] * 5 + [409]
    assert (await person.post("/me/password", fields | {"current": PASSWORD}))[0] == 409


async def test_who_got_a_password_from_somebody_else_first_chooses_an_own_one(service: Service, arrive: Arrive) -> None:
    person = await arrive("lihua", Role.OPERATOR)
    async with service.database.transaction() as session:
        await (await session.connection()).exec_driver_sql("update accounts set must_change_password = true")
    for path in ("/", "/intake", "/desks/review", "/search"):
        status, _text, headers = await person.get(path)
        assert (status, headers["Location"]) == (303, "/me")
    assert 'role="alert"' in (await person.get("/me"))[1]
    assert (await person.post("/intake", {"narrative": "x"}))[0] == 403
    fields = {"current": PASSWORD, "password": OWN, "again": OWN}
    assert (await person.post("/me/password", fields))[2]["Location"] == "/"
    assert (await person.get("/intake"))[0] == 200


async def test_other_sessions_are_ended_one_by_one_or_all_at_once(service: Service, arrive: Arrive) -> None:
    person = await arrive("lihua", Role.OPERATOR)
    other = await arrive("wumei", Role.OPERATOR)
    async with Visitor(service) as first, Visitor(service) as second:
        await first.sign_in("lihua")
        await second.sign_in("lihua")
        ends = re.findall(r'action="(/sessions/[0-9a-f]{32}/end)"', (await person.get("/me"))[1])
        assert len(ends) == 2
        assert (await other.post(ends[0]))[0] == 404
        assert (await person.post(ends[0]))[0] == 303
        assert sorted([(await first.get("/me"))[0], (await second.get("/me"))[0]]) == [200, 303]
        assert (await person.post("/me/sessions/end-others"))[0] == 303
        assert [(await first.get("/me"))[0], (await second.get("/me"))[0]] == [303, 303]
    assert (await person.get("/me"))[0] == 200


async def test_a_token_is_shown_once_and_does_what_it_names_until_it_is_ended(service: Service, arrive: Arrive) -> None:
    person = await arrive("lihua", Role.OPERATOR)
    fields = [("name", "接口"), ("days", "３０"), ("scopes", "case.read"), ("scopes", "policy.read")]
    status, text, _headers = await person.post("/me/tokens", fields)
    assert status == 200
    token = TOKEN.search(text)
    assert token
    assert (await service.call("GET", "/cases", token.group(1)))[0] == 200
    assert (await service.call("GET", "/categories", token.group(1)))[0] == 200
    assert (await service.call("POST", "/calls", token.group(1), json={"narrative": "拖欠工资"}))[0] == 403
    text = (await person.get("/me"))[1]
    assert TOKEN.search(text) is None
    assert "接口" in text
    other = await arrive("wumei", Role.OPERATOR)
    end = re.findall(r'action="(/tokens/\d+/end)"', text)[0]
    assert (await other.post(end))[0] == 404
    assert (await person.post(end))[0] == 303
    assert (await service.call("GET", "/cases", token.group(1)))[0] == 401
    assert (await person.post("/tokens/9223372036854775808/end"))[0] == 404


async def test_every_mistake_of_a_token_is_named_and_none_is_made(service: Service, arrive: Arrive) -> None:
    person = await arrive("lihua", Role.OPERATOR)
    before = len(await acts(service))
    wrong = [("name", " "), ("days", "0"), ("scopes", "trail.read")]
    status, text, _headers = await person.post("/me/tokens", wrong)
    assert status == 422
    assert all(f'id="token-{name}-mistake"' in text for name in ("name", "days", "scopes"))
    status, text, _headers = await person.post("/me/tokens", [("name", "接口"), ("days", "x"), ("scopes", "case.read")])
    assert status == 422
    assert 'value="接口"' in text
    assert re.search(r'value="case.read" checked', text)
    assert "接口" not in re.sub(r"<input[^>]*>", "", text)
    assert (await person.post("/me/tokens", [("name", "接口")]))[0] == 422
    assert len(await acts(service)) == before


async def test_an_administrator_makes_tokens_for_machines_alone(service: Service, arrive: Arrive) -> None:
    admin = await arrive("admin", Role.ADMINISTRATOR)
    await arrive("lihua", Role.OPERATOR)
    await service.person("machine", Role.OPERATOR)
    wish = [("name", "话务系统"), ("scopes", "call.take")]
    status, text, _headers = await admin.post("/accounts/machine/tokens", wish)
    assert status == 200
    token = TOKEN.search(text)
    assert token
    assert (await service.call("POST", "/calls", token.group(1), json={"narrative": "拖欠工资"}))[0] == 201
    assert (await admin.post("/accounts/lihua/tokens", wish))[0] == 403
    assert "/accounts/lihua/tokens" not in (await admin.get("/accounts/lihua"))[1]


async def test_a_machine_is_made_without_a_code(arrive: Arrive) -> None:
    officer = await arrive("security", Role.SECURITY_OFFICER)
    fields = new_account(login="pbx", role="operator", department="", machine="yes")
    status, text, headers = await officer.post("/accounts", fields)
    assert (status, headers["Location"]) == (303, "/accounts/pbx")
    assert CODE.search(text) is None


async def test_a_token_of_ones_own_is_not_ended_by_another_role(service: Service, arrive: Arrive) -> None:
    officer = await arrive("security", Role.SECURITY_OFFICER)
    await service.person("lihua", Role.OPERATOR)
    async with service.database.transaction() as session:
        connection = await session.connection()
        (account_id,) = (await connection.exec_driver_sql("select id from accounts where login = 'lihua'")).one()
        await create_token(session, account_id=account_id, name="again", now=clock.now())
        (token_id,) = (await connection.exec_driver_sql("select max(id) from api_tokens")).one()
    text = (await officer.get("/accounts/lihua"))[1]
    assert "again" in text
    assert f"/tokens/{token_id}/end" not in text
    assert (await officer.post(f"/tokens/{token_id}/end"))[0] == 404
