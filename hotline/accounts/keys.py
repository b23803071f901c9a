"""Random keys that open something, and what of them is kept: only their hash, so that a stolen table opens nothing."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final

_BYTES: Final = 32
_TOKEN_MARK: Final = "hl_"  # noqa: S105 - not secret: it tells scanners of leaked keys whose this is
_SESSION: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_TOKEN: Final = re.compile(r"hl_[A-Za-z0-9_-]{43}")
_CODE: Final = re.compile(r"[A-Za-z0-9]{6}(-[A-Za-z0-9]{6}){3}")
_READABLE: Final = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
"""Letters and digits that cannot be taken for one another."""


def new_session_key() -> str:
    """A key for a browser: 256 random bits in 43 characters."""
    return secrets.token_urlsafe(_BYTES)


def new_token() -> str:
    """A key for a machine: `hl_` and 256 random bits in 43 characters."""
    return _TOKEN_MARK + secrets.token_urlsafe(_BYTES)


def new_code() -> str:
    """A key that is read from paper and typed once: four groups of six characters, 139 random bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(6)) for _ in range(4))


def new_public_id() -> str:
    """A name for something in lists that opens nothing: 128 random bits in 32 characters."""
    return secrets.token_hex(16)


def session_hash(key: str) -> bytes | None:
    """What is kept of a browser's key; None for what cannot be one."""
    return _hash(key) if _SESSION.fullmatch(key) else None


def token_hash(token: str) -> bytes | None:
    """What is kept of a machine's key; None for what cannot be one."""
    return _hash(token) if _TOKEN.fullmatch(token) else None


def code_hash(code: str) -> bytes | None:
    """What is kept of a one-time code; None for what cannot be one (nothing, a blank, NUL)."""
    return _hash(code) if _CODE.fullmatch(code) else None


def _hash(key: str) -> bytes:
    # The keys are random and long, so a plain fast hash is enough; passwords are another matter.
    return hashlib.sha256(key.encode("ascii")).digest()
