from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, UndefinedError
from jinja2.ext import extract_from_ast
from markupsafe import Markup

from hotline.i18n import catalogue, language
from hotline.web import pages, show

NOW = datetime(2026, 11, 22, 2, 31, 7, tzinfo=UTC)
TEMPLATES = sorted(path.relative_to(pages.TEMPLATES).as_posix() for path in pages.TEMPLATES.rglob("*.html"))
SHOWN = [name for name in TEMPLATES if not Path(name).name.startswith("_") and not name.startswith("components/")]
MODULES = sorted(pages.STATIC.glob("*.js"))
FRAME: dict[str, Any] = {
    "actor": None,
    "may": lambda _permission: False,
    "csrf": "token",
    "lang": "zh",
    "path": "/",
    "nav": [],
    "hotline_name": "12351",
    "now": NOW,
    "flash": None,
}


def address(name: str, **parts: object) -> str:
    return "/".join(["", name, *map(str, parts.values())])


@pytest.fixture(scope="module")
def environment() -> Environment:
    return pages.load_environment(address)


@pytest.fixture(params=["zh", "en"])
def tongue(request: pytest.FixtureRequest) -> Iterator[str]:
    token = language.set(request.param)
    yield request.param
    language.reset(token)


@pytest.fixture
def english() -> Iterator[None]:
    token = language.set("en")
    yield
    language.reset(token)


def source(name: str) -> str:
    return (pages.TEMPLATES / name).read_text(encoding="utf-8")


def msgids(environment: Environment, name: str) -> set[str]:
    found = extract_from_ast(environment.parse(source(name)), ("_",))
    return {text if isinstance(text, str) else str((text or [""])[0]) for _line, _function, text in found}


def test_every_template_is_compiled_at_start(environment: Environment) -> None:
    assert environment.list_templates() == TEMPLATES
    assert not environment.auto_reload
    assert environment.cache is not None
    assert len(environment.cache) == len(TEMPLATES)


def test_a_missing_name_is_refused_and_not_printed_as_nothing(environment: Environment) -> None:
    with pytest.raises(UndefinedError):
        pages.render(environment, "problem.html", {})


def test_what_people_type_is_escaped(environment: Environment) -> None:
    page = pages.render(environment, "problem.html", FRAME | {"heading": "<b>", "message": "<script>alert()</script>"})
    assert "<script>" not in page
    assert "&lt;script&gt;alert()&lt;/script&gt;" in page
    assert "<title>&lt;b&gt;" in page


PRINTED = """{% macro shown(what) %}[{{ what }}{{ caller() }}]{% endmacro %}{% set kept %}{{ one }}{% endset %}
{{ one }} {{ kept }} {{ one ~ number }} {{ one | upper }} {{ "<" }}{% call shown(one) %}{{ one }}{% endcall %}
{% for each in [one, number, none] %}{{ each }}{% if each is defined %}{{ each }}{% endif %}{% endfor %}
{% filter replace("a", "b") %}{{ one }}{% endfilter %} {% autoescape false %}{{ number }}{% endautoescape %}"""


@given(st.one_of(st.text(), st.text().map(Markup), st.sampled_from(["<a&'\">", Markup("<a>")])), st.integers())
def test_what_is_printed_is_what_the_library_prints_itself(environment: Environment, one: str, number: int) -> None:
    values = {"one": one, "number": number}
    theirs = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(PRINTED)
    assert environment.from_string(PRINTED).render(values) == theirs.render(values)


def test_the_page_says_its_language(environment: Environment) -> None:
    for lang, code in (("zh", "zh-CN"), ("en", "en")):
        page = pages.render(environment, "problem.html", FRAME | {"lang": lang, "heading": "", "message": ""})
        assert f'<html lang="{code}">' in page


@pytest.mark.parametrize("name", SHOWN)
def test_every_page_has_a_title_and_one_first_heading(name: str) -> None:
    text = source(name)
    assert "<title>" in text or "{% block title %}" in text
    if name != "base.html":
        assert len(re.findall(r"<h1\b", text)) == 1


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_says_what_it_expects(name: str) -> None:
    assert source(name).startswith("{#")
    if not name.startswith("components/"):
        assert source(name).startswith("{# context")


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_stands_inline_that_the_content_policy_refuses(name: str) -> None:
    text = source(name)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text)
    assert "javascript:" not in text
    assert "| safe" not in text


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_form_that_changes_something_carries_the_token(name: str) -> None:
    for form in re.findall(r'<form\b[^>]*?method="post".*?</form>', source(name), flags=re.DOTALL):
        assert "csrf" in form


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_word_of_the_templates_stands_in_the_catalogue(environment: Environment, name: str) -> None:
    assert msgids(environment, name) - catalogue("zh").keys() == set()


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_chinese_stands_in_a_template_but_the_name_of_the_language(name: str) -> None:
    assert set(re.findall(r"[一-鿿]+", source(name))) <= {"中文"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_modules_are_short_and_keep_nothing_in_the_browser(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 120
    assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie|\beval\b|new Function", text)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_module_is_loaded_by_a_tag_and_by_an_import(path: Path) -> None:
    imported = set(re.findall(r'from "\./([a-z]+\.js)"', path.read_text(encoding="utf-8")))
    tagged = {name for template in TEMPLATES for name in re.findall(r'static\(["\']([a-z]+\.js)', source(template))}
    assert imported <= {module.name for module in MODULES}
    assert not imported & tagged


def test_every_static_file_a_template_names_exists(environment: Environment) -> None:
    versions = pages.static_versions()
    named = {path for name in TEMPLATES for path in re.findall(r'static\(["\']([^"\']+)', source(name))}
    assert named
    assert named <= versions.keys()
    rendered = environment.from_string('{{ static("app.css") }}').render()
    assert rendered == f"/static/app.css?v={versions['app.css']}"


@pytest.mark.usefixtures("english")
def test_a_moment_reads_short_and_says_the_year_only_when_it_is_another() -> None:
    assert show.when(NOW, NOW) == "22 Nov 10:31"
    assert show.when(datetime(2025, 12, 31, 16, 0, tzinfo=UTC), NOW) == "1 Jan 00:00"
    assert show.when(datetime(2025, 12, 31, 15, 59, tzinfo=UTC), NOW) == "31 Dec 2025 23:59"
    assert show.on(date(2027, 1, 1), NOW) == "1 Jan 2027"
    assert show.when(None, NOW) == ""


def test_a_moment_reads_in_chinese_by_default() -> None:
    assert show.when(NOW, NOW) == "11月22日 10:31"
    assert show.on(date(2027, 1, 1), NOW) == "2027年1月1日"
    expected = '<time datetime="2026-11-22T10:31:07+08:00" title="2026-11-22 10:31:07">11月22日 10:31</time>'
    assert str(show.stamp(NOW, NOW)) == expected


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("after", "kind", "text"),
    [
        (timedelta(days=-1, hours=-2), "over", "1 d 2 h over"),
        (timedelta(seconds=-1), "over", "1 min over"),
        (timedelta(hours=2), "today", "due today 12:31"),
        (timedelta(hours=13, minutes=28), "today", "due today 23:59"),
        (timedelta(hours=13, minutes=29), "soon", "due tomorrow 00:00"),
        (timedelta(days=2, hours=3), "ok", "2 d 3 h left"),
    ],
)
def test_a_due_date_is_told_as_time_left(after: timedelta, kind: str, text: str) -> None:
    badge = show.due(datetime(2026, 11, 22, 2, 31, tzinfo=UTC) + after, datetime(2026, 11, 22, 2, 31, tzinfo=UTC))
    assert (badge.kind, badge.text) == (kind, text)


@pytest.mark.usefixtures("english")
def test_time_left_is_working_time_where_it_is_known() -> None:
    badge = show.due(NOW + timedelta(days=5), NOW, left=timedelta(hours=27), why="five working days")
    assert badge == show.DueBadge("ok", "3 working d 3 h left", "five working days")
    assert show.due(None, NOW).kind == "none"


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("ago", "text"), [(10, "just now"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (86400 * 3, "3 d")]
)
def test_an_age_is_told_in_its_largest_unit(ago: int, text: str) -> None:
    assert show.age(NOW - timedelta(seconds=ago), NOW) == text


def test_figures_read_with_separators_and_say_what_they_are_a_share_of(tongue: str) -> None:
    assert show.money(Decimal(120000)) == "¥120,000"
    assert show.money(Decimal("99.5")) == "¥99.50"
    assert show.money(None) == show.count(None) == show.share(0, 0) == "—"
    assert show.share(7, 8) == {"zh": "87.5%（7/8）", "en": "87.5% (7/8)"}[tongue]


SPANS = st.lists(st.tuples(st.integers(-3, 30), st.integers(-3, 30), st.sampled_from("abc")), max_size=8)


@given(st.text(max_size=24), SPANS)
def test_cutting_a_text_loses_nothing_and_marks_exactly_what_was_found(
    text: str, spans: list[tuple[int, int, str]]
) -> None:
    cut = show.pieces(text, spans)
    assert "".join(piece.text for piece in cut) == text
    assert all(piece.text for piece in cut)
    marked = [piece.rules is not None for piece in cut for _character in piece.text]
    assert marked == [any(start <= at < end for start, end, _rule in spans) for at in range(len(text))]


def test_overlapping_words_become_one_mark_with_every_rule() -> None:
    cut = show.pieces("拖欠工资四个月", [(0, 4, "wages"), (2, 5, "pay"), (4, 7, "time")])
    assert cut == [show.Piece("拖欠工资四个月", ("wages", "pay", "time"))]


def test_a_marked_summary_is_escaped() -> None:
    assert show.marked("<b>拖欠工资</b>", ["拖欠", ""]) == Markup("&lt;b&gt;<mark>拖欠</mark>工资&lt;/b&gt;")
