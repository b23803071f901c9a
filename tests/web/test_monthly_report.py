from __future__ import annotations

from datetime import date, datetime

import pytest

from hotline.accounts.roles import Role
from hotline.clock import SHANGHAI
from hotline.documents.press import Press
from hotline.reports.keeping import compared, measure
from hotline.reports.views import get_report, keep_report
from hotline.reports.working_time import clock_of
from hotline.storage.database import Database
from hotline.web.monthly import make_what_is_due, month_due
from tests.factories import policy
from tests.reports.made_cases import make_case
from tests.service import MEDIATION, Service
from tests.web.visitor import Arrive


@pytest.mark.parametrize(
    ("today", "month"),
    [
        ((2026, 11, 1, 12), None),  # a Sunday
        ((2026, 11, 2, 0), date(2026, 10, 1)),
        ((2026, 10, 7, 12), None),  # still National Day
        ((2026, 10, 8, 0), date(2026, 9, 1)),
        ((2026, 1, 1, 12), None),
        ((2026, 1, 15, 12), date(2025, 12, 1)),
    ],
)
def test_a_report_is_due_from_the_first_working_day_of_the_next_month(
    today: tuple[int, int, int, int], month: date | None
) -> None:
    assert month_due(policy(), datetime(*today, tzinfo=SHANGHAI)) == month


async def test_it_is_made_once_when_everything_is_counted(database: Database) -> None:
    now, early = datetime(2026, 11, 2, 9, tzinfo=SHANGHAI), datetime(2026, 10, 31, 9, tzinfo=SHANGHAI)
    async with database.transaction() as session:
        cases = [make_case(opened_at=datetime(2026, 10, 9, 9, n, tzinfo=SHANGHAI), took=n + 1) for n in range(40)]
        session.add_all(cases)
        await session.flush()
        await measure(session, [case.id for case in cases], clock_of(policy().calendar))
    for counted_at, made in ((early, None), (now, date(2026, 10, 1)), (now, None)):
        async with database.transaction() as session:
            await compared(session, now=counted_at, events_until=0)
        assert await make_what_is_due(database, policy(), Press(), now=now) == made, counted_at
    async with database.transaction() as session:
        assert (await get_report(session, date(2026, 10, 1))).startswith(b"%PDF-")


async def test_it_is_for_those_who_see_everything_in_it(service: Service, arrive: Arrive) -> None:
    async with service.database.transaction() as session:
        await keep_report(session, date(2026, 10, 1), b"%PDF-", now=datetime(2026, 11, 2, tzinfo=SHANGHAI))
    supervisor, lead = await arrive("supervisor1", Role.SUPERVISOR), await arrive("lead1", Role.LEAD, MEDIATION)
    place = "/figures/monthly/2026-10.pdf"
    assert f'href="{place}"' in (await supervisor.get("/figures"))[1]
    code, text, headers = await supervisor.get(place)
    assert (code, text, headers["Content-Type"]) == (200, "%PDF-", "application/pdf")
    for nowhere in ("/figures/monthly/2026-09.pdf", "/figures/monthly/2026-13.pdf"):
        assert (await supervisor.get(nowhere))[0] == 404
    assert place not in (await lead.get("/figures"))[1]
    assert (await lead.get(place))[0] == 404
