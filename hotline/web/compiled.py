"""Compiled templates: once a process, and from one start to the next in the home, which is this user's own.

Compiling all of them takes as long as reading half of the program. What was kept is used only if it is the same
source, compiled by the same programs, in a file and a folder that nobody else can write; anything else is compiled
anew. That nothing could be kept, or that it was damaged, never stops a start.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import Final

import structlog
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

log = structlog.get_logger(__name__)

FILE: Final = "templates.compiled"
_CHECKED: Final = hashlib.sha256().digest_size


class Compiled(BytecodeCache):
    """What this process has compiled or found, by place and source.

    `made_by` are the modules whose words end up in what is compiled.
    """

    def __init__(self, *, made_by: Iterable[Path]) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}
        self._asked: set[tuple[str, str]] = set()
        self._programs = f"{version('jinja2')} {sys.version}".encode() + b"".join(file.read_bytes() for file in made_by)
        self._is_new = False

    def load_bytecode(self, bucket: Bucket) -> None:
        """As the library asks: a template's code, if it is known."""
        key = bucket.key, bucket.checksum
        self._asked.add(key)
        bucket.code = self._codes.get(key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """As the library asks: a template was compiled."""
        self._codes[bucket.key, bucket.checksum] = bucket.code
        self._is_new = True

    def find(self, home: Path) -> None:
        """Know what is kept in a home, if that is ours, whole, and made by the same programs."""
        file = home / FILE
        with suppress(OSError):
            if self._codes or not (_is_ours(home) and _is_ours(file)):
                return
            kept = file.read_bytes()
            if self._check(kept[_CHECKED:]) == kept[:_CHECKED]:  # unmarshalling trusts what it is given
                self._codes.update(marshal.loads(kept[_CHECKED:]))  # noqa: S302 - ours, and whole

    def keep(self, home: Path) -> None:
        """Keep in a home what was asked for, for the next start, if any of it is new; in whole or not at all."""
        if not self._is_new:
            return
        written = marshal.dumps({key: self._codes[key] for key in self._asked if key in self._codes})
        new = home / f"{FILE}.{os.getpid()}"
        try:
            if not _is_ours(home):
                return
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(self._check(written) + written)
            new.replace(home / FILE)
        except OSError as error:
            log.info("templates_not_kept", reason=str(error))
        else:
            self._is_new = False

    def _check(self, written: bytes) -> bytes:
        return hashlib.sha256(self._programs + written).digest()


def _is_ours(path: Path) -> bool:
    """Whether a file or folder belongs to the user we run as, and nobody else may write to it."""
    found = path.lstat()
    mine = sys.platform == "win32" or found.st_uid == os.geteuid()
    return mine and not stat.S_ISLNK(found.st_mode) and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
