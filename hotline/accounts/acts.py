"""What is written into the trail about people and their keys."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from hotline.i18n import mark


class Act(StrEnum):
    """Something done to an account, or with one."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGN_IN_BLOCKED = "sign_in.blocked"
    SIGN_OUT = "sign_out"
    SESSION_END = "session.end"
    ACCOUNT_ADD = "account.add"
    ACCOUNT_DISABLE = "account.disable"
    ACCOUNT_ENABLE = "account.enable"
    ACCOUNT_RENAME = "account.rename"
    ROLE_GIVE = "role.give"
    TIE_MAKE = "tie.make"
    TIE_END = "tie.end"
    PASSWORD_CHANGE = "password.change"  # noqa: S105 - the name of an act
    PASSWORD_SET = "password.set"  # noqa: S105 - likewise
    CODE_MAKE = "code.make"
    TOKEN_MAKE = "token.make"  # noqa: S105 - likewise
    TOKEN_END = "token.end"  # noqa: S105 - likewise


ACT_LABELS: Final = {
    Act.SIGN_IN: mark("Signed in"),
    Act.SIGN_IN_FAILED: mark("Failed to sign in"),
    Act.SIGN_IN_BLOCKED: mark("Was kept from trying on"),
    Act.SIGN_OUT: mark("Signed out"),
    Act.SESSION_END: mark("Ended a session"),
    Act.ACCOUNT_ADD: mark("Made an account"),
    Act.ACCOUNT_DISABLE: mark("Disabled an account"),
    Act.ACCOUNT_ENABLE: mark("Enabled an account"),
    Act.ACCOUNT_RENAME: mark("Renamed an account"),
    Act.ROLE_GIVE: mark("Gave a role"),
    Act.TIE_MAKE: mark("Tied an account to an employer"),
    Act.TIE_END: mark("Ended a tie to an employer"),
    Act.PASSWORD_CHANGE: mark("Changed the own password"),
    Act.PASSWORD_SET: mark("Set a password by a one-time code"),
    Act.CODE_MAKE: mark("Made a one-time code"),
    Act.TOKEN_MAKE: mark("Made a token"),
    Act.TOKEN_END: mark("Ended a token"),
}
