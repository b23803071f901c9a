"""What runs for as long as the service does ends when it is told to, whatever happens at that very moment."""

from __future__ import annotations

import asyncio

import pytest

from hotline.rulebook.running import see_to_backtests
from hotline.storage.database import Database


@pytest.mark.parametrize("ticks", range(5))
async def test_who_looks_for_backtests_stops_though_there_is_news_in_the_same_moment(ticks: int) -> None:
    database, news = Database("postgresql://nobody@127.0.0.1:1/nothing"), asyncio.Event()
    looking = asyncio.create_task(see_to_backtests(database, news, None))
    await asyncio.sleep(0.01)
    news.set()
    for _ in range(ticks):
        await asyncio.sleep(0)
    looking.cancel()
    done, _waiting = await asyncio.wait({looking}, timeout=5)
    await database.close()
    assert looking in done
    assert looking.cancelled()
