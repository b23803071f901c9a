"""The table of routes: every address of the service, who may ask for it, and what answers. Nothing else is served."""

from __future__ import annotations

from typing import Final

from hotline.accounts.permissions import Permission
from hotline.web import live
from hotline.web.api import cases as api_cases
from hotline.web.api import lookups, openapi
from hotline.web.console import (
    act,
    backtest,
    backtest_case,
    board,
    case,
    corrections,
    desks,
    doors,
    incidents,
    intake,
    own_account,
    people,
    registry,
    registry_edit,
    registry_imports,
    rule_editing,
    rule_set,
    rules,
    search,
    suggestions,
    trail,
    writing,
)
from hotline.web.console.units import offer_units
from hotline.web.entrance import Route
from hotline.web.routes_calendar import CALENDAR
from hotline.web.routes_figures import FIGURES, FIGURES_API
from hotline.web.routes_followup import FOLLOW_UP_PAGES
from hotline.web.routes_letters import LETTER_PAGES
from hotline.web.routes_statutory import STATUTORY_API, STATUTORY_PAGES

ACCOUNT: Final = "/accounts/{login:[a-z0-9.-]{1,64}}"
RULE_SET: Final = "/rules/sets/{id:[0-9]{1,18}}"
VERSION: Final = "/rules/versions/{version:[A-Za-z0-9._-]{1,64}}"
BACKTEST: Final = "/rules/backtests/{id:[0-9]{1,18}}"
INCIDENT: Final = "/incidents/{id:[0-9]{1,18}}"

ORGANISATION: Final = "/organisations/{code:[A-Z0-9][A-Z0-9._-]{0,39}}"
IMPORT: Final = "/organisations/imports/{id:[0-9]{1,18}}"

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
    Route("GET", "/organisations", registry.show_all, Permission.REGISTRY_READ, "organisations"),
    Route("POST", "/organisations", registry_edit.add, Permission.REGISTRY_WRITE, "organisation.add"),
    Route("GET", "/organisations/rows", registry.rows, Permission.REGISTRY_READ, "organisations.rows"),
    Route("GET", "/organisations/new", registry_edit.show_new, Permission.REGISTRY_WRITE, "organisation.new"),
    Route(
        "POST",
        "/organisations/export",
        registry_imports.export,
        Permission.REGISTRY_WRITE,
        "organisations.export",
        streams=True,
    ),
    Route("GET", "/organisations/imports", registry_imports.show_all, Permission.REGISTRY_WRITE, "imports"),
    Route(
        "POST",
        "/organisations/imports",
        registry_imports.upload,
        Permission.REGISTRY_WRITE,
        "imports.upload",
        largest=registry_imports.LARGEST_FILE,
    ),
    Route("GET", IMPORT, registry_imports.show, Permission.REGISTRY_WRITE, "imports.one"),
    Route("GET", f"{IMPORT}/progress", registry_imports.progress, Permission.REGISTRY_WRITE, "imports.one.progress"),
    Route("GET", f"{IMPORT}/broken", registry_imports.broken, Permission.REGISTRY_WRITE, "imports.one.broken"),
    Route("POST", f"{IMPORT}/check", registry_imports.check, Permission.REGISTRY_WRITE, "imports.one.check"),
    Route("POST", f"{IMPORT}/apply", registry_imports.apply, Permission.REGISTRY_WRITE, "imports.one.apply"),
    Route("POST", f"{IMPORT}/give-up", registry_imports.drop, Permission.REGISTRY_WRITE, "imports.one.give_up"),
    Route("GET", ORGANISATION, registry.show, Permission.REGISTRY_READ, "organisation"),
    Route("POST", ORGANISATION, registry_edit.change, Permission.REGISTRY_WRITE, "organisation.change"),
    Route("GET", f"{ORGANISATION}/edit", registry_edit.show, Permission.REGISTRY_WRITE, "organisation.edit"),
    Route("POST", f"{ORGANISATION}/end", registry_edit.end, Permission.REGISTRY_WRITE, "organisation.end"),
    Route("POST", f"{ORGANISATION}/reopen", registry_edit.reopen, Permission.REGISTRY_WRITE, "organisation.reopen"),
    Route("GET", "/board", board.show, Permission.FIGURES_READ, "board"),
    Route("GET", "/rules", rules.show, Permission.RULES_READ, "rules"),
    Route("POST", "/rules/drafts", rules.make, Permission.RULES_WRITE, "rules.draft"),
    Route("GET", VERSION, rule_set.show_version, Permission.RULES_READ, "rule_set.version"),
    Route("GET", RULE_SET, rule_set.show, Permission.RULES_READ, "rule_set"),
    Route("POST", f"{RULE_SET}/try", rule_set.try_text, Permission.RULES_READ, "rule_set.trial"),
    Route("GET", f"{RULE_SET}/text", rule_editing.show_text, Permission.RULES_READ, "rule_set.text"),
    Route("POST", f"{RULE_SET}/text", rule_editing.save_text, Permission.RULES_WRITE, "rule_set.text.save"),
    Route("GET", f"{RULE_SET}/rule", rule_editing.show_rule, Permission.RULES_READ, "rule_set.rule"),
    Route("POST", f"{RULE_SET}/rule", rule_editing.save_rule, Permission.RULES_WRITE, "rule_set.rule.save"),
    Route("POST", f"{RULE_SET}/remove", rule_editing.remove_rule, Permission.RULES_WRITE, "rule_set.rule.remove"),
    Route("POST", f"{RULE_SET}/discard", rule_set.discard, Permission.RULES_WRITE, "rule_set.discard"),
    Route("POST", f"{RULE_SET}/publish", rule_set.publish, Permission.RULES_PUBLISH, "rule_set.publish"),
    Route("POST", f"{RULE_SET}/publish-again", rule_set.publish_again, Permission.RULES_PUBLISH, "rule_set.again"),
    Route("POST", f"{RULE_SET}/backtests", backtest.start, Permission.RULES_WRITE, "backtest.start"),
    Route("GET", BACKTEST, backtest.show, Permission.RULES_WRITE, "backtest"),
    Route("GET", f"{BACKTEST}/progress", backtest.progress, Permission.RULES_WRITE, "backtest.progress"),
    Route("GET", f"{BACKTEST}/changes", backtest.show_changes, Permission.RULES_WRITE, "backtest.changes"),
    Route("GET", f"{BACKTEST}/changes/{{number}}", backtest_case.show, Permission.RULES_WRITE, "backtest.change"),
    Route("POST", f"{BACKTEST}/cancel", backtest.cancel, Permission.RULES_WRITE, "backtest.cancel"),
    Route("GET", "/figures/writing", writing.show, Permission.FIGURES_READ, "figures.writing"),
    Route("GET", "/incidents", incidents.show, Permission.INCIDENTS_READ, "incidents"),
    Route("POST", f"{INCIDENT}/lead", incidents.lead, Permission.INCIDENTS_DECIDE, "incidents.lead"),
    Route("POST", f"{INCIDENT}/silence", incidents.quiet, Permission.INCIDENTS_DECIDE, "incidents.silence"),
    Route("POST", f"{INCIDENT}/take-back", incidents.open_again, Permission.INCIDENTS_DECIDE, "incidents.take_back"),
    Route("GET", "/rules/corrections", corrections.show, Permission.RULES_READ, "rules.corrections"),
    Route(
        "POST",
        "/rules/corrections/{id:[0-9]{1,18}}/review",
        corrections.judge,
        Permission.RULES_WRITE,
        "rules.corrections.review",
    ),
    Route("GET", "/rules/suggestions", suggestions.show, Permission.RULES_READ, "rules.suggestions"),
    Route("GET", "/rules/suggestions/progress", suggestions.progress, Permission.RULES_READ, "rules.suggestions.going"),
    Route("POST", "/rules/suggestions", suggestions.take, Permission.RULES_WRITE, "rules.suggestions.take"),
    *CALENDAR,
    *FOLLOW_UP_PAGES,
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

ROUTES: Final = (*PAGES, *FIGURES, *STATUTORY_PAGES, *LETTER_PAGES, *MACHINES, *STATUTORY_API, *FIGURES_API)
