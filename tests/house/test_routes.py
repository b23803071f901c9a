"""Every address of the service stands in the table of routes with its permission; nothing else is served."""

from __future__ import annotations

import re

import pytest
from aiohttp import web

from hotline.accounts.permissions import TABLE, Permission
from hotline.policy import load_policy
from hotline.settings import load_settings
from hotline.storage.database import Database
from hotline.web.app import make_app
from hotline.web.routes import MACHINES, PAGES, ROUTES

BESIDE_THE_TABLE = {
    ("GET", "/health"): "for those who watch the service; says nothing about a case",
    ("HEAD", "/health"): "its twin",
    ("GET", "/static"): "sheets, scripts and pictures, the same for everybody",
    ("HEAD", "/static"): "its twin",
}
OPEN_DOORS = {
    "/sign-in",
    "/first-administrator",
    "/new-password",
    "/language",
    "/api/v1/openapi.json",
}
"""Addresses that ask for no account: the way in, and the description of the API."""


@pytest.fixture(scope="module")
def app() -> web.Application:
    return make_app(load_settings(), Database("postgresql://nobody@127.0.0.1:1/nothing"), load_policy())


def canonical(path: str) -> str:
    """The path with the names of its parts alone, without the patterns they must match."""
    return re.sub(r"\{(\w+):(?:[^{}]|\{[^{}]*\})*\}", r"{\1}", path)


def served(app: web.Application) -> set[tuple[str, str]]:
    return {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource is not None}


async def test_every_address_that_is_served_stands_in_the_table(app: web.Application) -> None:
    table = {(route.method, canonical(route.path)) for route in ROUTES}
    twins = {("HEAD", canonical(route.path)) for route in ROUTES if route.method == "GET" and not route.streams}
    assert served(app) == table | twins | BESIDE_THE_TABLE.keys()


def test_every_route_names_a_permission_somebody_has() -> None:
    assert {route.name for route in ROUTES if not TABLE.get(route.permission)} == set()


def test_only_the_doors_are_open_to_everybody() -> None:
    assert {route.path for route in ROUTES if route.permission is Permission.EVERYBODY} == OPEN_DOORS


def test_every_route_has_a_name_and_an_address_of_its_own() -> None:
    names = [route.name for route in ROUTES]
    addresses = [(route.method, route.path) for route in ROUTES]
    assert len(names) == len({*names})
    assert len(addresses) == len({*addresses})


def test_machines_are_served_below_api_and_people_nowhere_in_it() -> None:
    assert {route.path for route in MACHINES if not (route.machine and route.path.startswith("/api/v1/"))} == set()
    assert {route.path for route in PAGES if route.machine or route.path.startswith("/api/")} == set()


def test_asking_changes_nothing_so_only_two_methods_are_used() -> None:
    assert {route.method for route in ROUTES} == {"GET", "POST"}


def test_a_page_about_a_case_asks_for_a_permission_about_cases() -> None:
    about_cases = {permission for permission in Permission if permission.value.startswith(("case.", "call."))}
    assert {route.name for route in ROUTES if "/cases" in route.path and route.permission not in about_cases} == set()


def test_a_handler_serves_one_address() -> None:
    handlers = [route.handler for route in ROUTES]
    assert len(handlers) == len({*handlers})
