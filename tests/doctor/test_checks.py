"""What the doctor finds, and that it says what to do."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from hotline.doctor.checks import DATABASE_CHECKS, Expected, Finding, Level, check_space, examine
from hotline.doctor.facts import Facts, read_facts
from hotline.migrations import head
from hotline.storage.embedded import EmbeddedServer

HEALTHY = Facts(
    settings={
        "server_version": "18.6",
        "server_version_num": "180006",
        "server_encoding": "UTF8",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "TimeZone": "UTC",
        "max_connections": "60",
        "superuser_reserved_connections": "3",
        "reserved_connections": "0",
    },
    ctype="C.UTF-8",
    clock_ahead=timedelta(),
    shanghai=timedelta(hours=8),
    revision="0001",
    others=0,
)


def with_settings(**settings: str) -> Facts:
    return dataclasses.replace(HEALTHY, settings={**HEALTHY.settings, **settings})


def findings_of(facts: Facts, **expected: Any) -> list[Finding]:
    asked = (check(facts, Expected(**{"head": "0001", **expected})) for check in DATABASE_CHECKS)
    return [finding for finding in asked if finding is not None]


def levels(findings: list[Finding]) -> dict[str, Level]:
    return {finding.name: finding.level for finding in findings if finding.level is not Level.OK}


def test_a_healthy_database_has_nothing_to_complain_of() -> None:
    found = findings_of(HEALTHY)
    assert len(found) == len(DATABASE_CHECKS)
    assert levels(found) == {}


@pytest.mark.parametrize(
    ("facts", "name", "level"),
    [
        (with_settings(server_version_num="140012"), "PostgreSQL version", Level.ERROR),
        (with_settings(fsync="off"), "Durability", Level.ERROR),
        (with_settings(synchronous_commit="off"), "Durability", Level.ERROR),
        (with_settings(full_page_writes="off"), "Durability", Level.ERROR),
        (with_settings(server_encoding="EUC_CN"), "Encoding", Level.ERROR),
        (dataclasses.replace(HEALTHY, ctype="C"), "Character types", Level.WARNING),
        (with_settings(data_checksums="off"), "Data checksums", Level.WARNING),
        (dataclasses.replace(HEALTHY, clock_ahead=timedelta(seconds=3)), "Clock", Level.WARNING),
        (dataclasses.replace(HEALTHY, clock_ahead=timedelta(seconds=-3)), "Clock", Level.WARNING),
        (dataclasses.replace(HEALTHY, clock_ahead=timedelta(seconds=-61)), "Clock", Level.ERROR),
        (dataclasses.replace(HEALTHY, shanghai=None), "Time zone", Level.ERROR),
        (dataclasses.replace(HEALTHY, shanghai=timedelta(0)), "Time zone", Level.ERROR),
        (dataclasses.replace(HEALTHY, revision=None), "Tables", Level.ERROR),
        (dataclasses.replace(HEALTHY, revision="0000"), "Tables", Level.ERROR),
        (with_settings(max_connections="16"), "Connections", Level.ERROR),
        (dataclasses.replace(HEALTHY, others=44), "Connections", Level.ERROR),
    ],
)
def test_each_fault_is_found_alone_and_comes_with_advice(facts: Facts, name: str, level: Level) -> None:
    found = findings_of(facts)
    assert levels(found) == {name: level}
    (finding,) = [finding for finding in found if finding.level is not Level.OK]
    assert finding.what.format(**finding.params)
    assert finding.advice.format(**finding.params)


def test_a_local_commit_is_durable_enough() -> None:
    assert levels(findings_of(with_settings(synchronous_commit="local"))) == {}


@pytest.mark.parametrize(("free", "level"), [(3 << 30, Level.OK), (1 << 30, Level.WARNING), (100 << 20, Level.ERROR)])
def test_a_disk_that_fills_is_found_before_it_is_full(
    free: int, level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    finding = check_space(tmp_path / "not" / "made" / "yet")
    assert finding.level is level
    assert "not/made/yet" in finding.what.format(**finding.params)


async def test_the_embedded_database_is_healthy_but_for_the_durability_tests_switch_off(
    server: EmbeddedServer, database_url: str
) -> None:
    found = await examine(
        database_url, config_problem=lambda: None, home=server.home.path, expected=Expected(head=head())
    )
    assert levels([finding for finding in found if finding.name != "Disk space"]) == {"Durability": Level.ERROR}
    assert {"Database", "Configuration", "Disk space", "Tables"} <= {finding.name for finding in found}
    durability = next(finding for finding in found if finding.name == "Durability")
    assert durability.params == {"settings": "fsync, synchronous_commit, full_page_writes"}


async def test_an_empty_database_has_no_revision(server: EmbeddedServer) -> None:
    assert (await read_facts(server.url)).revision is None


async def test_connections_of_other_programs_are_counted(database_url: str) -> None:
    before = (await read_facts(database_url)).others
    stranger = await asyncpg.connect(database_url)
    assert (await read_facts(database_url)).others == before + 1
    await stranger.close()


@pytest.mark.parametrize(
    ("scheme", "password", "name", "advice"),
    [
        ("postgresql", "wrong-secret", "hotline", "Check user, password"),
        ("postgresql", None, "nowhere", "Create the database"),
        ("mysql", None, "hotline", "Check user, password"),
    ],
)
async def test_a_database_that_lets_nobody_in_is_named_without_its_password(
    server: EmbeddedServer, scheme: str, password: str | None, name: str, advice: str
) -> None:
    right = server.home.password.read_text("ascii")
    url = f"{scheme}://hotline:{password or right}@127.0.0.1:{server.port}/{name}"
    (finding,) = await examine(url, config_problem=None, home=None)
    said = f"{finding.what} {finding.advice}".format(**finding.params)
    assert finding.level is Level.ERROR
    assert advice in said
    assert f"127.0.0.1:{server.port}/{name}" in said
    assert (password or right) not in said


async def test_a_database_nobody_serves_and_a_broken_configuration_are_both_said() -> None:
    found = await examine(
        "postgresql://hotline@127.0.0.1:1/hotline", config_problem=lambda: "routing.toml: rule 3", home=None
    )
    assert levels(found) == {"Database": Level.ERROR, "Configuration": Level.ERROR}
    assert "routing.toml: rule 3" in found[1].what.format(**found[1].params)
