"""A line: in the order of coming, late while it moves, given up when it stands still, and no turn is ever lost."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.errors import NotFound
from hotline.storage.moving_line import MovingLine

NEVER = 60.0


async def _all_free(line: MovingLine, at_once: int) -> bool:
    """Whether so many can have a turn at once, and not one more."""
    began = [asyncio.Event() for _ in range(at_once + 1)]
    end = asyncio.Event()

    async def one(at: int) -> None:
        async with line.turn():
            began[at].set()
            await end.wait()

    tasks = [asyncio.create_task(one(at)) for at in range(at_once + 1)]
    for _ in range(5):
        await asyncio.sleep(0)
    free = [event.is_set() for event in began]
    end.set()
    await asyncio.gather(*tasks)
    return free == [True] * at_once + [False]


async def test_who_comes_first_is_first() -> None:
    line, order = MovingLine(1, still=NEVER, longest=NEVER), []

    async def one(at: int) -> None:
        async with line.turn():
            await asyncio.sleep(0)
            order.append(at)

    await asyncio.gather(*(one(at) for at in range(50)))
    assert order == [*range(50)]


async def test_a_line_that_moves_is_waited_in_longer_than_one_that_stands_still() -> None:
    line, done = MovingLine(1, still=1.5, longest=NEVER), []

    async def one(at: int) -> None:
        async with line.turn():
            await asyncio.sleep(0.3)
            done.append(at)

    await asyncio.gather(*(one(at) for at in range(10)))  # the last one waits 2.7 seconds
    assert done == [*range(10)]


async def test_a_line_that_stands_still_is_given_up_by_all_who_wait_in_it() -> None:
    line, end = MovingLine(1, still=0.2, longest=NEVER), asyncio.Event()

    async def stuck() -> None:
        async with line.turn():
            await end.wait()

    async def behind() -> None:
        async with line.turn():
            raise AssertionError("there was no turn to have")

    first = asyncio.create_task(stuck())
    answers = await asyncio.gather(*(behind() for _ in range(5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [TimeoutError] * 5
    end.set()
    await first
    assert await _all_free(line, 1)


async def test_turns_that_end_because_nothing_answers_are_no_movement() -> None:
    """A server that hangs: somebody gives up all the time, and nobody behind them waits the longer for it."""
    line, had = MovingLine(2, still=1.0, longest=NEVER), []

    async def hung(at: int) -> None:
        await asyncio.sleep(at * 0.1)
        async with line.turn(), asyncio.timeout(0.7):
            had.append(at)
            await asyncio.sleep(NEVER)

    ended = await asyncio.gather(*(hung(at) for at in range(14)), return_exceptions=True)
    assert {type(one) for one in ended} == {TimeoutError}
    assert len(had) < 14, "the last ones stood behind a dozen who waited for nothing, and did so too"
    assert await _all_free(line, 2)


async def test_a_refusal_is_movement() -> None:
    line, refused = MovingLine(1, still=1.5, longest=NEVER), NotFound("there is none")

    async def one() -> None:
        async with line.turn():
            await asyncio.sleep(0.3)
            raise refused

    assert await asyncio.gather(*(one() for _ in range(10)), return_exceptions=True) == [refused] * 10


async def test_a_line_that_is_too_long_is_left_however_it_moves() -> None:
    line, waited = MovingLine(1, still=NEVER, longest=0.5), []

    async def one() -> None:
        async with line.turn():
            waited.append(True)
            await asyncio.sleep(0.2)

    answers = await asyncio.gather(*(one() for _ in range(12)), return_exceptions=True)
    assert TimeoutError in {type(answer) for answer in answers}
    assert len(waited) + sum(isinstance(answer, TimeoutError) for answer in answers) == 12
    assert await _all_free(line, 1)


@given(
    at_once=st.integers(1, 3),
    steps=st.lists(st.tuples(st.integers(0, 4), st.one_of(st.none(), st.integers(0, 6))), min_size=1, max_size=14),
)
async def test_whoever_is_cut_off_and_whenever_no_turn_is_lost(
    at_once: int, steps: list[tuple[int, int | None]]
) -> None:
    """Each step: somebody who holds a turn for so many rounds of the loop, cut off after so many, if at all."""
    line, holding, most = MovingLine(at_once, still=NEVER, longest=NEVER), 0, 0

    async def one(rounds: int) -> None:
        nonlocal holding, most
        async with line.turn():
            holding += 1
            most = max(most, holding)
            try:
                for _ in range(rounds):
                    await asyncio.sleep(0)
            finally:
                holding -= 1

    async def cut_off(task: asyncio.Task[None], after: int) -> None:
        for _ in range(after):
            await asyncio.sleep(0)
        task.cancel()

    tasks = [asyncio.create_task(one(rounds)) for rounds, _ in steps]
    cuts = [cut_off(task, after) for task, (_, after) in zip(tasks, steps, strict=True) if after is not None]
    await asyncio.gather(*tasks, *cuts, return_exceptions=True)
    assert holding == 0
    assert most <= at_once
    assert await _all_free(line, at_once)


async def test_somebody_cut_off_is_told_so() -> None:
    line = MovingLine(1, still=NEVER, longest=NEVER)
    async with line.turn():
        waiting = asyncio.create_task(line.turn().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert await _all_free(line, 1)
