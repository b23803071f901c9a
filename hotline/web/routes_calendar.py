"""Addresses of the working calendar: everybody looks, a supervisor imports."""

from __future__ import annotations

from typing import Final

from hotline.accounts.permissions import Permission
from hotline.web.console import calendar
from hotline.web.entrance import Route

CALENDAR: Final = (
    Route("GET", "/calendar", calendar.show, Permission.SELF, "calendar"),
    Route("POST", "/calendar/preview", calendar.preview, Permission.CALENDAR_WRITE, "calendar.preview"),
    Route("POST", "/calendar/import", calendar.take, Permission.CALENDAR_WRITE, "calendar.take"),
    Route("GET", "/calendar/notices/{id:[0-9]{1,18}}", calendar.show_notice, Permission.SELF, "calendar.notice"),
)
