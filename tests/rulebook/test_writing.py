"""A rule set as TOML: what is written is read back as the same, whatever stands in it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hotline.routing.reading import read_toml
from hotline.routing.ruleset import RuleSetTable
from hotline.rulebook.checking import read_text
from hotline.rulebook.writing import plain, write_rules
from tests.factories import policy

SHIPPED = RuleSetTable.model_validate(read_toml(Path(__file__).parents[2] / "config" / "routing.toml"))
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
weights = st.floats(-100, 100, allow_nan=False).map(lambda weight: f"{weight:g}")
codes = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,12}", fullmatch=True)
rules = st.fixed_dictionaries(
    {"id": codes},
    optional={
        "category": codes,
        "words": st.dictionaries(weights, st.lists(texts, min_size=1, max_size=4), min_size=1, max_size=3),
        "weight": st.floats(-100, 100),
        "all": st.lists(st.one_of(texts, st.lists(texts, min_size=1, max_size=3)), min_size=1, max_size=3),
        "any": st.lists(texts, min_size=1, max_size=40),
        "within": st.integers(2, 500),
        "min_people": st.integers(1, 10**6),
        "min_amount": st.floats(0.01, 1e12),
        "channels": st.lists(st.sampled_from(["phone", "web"]), min_size=1, max_size=2),
        "urgency": st.sampled_from(["urgent", "critical"]),
        "script": st.fixed_dictionaries({"zh": texts, "en": texts}),
        "examples": st.lists(texts, min_size=1, max_size=3),
    },
)
tables = st.fixed_dictionaries(
    {
        "name": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True),
        "threshold": st.floats(0.1, 100),
        "margin": st.floats(0, 100),
        "rule": st.lists(rules, max_size=4),
    }
).map(RuleSetTable.model_validate)


@given(tables)
def test_what_is_written_is_read_back_as_the_same(table: RuleSetTable) -> None:
    assert RuleSetTable.model_validate(tomllib.loads(write_rules(table))) == table


@given(tables)
def test_what_is_stored_is_read_back_as_the_same(table: RuleSetTable) -> None:
    again = RuleSetTable.model_validate(plain(table))
    assert again == table
    assert again.version() == table.version()


def test_a_version_is_the_same_in_whatever_order_its_keys_are_kept() -> None:
    turned = dict(reversed(plain(SHIPPED).items()))
    turned["rule"] = [
        {key: dict(reversed(value.items())) if key == "words" else value for key, value in reversed(rule.items())}
        for rule in turned["rule"]
    ]
    assert RuleSetTable.model_validate(turned).version() == SHIPPED.version()


def test_the_shipped_rules_survive_being_written_and_read() -> None:
    again = read_text(write_rules(SHIPPED), policy().categories)
    assert again == SHIPPED
    assert again.version() == policy().routing.ruleset.version


def test_a_written_file_has_one_table_a_rule_and_short_lines() -> None:
    written = write_rules(SHIPPED)
    assert written.count("[[rule]]") == len(SHIPPED.rule)
    assert max(map(len, written.splitlines())) < 400
