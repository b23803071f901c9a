from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from hotline.web.compiled import FILE, Compiled
from hotline.web.pages import load_environment

SOURCE = "<p>{{ name }}</p>"
PROGRAM = Path(__file__)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text(SOURCE)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


class Counting(Environment):
    """Counts what it had to compile."""

    compiled = 0

    def _compile(self, source: str, filename: str) -> object:  # type: ignore[override]
        self.compiled += 1
        return super()._compile(source, filename)


def start(templates: Path, home: Path, program: Path = PROGRAM) -> int:
    """Start once, as a process does: how many templates were compiled."""
    kept = Compiled(made_by=[program])
    environment = Counting(loader=FileSystemLoader(templates), bytecode_cache=kept)
    kept.find(home)
    page = environment.get_template("page.html")
    kept.keep(home)
    assert page.render(name="12351").startswith("<p>12351")
    return environment.compiled


def test_the_second_start_compiles_nothing(templates: Path, home: Path) -> None:
    assert [start(templates, home) for _ in range(3)] == [1, 0, 0]
    assert (home / FILE).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in home.iterdir()] == [FILE]


def test_a_changed_template_is_compiled_anew_and_takes_the_place_of_the_old_one(templates: Path, home: Path) -> None:
    start(templates, home)
    before = (home / FILE).stat().st_size
    (templates / "page.html").write_text(SOURCE + "!")
    assert [start(templates, home) for _ in range(2)] == [1, 0]
    assert (home / FILE).stat().st_size < 1.5 * before


def test_what_another_program_compiled_is_compiled_anew(templates: Path, home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text("a filter does something else now")
    start(templates, home)
    assert [start(templates, home, other) for _ in range(2)] == [1, 0]


def _damage(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)


def _replace_by_a_link(file: Path) -> None:
    file.rename(file.with_name("elsewhere"))
    file.symlink_to("elsewhere")


@pytest.mark.parametrize(
    "spoil",
    [
        _damage,
        _replace_by_a_link,
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(file.read_bytes()[:-9]),
        lambda file: file.chmod(0o666),
    ],
    ids=["damaged", "a link", "empty", "cut off", "for all to write"],
)
def test_what_cannot_be_trusted_is_compiled_anew(spoil: Callable[[Path], object], templates: Path, home: Path) -> None:
    start(templates, home)
    spoil(home / FILE)
    assert [start(templates, home) for _ in range(2)] == [1, 0]


def test_a_start_needs_no_place_to_keep_anything(templates: Path, home: Path) -> None:
    home.chmod(0o777)
    assert [start(templates, home) for _ in range(2)] == [1, 1]
    assert list(home.iterdir()) == []
    assert start(templates, home / "not there") == 1
    assert start(templates, templates / "page.html") == 1
    (home / FILE).mkdir()
    home.chmod(0o700)
    assert start(templates, home) == 1


def test_every_template_of_the_console_is_loaded_at_the_start(home: Path) -> None:
    environment = load_environment(lambda name, **_parts: name, home=home)
    assert environment.cache is not None
    assert len(environment.cache) == len(environment.list_templates()) > 50
