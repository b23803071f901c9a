"""The API keeps what its OpenAPI document promises, whatever it is sent: schemathesis over HTTP."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from hotline.accounts.roles import Role
from tests.factories import WAGES
from tests.service import MEDIATION, Service

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,unsupported_method"
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("role", "department"), [(Role.OPERATOR, None), (Role.STAFF, MEDIATION)])
async def test_whatever_is_sent_the_document_is_kept(
    service: Service, tmp_path: Path, role: Role, department: str | None
) -> None:
    token = await service.person("someone", role, department)
    operator = await service.person("operator1", Role.OPERATOR)
    assert (await service.call("POST", "/calls", operator, json={"narrative": WAGES}))[0] == 201
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{service.url}/api/v1/openapi.json",
        "--header",
        f"Authorization: Bearer {token}",
        "--checks",
        CHECKS,
        "--max-examples",
        "15",
        "--seed",
        "12351",
        "--generation-database",
        "none",
        "--no-color",
    ]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()[-6000:]
