from __future__ import annotations

import dataclasses

from hotline.telephony.calls import CHANNEL_LABELS, WISH_LABELS, Call, Channel, Wish


def test_a_call_needs_no_more_than_what_was_said() -> None:
    call = Call(narrative="拖欠工资")
    assert not call.caller_number
    assert call.channel is Channel.PHONE


def test_a_call_has_the_words_of_the_api() -> None:
    assert {field.name for field in dataclasses.fields(Call)} == {
        "caller_number",
        "caller_name",
        "narrative",
        "employer",
        "unit",
        "place",
        "people",
        "amount_owed",
        "wish",
        "confidential",
        "channel",
    }


def test_every_channel_and_wish_has_a_name_for_people() -> None:
    assert set(CHANNEL_LABELS) == set(Channel)
    assert set(WISH_LABELS) == set(Wish)
