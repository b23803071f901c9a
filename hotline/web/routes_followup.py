"""Addresses of following up and supervising: rows of the table of routes (`hotline.web.routes`)."""

from __future__ import annotations

from typing import Final

from hotline.accounts.permissions import Permission
from hotline.web.console import quality, supervision
from hotline.web.entrance import Route

FOLLOW_UP_PAGES: Final = (
    Route("GET", "/supervision", supervision.show, Permission.SUPERVISION_READ, "supervision"),
    Route(
        "POST",
        "/supervision/{number}/{action}",
        supervision.decide,
        Permission.SUPERVISION_READ,
        "supervision.decide",
    ),
    Route("GET", "/quality", quality.show, Permission.QUALITY_WORK, "quality"),
    Route("POST", "/quality/{number}", quality.submit, Permission.QUALITY_WORK, "quality.judge"),
)
