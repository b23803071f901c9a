"""Addresses of reminders and letters."""

from __future__ import annotations

from typing import Final

from hotline.accounts.permissions import Permission
from hotline.web.console import elections, letters, reminders
from hotline.web.entrance import Route

LETTER: Final = "/letters/{id:[0-9]{1,18}}"

LETTER_PAGES: Final = (
    Route("GET", "/reminders", reminders.show, Permission.REMINDERS_READ, "reminders"),
    Route("POST", "/reminders/read", reminders.read_all, Permission.REMINDERS_READ, "reminders.read_all"),
    Route("POST", "/reminders/{id:[0-9]{1,18}}/read", reminders.read, Permission.REMINDERS_READ, "reminders.read"),
    Route("GET", "/letters", letters.show_all, Permission.LETTERS_READ, "letters"),
    Route("POST", "/letters", letters.draft, Permission.LETTERS_WRITE, "letters.draft"),
    Route("GET", LETTER, letters.show, Permission.LETTERS_READ, "letter"),
    Route("GET", f"{LETTER}.pdf", letters.pdf, Permission.LETTERS_READ, "letter.pdf", streams=True),
    Route("GET", f"{LETTER}.docx", letters.docx, Permission.LETTERS_READ, "letter.docx", streams=True),
    Route("POST", f"{LETTER}/{{action}}", letters.act, Permission.LETTERS_READ, "letter.act"),
    Route(
        "POST",
        "/organisations/{code:[A-Z0-9][A-Z0-9._-]{0,39}}/election",
        elections.file,
        Permission.REGISTRY_WRITE,
        "organisation.election",
    ),
)
