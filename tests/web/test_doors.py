"""The doors: who gets in, what is told to those who do not, and where they go next."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from hotline import clock
from hotline.accounts import codes, people
from hotline.accounts.asking import AtTheMachine
from hotline.accounts.roles import Role
from hotline.settings import load_settings
from hotline.storage.database import Database
from hotline.web.app import make_app
from hotline.web.console.doors import own_path
from hotline.web.keys import DEMO, DemoAccount
from tests.factories import policy
from tests.service import MEDIATION, PASSWORD, Service, running_service
from tests.web.visitor import Visitor, acts

OWN = "一句自己想出来的长话 2026"


@pytest.fixture
async def browser(service: Service) -> Any:
    async with Visitor(service) as opened:
        yield opened


async def test_who_knows_the_password_begins_where_the_work_is(service: Service, browser: Visitor) -> None:
    await service.person("lihua", Role.OPERATOR, password=True)
    status, _text, headers = await browser.sign_in(" Ｌihua ")
    assert (status, headers["Location"]) == (303, "/")
    cookie = headers["Set-Cookie"]
    assert cookie.startswith("hotline_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    status, _text, headers = await browser.get("/")
    assert (status, headers["Location"]) == (303, "/intake")
    assert await acts(service) == ["sign_in"]


async def test_over_https_the_cookie_cannot_be_set_by_anybody_else(database_url: str) -> None:
    async with running_service(database_url, public_url="https://hotline.example") as service, Visitor(service) as one:
        await service.person("lihua", Role.OPERATOR, password=True)
        _status, _text, headers = await one.sign_in("lihua")
        assert headers["Set-Cookie"].startswith("__Host-hotline_session=")
        assert "Secure" in headers["Set-Cookie"]
        key = headers["Set-Cookie"].split("=")[1].split(";")[0]
        assert (await one.get("/me", Cookie=f"__Host-hotline_session={key}"))[0] == 200
        assert (await one.get("/me", Cookie=f"hotline_session={key}"))[0] == 303


async def test_absent_disabled_and_wrong_are_answered_alike(service: Service, browser: Visitor) -> None:
    await service.person("wrong", Role.OPERATOR, password=True)
    await service.person("gone", Role.OPERATOR, password=True)
    await service.person("machine", Role.OPERATOR)
    async with service.database.transaction() as session:
        await people.disable_account(AtTheMachine(session, clock.now()), "gone")
    answers = set()
    for login, password in (("wrong", "not it"), ("gone", PASSWORD), ("machine", ""), ("nobody", PASSWORD)):
        status, text, headers = await browser.sign_in(login, password)
        names = {name for name in headers if name not in {"Date", "X-Request-ID"}}
        answers.add((status, text.replace(f'value="{login}"', ""), frozenset(names)))
        assert f'value="{login}"' in text
        assert password == "" or password not in text
    assert len(answers) == 1
    assert next(iter(answers))[0] == 422


async def test_a_refused_sign_in_stays_counted_and_is_answered_429_in_the_end(
    service: Service, browser: Visitor
) -> None:
    await service.person("lihua", Role.OPERATOR, password=True)
    statuses = [(await browser.sign_in("lihua", f"wrong {n}"))[0] for n in range(6)]
    assert statuses == [422] * 5 + [429]
    status, text, headers = await browser.sign_in("lihua")
    assert status == 429
    assert 0 < int(headers["Retry-After"]) <= 15 * 60 + 1
    assert 'role="alert"' in text
    assert await acts(service) == ["sign_in.blocked"] + ["sign_in.failed"] * 4


AWAY = (
    "//evil.example", "/\\evil.example", "/\t/evil.example", "\t//evil.example", "https:evil.example", "https://e.x",
    "///e.x", "/a\r\nSet-Cookie: x=y", "javascript:alert(1)", "", "intake", "/" + "a" * 2000, "/\u202e", "/ /e.x",
    "/a\\..\\\\e.x", "\\\\e.x",
)  # fmt: skip


async def test_nobody_is_sent_away_after_signing_in(service: Service, browser: Visitor) -> None:
    assert {path: own_path(path) for path in AWAY} == dict.fromkeys(AWAY, "")
    await service.person("lihua", Role.OPERATOR, password=True)
    for path in AWAY[:4]:
        _status, _text, headers = await browser.sign_in("lihua", next=path)
        assert headers["Location"] == "/"


async def test_who_had_to_sign_in_first_goes_on_where_the_way_led(service: Service, browser: Visitor) -> None:
    await service.person("lihua", Role.OPERATOR, password=True)
    status, _text, headers = await browser.get("/search?q=%E5%B7%A5%E8%B5%84&after=3")
    assert status == 303
    status, text, _headers = await browser.get(headers["Location"])
    assert status == 200
    kept = re.search(r'name="next" value="(/search[^"]*)"', text)
    assert kept
    _status, _text, headers = await browser.sign_in("lihua", next=kept.group(1).replace("&amp;", "&"))
    assert headers["Location"] == "/search?q=%E5%B7%A5%E8%B5%84&after=3"


async def test_a_key_set_before_signing_in_opens_nothing_afterwards(service: Service, browser: Visitor) -> None:
    await service.person("lihua", Role.OPERATOR, password=True)
    await service.person("wumei", Role.OPERATOR, password=True)
    planted = "A" * 43
    browser.http.cookie_jar.update_cookies({"hotline_session": planted}, URL(service.url))
    await browser.sign_in("lihua")
    first = browser.http.cookie_jar.filter_cookies(URL(service.url))["hotline_session"].value
    assert first != planted
    await browser.sign_in("wumei")
    async with Visitor(service) as other:
        assert (await other.get("/me", Cookie=f"hotline_session={first}"))[0] == 303
        assert (await other.get("/me", Cookie=f"hotline_session={planted}"))[0] == 303
    status, text, _headers = await browser.get("/me")
    assert status == 200
    assert "测试wumei" in text


FOREIGN: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
)


async def test_another_site_signs_nobody_in(service: Service, browser: Visitor) -> None:
    await service.person("lihua", Role.OPERATOR, password=True)
    for headers in FOREIGN:
        status, _text, answered = await browser.post(
            "/sign-in", {"login": "lihua", "password": PASSWORD}, csrf=False, **headers
        )
        assert status == 403
        assert "hotline_session" not in answered.get("Set-Cookie", "")


async def test_over_plain_http_forms_say_where_they_come_from(service: Service, browser: Visitor) -> None:
    """A browser says nothing of the site then, and names an origin only where the policy on referrers lets it."""
    await service.person("lihua", Role.OPERATOR, password=True)
    assert (await browser.get("/sign-in"))[2]["Referrer-Policy"] == "same-origin"
    fields = {"login": "lihua", "password": PASSWORD}
    assert (await browser.post("/sign-in", fields, csrf=False, Origin=service.url))[0] == 303


async def test_signing_out_ends_the_session_itself(service: Service, browser: Visitor) -> None:
    await service.person("lihua", Role.OPERATOR, password=True)
    await browser.sign_in("lihua")
    key = browser.http.cookie_jar.filter_cookies(URL(service.url))["hotline_session"].value
    assert (await browser.post("/sign-out", csrf=False))[0] == 403
    status, _text, headers = await browser.post("/sign-out")
    assert (status, headers["Location"]) == (303, "/sign-in")
    assert not browser.http.cookie_jar.filter_cookies(URL(service.url))
    assert (await browser.get("/me", Cookie=f"hotline_session={key}"))[0] == 303
    assert (await acts(service))[0] == "sign_out"


async def test_the_language_stays_with_the_browser_and_with_the_account(service: Service, browser: Visitor) -> None:
    await service.person("lihua", Role.OPERATOR, password=True)
    assert '<html lang="zh-CN">' in (await browser.get("/sign-in"))[1]
    status, _text, headers = await browser.post("/language", {"lang": "en", "next": "/sign-in"}, csrf=False)
    assert (status, headers["Location"]) == (303, "/sign-in")
    assert '<html lang="en">' in (await browser.get("/sign-in"))[1]
    await browser.sign_in("lihua")
    assert '<html lang="en">' in (await browser.get("/me"))[1]
    await browser.post("/language", {"lang": "en", "next": "//evil.example"})
    async with Visitor(service) as elsewhere:
        await elsewhere.sign_in("lihua")
        assert '<html lang="en">' in (await elsewhere.get("/me"))[1]
        _status, _text, headers = await elsewhere.post("/language", {"lang": "xx\r\nX: y"})
        assert "Set-Cookie" not in headers


async def first_codes(service: Service) -> dict[Role, str]:
    async with service.database.transaction() as session:
        return {role: made.code for role, made in (await codes.make_first_codes(session, now=clock.now())).items()}


async def test_the_first_two_accounts_come_from_codes_that_open_once(service: Service, browser: Visitor) -> None:
    made = await first_codes(service)
    fields = {"code": f" {made[Role.ADMINISTRATOR]} ", "login": "Boss", "name": "王主任", "password": OWN, "again": OWN}
    status, _text, headers = await browser.post("/first-administrator", fields, csrf=False)
    assert (status, headers["Location"]) == (303, "/sign-in")
    assert "boss" in (await browser.get("/sign-in"))[1]
    again = fields | {"login": "second"}
    assert (await browser.post("/first-administrator", again, csrf=False))[0] == 422
    again["code"] = made[Role.SECURITY_OFFICER]
    assert (await browser.post("/first-administrator", again, csrf=False))[0] == 303
    assert (await browser.sign_in("boss", OWN))[0] == 303
    assert (await browser.get("/"))[2]["Location"] == "/accounts"
    assert await first_codes(service) == {}


async def test_every_mistake_of_the_first_account_is_named_and_the_code_stays_good(
    service: Service, browser: Visitor
) -> None:
    made = await first_codes(service)
    fields = {"code": made[Role.ADMINISTRATOR], "login": "王", "name": "\x00", "password": "12351", "again": "12352"}
    status, text, _headers = await browser.post("/first-administrator", fields, csrf=False)
    assert status == 422
    assert all(f'id="f-{name}-mistake"' in text for name in ("login", "name", "password", "again"))
    assert '12351"' not in text
    fields = {"code": made[Role.ADMINISTRATOR], "login": "boss", "name": "王", "password": OWN, "again": OWN + "x"}
    status, text, _headers = await browser.post("/first-administrator", fields, csrf=False)
    assert status == 422
    assert 'id="f-again-mistake"' in text
    assert 'value="boss"' in text
    assert (await browser.post("/first-administrator", fields | {"again": OWN}, csrf=False))[0] == 303


NO_CODES = ("", " ", "\x00", "abcdef-abcdef-abcdef-abcdef", "' or 1=1 --", "a" * 5000)


async def test_what_is_no_code_opens_nothing(service: Service, browser: Visitor) -> None:
    await first_codes(service)
    for code in NO_CODES:
        fields = {"code": code, "login": "boss", "name": "王", "password": OWN, "again": OWN}
        for path in ("/first-administrator", "/new-password"):
            status, text, _headers = await browser.post(path, fields, csrf=False)
            assert status == 422
            assert 'id="f-code-mistake"' in text


async def invited(service: Service, login: str) -> str:
    async with service.database.transaction() as session:
        added = await people.add_account(
            AtTheMachine(session, clock.now()),
            login=login,
            name="新同事",
            role=Role.STAFF,
            department=MEDIATION,
            departments={one.code for one in policy().departments},
        )
    assert added.code is not None
    return added.code.code


async def test_an_invited_person_chooses_the_password_with_the_code(service: Service, browser: Visitor) -> None:
    code = await invited(service, "xin")
    fields = {"code": code, "password": OWN, "again": "something else"}
    status, text, _headers = await browser.post("/new-password", fields, csrf=False)
    assert status == 422
    assert 'id="f-again-mistake"' in text
    assert (await browser.sign_in("xin", OWN))[0] == 422
    fields["again"] = OWN
    assert (await browser.post("/new-password", fields, csrf=False))[0] == 303
    assert (await browser.sign_in("xin", OWN))[0] == 303
    assert (await browser.post("/new-password", fields, csrf=False))[0] == 422


async def test_of_two_who_use_a_code_at_once_one_succeeds(service: Service, browser: Visitor) -> None:
    code = await invited(service, "xin")
    tries = [{"code": code, "password": f"{OWN}{n}", "again": f"{OWN}{n}"} for n in range(4)]
    statuses = await asyncio.gather(*(browser.post("/new-password", one, csrf=False) for one in tries))
    assert sorted(status for status, _text, _headers in statuses) == [303, 422, 422, 422]


async def test_only_the_demonstration_shows_passwords(database: Database) -> None:
    app = make_app(load_settings(), database, policy())
    async with TestClient(TestServer(app)) as client:
        assert await (await client.get("/first-administrator")).text()
        assert PASSWORD not in await (await client.get("/sign-in")).text()
        app[DEMO].append(DemoAccount("operator1", PASSWORD, Role.OPERATOR))
        shown = await (await client.get("/sign-in")).text()
        assert "operator1" in shown
        assert PASSWORD in shown


async def test_a_session_ends_after_half_an_hour_without_a_request(database_url: str) -> None:
    async with running_service(database_url, session_idle_minutes=30) as service, Visitor(service) as browser:
        await service.person("lihua", Role.OPERATOR, password=True)
        await browser.sign_in("lihua")
        assert (await browser.get("/me"))[0] == 200
        async with service.database.transaction() as session:
            connection = await session.connection()
            await connection.exec_driver_sql("update sessions set seen_at = seen_at - interval '31 minutes'")
        assert (await browser.get("/me"))[0] == 303
