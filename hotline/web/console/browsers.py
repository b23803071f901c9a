"""What a browser calls itself, in the two words by which people know it."""

from __future__ import annotations

from typing import Final

from hotline.i18n import _, mark

_BROWSERS: Final = (
    ("MicroMessenger/", mark("WeChat")),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("QQBrowser/", mark("QQ Browser")),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_LONGEST: Final = 60


def browser_words(said: str) -> str:
    """`Chrome · Windows` of a long User-Agent; its beginning where it names neither, so that nothing is hidden."""
    found = [next((_(word) for sign, word in signs if sign in said), "") for signs in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, found)) or said[:_LONGEST] or _("Unknown browser")
