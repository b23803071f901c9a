"""The last test of a run: nothing that was logged while all the others ran holds personal data.

The folder's name puts it last. Tests use these names and numbers for workers, so a leak anywhere shows here.
"""

from __future__ import annotations

import re
from pathlib import Path

from hotline.privacy.masking import mask_text
from hotline.storage.embedded import EmbeddedServer

NAMES = ("王小明", "欧阳测试", "李建国")
MOBILE = re.compile(r"(?<![0-9a-f])1[3-9]\d{9}(?![0-9a-f])")
IDENTITY = re.compile(r"(?<![0-9a-f])\d{17}[\dXx](?![0-9a-f])")
NARRATIVES = ("拖欠工资四个月",)


def _leaks(path: Path) -> list[str]:
    found = []
    for line in path.read_text("utf-8", "replace").splitlines():
        hits = [*MOBILE.findall(line), *IDENTITY.findall(line), *(w for w in (*NAMES, *NARRATIVES) if w in line)]
        found += [f"{path.name}: {mask_text(hit)} in {mask_text(line)[:200]}" for hit in hits]
    return found


def test_the_sweep_itself_finds_what_it_looks_for(tmp_path: Path) -> None:
    leaky = tmp_path / "leaky.log"
    leaky.write_text(
        '{"event": "13800001234 王小明 210281199001011234 拖欠工资四个月"}\n{"request_id": "a13800001234b"}'
    )
    assert len(_leaks(leaky)) == 4


def test_no_log_of_the_run_holds_a_number_a_name_or_a_narrative(logs: Path, server: EmbeddedServer) -> None:
    seen = [logs, *logs.parent.glob("*.log"), server.home.log]
    assert logs.stat().st_size > 0
    assert [leak for path in seen if path.exists() for leak in _leaks(path)] == []
