"""Passwords: what is good enough, and their argon2id hashes, made and checked off the loop.

One check takes 64 MiB and about a tenth of a second, so a few threads do them, a short line waits, and whoever comes
when the line is full is told to come again: a flood of sign-ins starves neither the memory nor the calls.
"""

from __future__ import annotations

import asyncio
import re
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Final, TypeVar

import argon2

from hotline.accounts.common_passwords import COMMON, CONTEXT, ROWS
from hotline.errors import Invalid, Mistake, Unavailable
from hotline.i18n import mark

SHORTEST: Final = 8
LONGEST: Final = 256
"""In code points, after composition (NFC)."""
_FEWEST_DIFFERENT: Final = 4
_ENOUGH_OF_ONES_OWN: Final = 4
_SHORTEST_RUN: Final = 4

WORKERS: Final = 2
WAITING: Final = 16

_HASHER: Final = argon2.PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
_NOBODYS: Final = "$argon2id$v=19$m=65536,t=3,p=4$"
_Result = TypeVar("_Result")


class HashingLine:
    """A few threads that hash, and a short line in front of them. Never more than `workers` + `waiting` at once."""

    def __init__(self, workers: int = WORKERS, waiting: int = WAITING) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="passwords")
        self._places = threading.BoundedSemaphore(workers + waiting)

    async def run(self, work: Callable[..., _Result], *given: str) -> _Result:
        """Do the work on a thread. Raises `Unavailable` at once when the line is full."""
        if not self._places.acquire(blocking=False):
            raise Unavailable(mark("Very many people are signing in just now. Please try again in a moment."))
        try:
            future = self._threads.submit(work, *given)
        except BaseException:
            self._places.release()
            raise
        # The place is taken until the thread is done, even if the browser has gone meanwhile.
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def _leave(self, _future: Future[_Result]) -> None:
        self._places.release()


LINE: Final = HashingLine()


async def hash_password(password: str) -> str:
    """The argon2id hash of a password, salted; raises `Unavailable` when too many wait."""
    return await LINE.run(_hash, _composed(password))


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether this is the password behind the hash. None (nobody's) costs the same work and is never right.

    Raises `Unavailable` when too many wait.
    """
    return await LINE.run(_verify, _composed(password)[: LONGEST + 1], password_hash or NOBODYS_HASH)


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with less work than is asked for today."""
    return _HASHER.check_needs_rehash(password_hash)


def _hash(password: str) -> str:
    return _HASHER.hash(password.encode("utf-8", "surrogatepass"))


def _verify(password: str, password_hash: str) -> bool:
    try:
        right = _HASHER.verify(password_hash, password.encode("utf-8", "surrogatepass"))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return right and password_hash != NOBODYS_HASH


NOBODYS_HASH: Final = _NOBODYS + "aG90bGluZSBub2JvZHkncw$" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""A hash that is nobody's, checked where there is no account, so that its absence costs as much time as a mistake."""


def _composed(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def weaknesses(password: str, *, login: str, field: str = "password") -> tuple[Mistake, ...]:
    """What speaks against this password for this login: nothing, or one mistake that says what to do.

    At least 8 and at most 256 characters, any script, blanks count, no rules of composition (ASVS 5.0, 6.2); not a
    common one, not little more than the login, a word of this service, a date, or keys that lie side by side.
    """
    composed = _composed(password)
    if len(composed) < SHORTEST:
        short = mark("Please choose at least {least} characters. A sentence is easy to keep in mind.")
        return (Mistake(field, short, {"least": SHORTEST}),)
    if len(composed) > LONGEST:
        return (Mistake(field, mark("Please choose at most {most} characters."), {"most": LONGEST}),)
    if any(unicodedata.category(character) in {"Cs", "Cc"} for character in composed):
        return (Mistake(field, mark("Please leave out characters that cannot be typed.")),)
    if (message := _guessable(composed, login)) is not None:
        return (Mistake(field, message),)
    return ()


def check_password(password: str, *, login: str, field: str = "password") -> None:
    """Raise `Invalid` when something speaks against this password."""
    if found := weaknesses(password, login=login, field=field):
        raise Invalid(*found)


def _guessable(password: str, login: str) -> str | None:
    plain = unicodedata.normalize("NFKC", password).casefold()
    if plain in COMMON or plain.strip() in COMMON:
        return mark("This is one of the passwords tried first. Please choose one that only you would think of.")
    if len(set(plain)) < _FEWEST_DIFFERENT:
        return mark("Please use more different characters.")
    if _is_date_or_number(plain):
        return mark("A date or a telephone number is guessed quickly. Please choose something else or add words.")
    rest = plain
    for word in sorted((*CONTEXT, *_parts(login)), key=len, reverse=True):
        rest = rest.replace(word, " ")
    rest = _without_runs(rest)
    own = re.sub(r"[\W\d_]+", "", rest)
    if rest != plain and len(own) < _ENOUGH_OF_ONES_OWN:
        return mark(
            "This is little more than your login, a word of this service, or keys that lie side by side. "
            "Please add words of your own."
        )
    return None


def _parts(login: str) -> list[str]:
    return [part for part in {login.casefold(), *re.split(r"[.-]", login.casefold())} if len(part) >= 3]  # noqa: PLR2004 - shorter parts stand in any word


def _without_runs(text: str) -> str:
    for row in (*ROWS, *(row[::-1] for row in ROWS)):
        for length in range(min(len(row), len(text)), _SHORTEST_RUN - 1, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], " ")
    return text


def _is_date_or_number(plain: str) -> bool:
    digits = re.sub(r"[\s./年月日-]", "", plain)
    if not digits.isascii() or not digits.isdigit():
        return False
    if re.fullmatch(r"(86)?1[3-9]\d{9}", digits):
        return True
    return any(_is_date(*parts) for parts in _ways_to_read(digits))


def _ways_to_read(digits: str) -> list[tuple[str, str, str]]:
    if len(digits) != SHORTEST:
        return []
    return [
        (digits[:4], digits[4:6], digits[6:]),
        (digits[4:], digits[:2], digits[2:4]),
        (digits[4:], digits[2:4], digits[:2]),
    ]


def _is_date(year: str, month: str, day: str) -> bool:
    try:
        return 1900 <= date(int(year), int(month), int(day)).year < 2100  # noqa: PLR2004 - years somebody would take
    except ValueError:
        return False
