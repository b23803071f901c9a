"""Learning from made-up texts: each label has words of its own among words all of them share."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.routing.candidates import candidates, count_phrases
from hotline.routing.classify import classify
from hotline.routing.compiled import compile_rules
from hotline.routing.evaluation import evaluate
from hotline.routing.fitting import _rows
from hotline.routing.labelled import LabelledText
from hotline.routing.learning import Learned, learn
from hotline.routing.rulefile import RuleFile, load_rule_file, own_categories
from hotline.routing.ruleset import ConfigurationError, read_rules

OWN = {
    "道路交通": ["红绿灯", "斑马线", "停车位", "公交站", "修马路"],
    "学校教育": ["班主任", "课外班", "校服费", "食堂菜", "转学籍"],
    "worker.pay": ["欠工资", "加班费", "讨血汗钱", "包工头", "押工钱"],
}
SHARED = ["你们好", "我想问", "一下子", "请帮忙", "谢谢了", "在我们", "这里边", "很长时", "没人管", "怎么办"]


def made(number: int, seed: int) -> list[LabelledText]:
    dice = random.Random(seed)
    texts = []
    for line in range(number):
        label = dice.choice(list(OWN))
        said = dice.sample(OWN[label], 2) + dice.sample(SHARED, 5)
        if dice.random() < 0.1:
            said.append(dice.choice(OWN[dice.choice(list(OWN))]))
        dice.shuffle(said)
        texts.append(LabelledText("，".join(said), label, None, line))
    return texts


@pytest.fixture(scope="module")
def learned() -> Learned:
    return learn(made(240, seed=1), words=8)


@pytest.fixture
def rule_file(learned: Learned, tmp_path: Path) -> RuleFile:
    path = tmp_path / "learned.toml"
    path.write_text(learned.toml, encoding="utf-8")
    return load_rule_file(path, groups={}, categories={})


def test_what_is_learned_holds_on_texts_never_seen(learned: Learned, rule_file: RuleFile) -> None:
    result = evaluate(rule_file.rules, made(120, seed=2), rule_file.meanings)
    assert result.accuracy_all > 0.9
    assert result.accuracy_routed >= result.accuracy_all
    assert learned.held_out.accuracy_all > 0.9


def test_a_rule_has_no_more_words_than_asked_for_and_they_tell_the_labels_apart(learned: Learned) -> None:
    content = tomllib.loads(learned.toml)
    assert [category["name"] for category in content["category"]] == sorted(OWN)
    for rule, label in zip(content["rule"], sorted(OWN), strict=True):
        words = {word: float(points) for points, given in rule["words"].items() for word in given}
        assert 0 < len(words) <= 8
        best = sorted(words, key=lambda word: -words[word])[:3]
        assert all(any(part in own for own in OWN[label]) for word in best for part in [word[:2]])


def test_the_same_texts_and_seed_teach_the_same(learned: Learned) -> None:
    assert learn(made(240, seed=1), words=8).toml == learned.toml


def test_a_label_that_is_no_code_gets_one_and_keeps_its_name(rule_file: RuleFile) -> None:
    assert {code: each.name for code, each in rule_file.categories.items()} == {
        "dao-lu-jiao-tong": "道路交通",
        "xue-xiao-jiao-yu": "学校教育",
        "worker.pay": "worker.pay",
    }


def test_too_little_teaches_nothing() -> None:
    for texts in (made(4, seed=1), [each for each in made(99, seed=1) if each.label == "worker.pay"]):
        with pytest.raises(ConfigurationError) as refused:
            learn(texts, words=5)
        assert "two labels and eight texts" in str(refused.value)


def test_phrases_that_only_stand_in_longer_ones_are_left_out() -> None:
    texts = [each.text for each in made(200, seed=3)]
    labels = [sorted(OWN).index(each.label) for each in made(200, seed=3)]
    counts = count_phrases(texts, labels, classes=3)
    assert sum(counts["红绿灯"]) == sum(counts["红绿"])
    for label, found in enumerate(candidates(texts, labels, classes=3, each=10)):
        assert "红绿" not in found
        assert set(found[:3]) <= set(OWN[sorted(OWN)[label]])


words = st.text(st.sampled_from("拖欠工资"), min_size=1, max_size=3)


@settings(max_examples=200)
@given(st.lists(words, min_size=1, max_size=6, unique=True), st.text(st.sampled_from("拖欠工资老，"), max_size=25))
def test_what_counts_while_learning_is_what_counts_in_a_rule(vocabulary: list[str], text: str) -> None:
    numbers, rows = _rows([text], [dict.fromkeys(vocabulary, 1.0)])
    content = {
        "name": "t",
        "threshold": 1,
        "margin": 0,
        "category": [{"code": "a", "name": "a"}],
        "rule": [{"id": "a", "category": "a", "words": {"1": vocabulary}}],
    }
    table = read_rules(content, file="t", categories=None)
    decision = classify(compile_rules(table, own_categories(table)[1]), text)
    counted = {word for word, number in numbers[0].items() if number in rows[0][0]}
    assert counted == {item.word for item in decision.evidence}
