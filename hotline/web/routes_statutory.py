"""Addresses of statutory clocks and receipts, for people and for machines."""

from __future__ import annotations

from typing import Final

from hotline.accounts.permissions import Permission
from hotline.web.api import statutory_acts
from hotline.web.console import statutory, statutory_list
from hotline.web.entrance import Route

CLOCKS: Final = "/cases/{number}/statutory"
CLOCK: Final = f"{CLOCKS}/{{clock:[0-9]{{1,18}}}}"
RECEIPT: Final = f"{CLOCKS}/receipts/{{receipt:[0-9]{{1,18}}}}.pdf"

STATUTORY_PAGES: Final = (
    Route("GET", "/statutory", statutory_list.show, Permission.CASE_READ, "statutory"),
    Route("POST", f"{CLOCKS}/new", statutory.begin, Permission.CASE_WORK, "statutory.begin"),
    Route("POST", f"{CLOCKS}/receipts", statutory.make, Permission.CASE_WORK, "statutory.receipts"),
    Route("GET", RECEIPT, statutory.paper, Permission.CASE_READ, "statutory.receipt", streams=True),
    Route("POST", f"{CLOCK}/{{change}}", statutory.change, Permission.CASE_WORK, "statutory.change"),
)

_BEGIN, _CHANGE = f"/api/v1{CLOCKS}", f"/api/v1{CLOCK}/{{change}}"
STATUTORY_API: Final = (
    Route("POST", _BEGIN, statutory_acts.begin, Permission.CASE_WORK, "api.statutory.begin", machine=True),
    Route("POST", _CHANGE, statutory_acts.change, Permission.CASE_WORK, "api.statutory.change", machine=True),
)
