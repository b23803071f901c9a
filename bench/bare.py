"""The limit: the least that can be done with the same parts (aiohttp, asyncpg, Jinja2) on the same PostgreSQL.

`POST /insert` reads JSON, inserts a case row and an audit row in one transaction of four round trips and answers JSON.
`GET /list` reads the 50 newest of the seeded cases and renders them with one plain table. Nobody is asked who they are.
"""

from __future__ import annotations

import json
import sys
from typing import Final

import asyncpg
from aiohttp import web
from jinja2 import Environment

POOL: Final = web.AppKey("pool", asyncpg.Pool)
TABLES: Final = """
create table bare_cases (
    id bigint generated always as identity primary key, opened_at timestamptz not null default now(),
    caller_number text not null, caller_name text not null, narrative text not null, category text not null,
    status text not null, department text not null
);
create index on bare_cases (department, id);
create table bare_audit (
    id bigint generated always as identity primary key, at timestamptz not null default now(), case_id bigint not null,
    act text not null
);
insert into bare_cases (opened_at, caller_number, caller_name, narrative, category, status, department)
select c.opened_at, k.caller_number, k.caller_name, t.narrative, coalesce(c.category, ''), c.status,
       coalesce(c.department, '')
from cases c join case_texts t on t.case_id = c.id join calls k on k.case_id = c.id;
"""
_INSERT: Final = (
    "insert into bare_cases (caller_number, caller_name, narrative, category, status, department) "
    "values ($1, $2, $3, $4, 'new', 'city') returning id"
)
_NEWEST: Final = (
    "select c.id, c.number, c.status, c.category, c.summary, c.employer, c.opened_at, c.due_at, k.caller_number, "
    "k.caller_name from cases c join calls k on k.case_id = c.id order by c.id desc limit 50"
)
_PAGE: Final = Environment(autoescape=True).from_string("""<!doctype html><html lang="zh-CN"><head>
<meta charset="utf-8"><title>工单</title></head><body><h1>工单</h1>
<table><thead><tr><th>时限</th><th>编号</th><th>类别</th><th>诉求</th>
<th>单位</th>
<th>来电人</th><th>状态</th><th>受理时间</th></tr></thead><tbody>{% for row in rows %}
<tr><td>{{ row.due_at }}</td><td><a href="/cases/{{ row.number }}">{{ row.number }}</a></td><td>{{ row.category }}</td>
<td>{{ row.summary }}</td><td>{{ row.employer }}</td><td>{{ row.caller_name }} {{ row.caller_number }}</td>
<td>{{ row.status }}</td><td>{{ row.opened_at }}</td></tr>{% endfor %}</tbody></table></body></html>""")


async def insert(request: web.Request) -> web.Response:
    body = await request.json()
    async with request.app[POOL].acquire() as connection, connection.transaction():
        made = await connection.fetchval(
            _INSERT, body["caller_number"], body["caller_name"], body["narrative"], "wage_arrears"
        )
        await connection.execute("insert into bare_audit (case_id, act) values ($1, 'call.take')", made)
    return web.Response(text=json.dumps({"id": made}), status=201, content_type="application/json")


async def newest(request: web.Request) -> web.Response:
    async with request.app[POOL].acquire() as connection:
        rows = await connection.fetch(_NEWEST)
    return web.Response(text=_PAGE.render(rows=rows), content_type="text/html")


async def application(url: str) -> web.Application:
    app = web.Application()
    app[POOL] = await asyncpg.create_pool(url, min_size=10, max_size=10)
    app.router.add_post("/insert", insert)
    app.router.add_get("/list", newest)
    return app


if __name__ == "__main__":
    web.run_app(application(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), access_log=None)
