"""Sets one document in a process of its own: the order as JSON on stdin, the file on stdout, then it ends."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any, Final

if sys.platform != "win32":
    import resource

from hotline.documents import docx, pdf

MEMORY: Final = 1024 * 1024 * 1024
SECONDS: Final = 20


def made(order: dict[str, Any]) -> bytes:
    """The file of this order: `template`, `data`, `dated` (ISO, or null), `kind` (pdf or docx)."""
    dated = date.fromisoformat(order["dated"]) if order["dated"] else None
    if order["kind"] == "docx":
        return docx.letter_docx(order["data"], dated=dated)
    return pdf.paper_pdf(order["template"], order["data"], dated=dated)


def main() -> None:
    """Read, set, write."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(made(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
