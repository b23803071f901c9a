"""The table of routes: every address of the service, who may ask for it, and what answers. Nothing else is served."""

from __future__ import annotations

from typing import Final

from hotline.accounts.permissions import Permission
from hotline.web import live
from hotline.web.api import cases as api_cases
from hotline.web.api import lookups, openapi
from hotline.web.console import act, board, case, desks, doors, figures, intake, own_account, people, search, trail
from hotline.web.console.units import offer_units
from hotline.web.entrance import Route

ACCOUNT: Final = "/accounts/{login:[a-z0-9.-]{1,64}}"

PAGES: Final = (
    Route("GET", "/", doors.home, Permission.SELF, "home"),
    Route("GET", "/sign-in", doors.show_sign_in, Permission.EVERYBODY, "sign_in"),
    Route("POST", "/sign-in", doors.sign_in_now, Permission.EVERYBODY, "sign_in.send"),
    Route("POST", "/sign-out", doors.sign_out, Permission.SELF, "sign_out"),
    Route("GET", "/first-administrator", doors.show_first_admin, Permission.EVERYBODY, "first_admin"),
    Route("POST", "/first-administrator", doors.make_first_admin, Permission.EVERYBODY, "first_admin.send"),
    Route("GET", "/new-password", doors.show_new_password, Permission.EVERYBODY, "new_password"),
    Route("POST", "/new-password", doors.choose_new_password, Permission.EVERYBODY, "new_password.send"),
    Route("POST", "/language", doors.choose_language, Permission.EVERYBODY, "language"),
    Route("GET", "/me", own_account.show, Permission.SELF, "my_account"),
    Route("POST", "/me/password", own_account.change_password, Permission.SELF, "my_account.password"),
    Route("POST", "/me/sessions/end-others", own_account.end_other_sessions, Permission.SELF, "my_account.end_others"),
    Route("POST", "/me/tokens", own_account.make_token, Permission.SELF, "token.make"),
    Route("POST", "/tokens/{id:[0-9]{1,19}}/end", own_account.end_token, Permission.SELF, "token.end"),
    Route("POST", "/sessions/{id:[0-9a-f]{32}}/end", own_account.end_session, Permission.SELF, "session.end"),
    Route("GET", "/accounts", people.show_all, Permission.ACCOUNTS_READ, "accounts"),
    Route("POST", "/accounts", people.add, Permission.ROLES_GIVE, "accounts.add"),
    Route("GET", ACCOUNT, people.show, Permission.ACCOUNTS_READ, "account"),
    Route("POST", f"{ACCOUNT}/name", people.rename, Permission.ACCOUNTS_MANAGE, "account.change"),
    Route("POST", f"{ACCOUNT}/role", people.give_role, Permission.ROLES_GIVE, "account.role"),
    Route("POST", f"{ACCOUNT}/disable", people.disable, Permission.ACCOUNTS_MANAGE, "account.disable"),
    Route("POST", f"{ACCOUNT}/enable", people.enable, Permission.ACCOUNTS_MANAGE, "account.enable"),
    Route("POST", f"{ACCOUNT}/sign-out", people.sign_out, Permission.ACCOUNTS_MANAGE, "account.sign_out"),
    Route("POST", f"{ACCOUNT}/code", people.make_code, Permission.ACCOUNTS_READ, "account.code"),
    Route("POST", f"{ACCOUNT}/ties", people.tie, Permission.ROLES_GIVE, "account.tie"),
    Route("POST", f"{ACCOUNT}/ties/{{id:[0-9]{{1,18}}}}/end", people.end_tie, Permission.ROLES_GIVE, "account.tie.end"),
    Route("POST", f"{ACCOUNT}/tokens", people.make_token, Permission.ACCOUNTS_MANAGE, "account.token"),
    Route("GET", "/trail", trail.show, Permission.TRAIL_READ, "trail"),
    Route("POST", "/trail/export", trail.export, Permission.TRAIL_READ, "trail.export"),
    Route("GET", "/live", live.stream, Permission.CASE_READ, "live", streams=True),
    Route("GET", "/intake", intake.show, Permission.CALL_TAKE, "intake"),
    Route("POST", "/intake", intake.submit, Permission.CALL_TAKE, "intake.send"),
    Route("POST", "/intake/proposal", intake.proposal, Permission.CALL_TAKE, "intake.proposal"),
    Route("POST", "/intake/units", offer_units, Permission.CALL_TAKE, "intake.units"),
    Route("POST", "/intake/caller", intake.caller, Permission.CALL_TAKE, "intake.caller"),
    Route("POST", "/intake/draft", intake.draft, Permission.CALL_TAKE, "intake.draft"),
    Route("GET", "/desks/{desk}", desks.show, Permission.CASE_READ, "desk"),
    Route("GET", "/desks/{desk}/rows", desks.rows, Permission.CASE_READ, "desk.rows"),
    Route("GET", "/search", search.show, Permission.CASE_READ, "search"),
    Route("GET", "/cases/{number}", case.show, Permission.CASE_READ, "case"),
    Route("GET", "/cases/{number}/sheet", case.sheet, Permission.CASE_READ, "case.sheet"),
    Route("POST", "/cases/{number}/reveal", case.reveal, Permission.CASE_REVEAL, "case.reveal"),
    Route("POST", "/cases/{number}/{action}", act.submit, Permission.CASE_READ, "case.act"),
    Route("GET", "/board", board.show, Permission.FIGURES_READ, "board"),
    Route("GET", "/figures", figures.show, Permission.FIGURES_READ, "figures"),
    Route("GET", "/figures/chart.svg", figures.chart, Permission.FIGURES_READ, "figures.chart", streams=True),
    Route("GET", "/figures/resolution-times.csv", figures.sheet, Permission.FIGURES_READ, "figures.sheet"),
)

MACHINES: Final = (
    Route("GET", "/api/v1/openapi.json", openapi.show, Permission.EVERYBODY, "api.openapi", machine=True),
    Route("POST", "/api/v1/calls", api_cases.log_call, Permission.CALL_TAKE, "api.calls", machine=True),
    Route("GET", "/api/v1/cases", api_cases.list_cases, Permission.CASE_READ, "api.cases", machine=True),
    Route("GET", "/api/v1/cases/{number}", api_cases.show_case, Permission.CASE_READ, "api.case", machine=True),
    Route(
        "POST",
        "/api/v1/cases/{number}/actions/{action}",
        api_cases.act,
        Permission.CASE_READ,
        "api.case.act",
        machine=True,
    ),
    Route("GET", "/api/v1/categories", lookups.categories, Permission.POLICY_READ, "api.categories", machine=True),
    Route("GET", "/api/v1/departments", lookups.departments, Permission.POLICY_READ, "api.departments", machine=True),
    Route("POST", "/api/v1/classify", lookups.classify, Permission.POLICY_READ, "api.classify", machine=True),
)

ROUTES: Final = (*PAGES, *MACHINES)
