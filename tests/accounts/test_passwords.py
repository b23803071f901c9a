"""Passwords: what is good enough, and how they are kept."""

from __future__ import annotations

import asyncio
import threading
import unicodedata

import argon2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.accounts import passwords
from hotline.accounts.common_passwords import COMMON, CONTEXT, ROWS
from hotline.accounts.passwords import (
    LONGEST,
    NOBODYS_HASH,
    HashingLine,
    check_password,
    hash_password,
    needs_rehash,
    verify_password,
    weaknesses,
)
from hotline.errors import Invalid, Unavailable


@pytest.mark.parametrize(
    "password",
    [
        "梧桐树下老钟七点",
        "correct horse battery",
        "八月的风吹过松花江",
        " 前后都有空格 的密码 ",
        "x9$Lm2!q",
        "工会门口的石榴树开花了",
        "k" * 3 + "青山绿水" * 60,
    ],
)
def test_a_password_of_ones_own_is_taken_in_any_script(password: str) -> None:
    assert weaknesses(password, login="wang.li") == ()


@pytest.mark.parametrize(
    "password",
    [
        "", " ", "1234567", "短密码", "password", "PassWord", "ｐａｓｓｗｏｒｄ", "qwertyuiop", "poiuytrewq",
        "1qaz2wsx",
        "12351235", "12351!12351", "总工会总工会总工会", "总工会12351", "gonghui2026!", "Hotline#2026", "zonggonghui1",
        "wang.li2026", "wangwang11", "wang123456", "aaaaaaaaaaaa", "19980412", "1998-04-12", "13800138000", "11111112",
        "abcdefgh1", "asdfghjk", "zxcvbnm123",
    ],
)  # fmt: skip
def test_a_password_that_is_guessed_first_is_refused_with_advice(password: str) -> None:
    (mistake,) = weaknesses(password, login="wang.li")
    assert mistake.field == "password"
    assert str(mistake).startswith(("Please", "This is", "A date"))


def test_a_password_may_be_as_long_as_a_page_and_no_longer() -> None:
    long = "".join(chr(0x4E00 + n) for n in range(LONGEST))
    assert weaknesses(long, login="wang.li") == ()
    assert weaknesses(long + "长", login="wang.li")


def test_length_is_counted_in_characters_as_people_see_them() -> None:
    assert weaknesses("e\u0301" * 4 + "xyz", login="wang.li")
    assert weaknesses("密" * 2 + "码藏在老屋里", login="wang.li") == ()


def test_what_speaks_against_a_password_is_said_beside_the_field_that_was_asked_for() -> None:
    with pytest.raises(Invalid) as refused:
        check_password("password", login="wang.li", field="new")
    assert [mistake.field for mistake in refused.value.mistakes] == ["new"]


def test_at_least_two_hundred_common_passwords_are_known_and_each_is_refused() -> None:
    assert len(COMMON) >= 200
    assert [word for word in COMMON if not weaknesses(word, login="zhao.min")] == []


@given(st.text(max_size=300), st.text(max_size=70))
def test_any_text_at_all_is_judged_without_an_exception(password: str, login: str) -> None:
    assert len(weaknesses(password, login=login)) <= 1


@given(st.sampled_from(CONTEXT), st.text("0123456789!?.-_ ", max_size=12))
def test_a_word_of_the_service_with_digits_around_it_is_never_enough(word: str, around: str) -> None:
    half = len(around) // 2
    assert weaknesses(around[:half] + word + around[half:], login="zhao.min")


@given(st.sampled_from([*ROWS, *(row[::-1] for row in ROWS)]), st.integers(8, 12))
def test_keys_side_by_side_are_never_enough(row: str, length: int) -> None:
    assert weaknesses(row[:length], login="zhao.min")


async def test_a_password_is_neither_trimmed_nor_cut_nor_folded() -> None:
    password = " 山高水长 " + "路" * 200 + "Ａ"
    kept = await hash_password(password)
    assert kept.startswith("$argon2id$")
    assert await verify_password(password, kept)
    others = (password.strip(), password[:-1], password + "Ａ", password[:-1] + "A", password.lower())
    assert [other for other in others if await verify_password(other, kept)] == []


async def test_one_character_written_in_two_ways_is_one_character() -> None:
    composed = "Café 路口的老槐树"
    assert await verify_password(unicodedata.normalize("NFD", composed), await hash_password(composed))


async def test_nobodys_hash_costs_the_same_work_and_is_never_right() -> None:
    own = await hash_password("八月的风吹过松花江")
    assert argon2.extract_parameters(NOBODYS_HASH) == argon2.extract_parameters(own)
    with pytest.raises(argon2.exceptions.VerifyMismatchError):
        passwords._HASHER.verify(NOBODYS_HASH, "八月的风吹过松花江")
    assert not await verify_password("八月的风吹过松花江", None)
    assert not await verify_password("", None)


async def test_what_cannot_be_encoded_or_is_no_hash_is_just_wrong(password_hash: str) -> None:
    assert not await verify_password("\ud800\0", password_hash)
    assert not await verify_password("八月的风吹过松花江", "no hash")


def test_a_hash_made_with_less_work_is_due_for_another() -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("八月的风吹过松花江")
    assert needs_rehash(weak)
    assert not needs_rehash(NOBODYS_HASH)


async def test_who_comes_when_the_line_is_full_is_told_to_come_again() -> None:
    line, go = HashingLine(workers=1, waiting=1), threading.Event()
    places = [asyncio.create_task(line.run(lambda: go.wait(10))) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await line.run(str, "x")
    assert refused.value.retry_after > 0
    go.set()
    assert await asyncio.gather(*places) == [True, True]
    assert await line.run(str, "x") == "x"


async def test_who_goes_away_keeps_the_place_until_the_thread_is_done() -> None:
    line, go, done = HashingLine(workers=1, waiting=0), threading.Event(), threading.Event()

    def work() -> None:
        go.wait(10)
        done.set()

    going = asyncio.create_task(line.run(work))
    await asyncio.sleep(0)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    with pytest.raises(Unavailable):
        await line.run(str, "x")
    go.set()
    await asyncio.to_thread(done.wait, 10)
    for _ in range(100):
        try:
            assert await line.run(str, "x") == "x"
        except Unavailable:
            await asyncio.sleep(0.01)
        else:
            return
    pytest.fail("the place was never given back")
