"""A rule as a form: one line a weight, one line a thing that must be said; and back to what the file would say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.routing.ruleset import RuleSetTable, RuleTable
from hotline.rulebook.writing import plain
from hotline.telephony.calls import Channel

BETWEEN: Final = "、"
EXAMPLE: Final = "3 拖欠工资、欠薪"
_SPLIT: Final = re.compile("[、，,]")
_LINE: Final = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*[:： \t]\s*(.+)")
_NUMBERS: Final = {"weight": float, "within": int, "min_people": int, "max_people": int, "min_amount": float}
_LISTS: Final = ("any", "none")
_LINES: Final = ("examples", "counter_examples")
_CHOICES: Final = ("urgency", "difficulty")
FORM_KEYS: Final = frozenset({"id", "category", "words", "all", "channels", "script"}) | {
    *_NUMBERS, *_LISTS, *_LINES, *_CHOICES,
}  # fmt: skip
"""Keys of a rule the form has; others are kept as they are and edited as TOML."""


def fits_form(rule: RuleTable) -> bool:
    """Whether every word can be told from the next when they stand in one line."""
    said = [word for words in rule.words.values() for word in words]
    said += [word for group in rule.groups for word in group] + list(rule.none)
    texts = [*rule.examples, *rule.counter_examples]
    return not any(_SPLIT.search(word) or word != word.strip() for word in said) and not any(
        "\n" in text or text != text.strip() for text in texts
    )


def form_of(rule: RuleTable) -> dict[str, str]:
    """The values of the form for this rule."""
    by_weight = sorted(rule.words.items(), key=lambda entry: -float(entry[0]))
    values = {
        "id": rule.id,
        "category": rule.category or "",
        "words": "\n".join(f"{weight} {BETWEEN.join(words)}" for weight, words in by_weight),
        "all": "\n".join(entry if isinstance(entry, str) else BETWEEN.join(entry) for entry in rule.all),
        "any": BETWEEN.join(rule.any),
        "none": BETWEEN.join(rule.none),
        "script_zh": rule.script.zh if rule.script else "",
        "script_en": rule.script.en if rule.script else "",
        "examples": "\n".join(rule.examples),
        "counter_examples": "\n".join(rule.counter_examples),
        "urgency": rule.urgency,
        "difficulty": rule.difficulty,
    }
    values |= {key: "" if not (given := getattr(rule, key)) else f"{given:g}" for key in _NUMBERS}
    return values | {f"channel_{channel}": "yes" for channel in rule.channels}


def other_keys(rule: RuleTable) -> dict[str, Any]:
    """What the rule says that the form has no field for."""
    given = rule.model_dump(mode="json", exclude_defaults=True)
    return {key: value for key, value in given.items() if key not in FORM_KEYS}


def rule_of(values: Mapping[str, str], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says, as a `[[rule]]` would; `kept` are keys without a field. Raises `Invalid` naming each field.

    Only what cannot be read is refused here: what it means is checked with the whole rule set.
    """
    mistakes: list[Mistake] = []
    rule: dict[str, Any] = {"id": values.get("id", "").strip(), **kept}
    if category := values.get("category", ""):
        rule["category"] = category
    rule["words"] = _words(values.get("words", ""), mistakes)
    for key, kind in _NUMBERS.items():
        if text := values.get(key, "").strip():
            rule[key] = _number(key, text, kind, mistakes)
    groups = [_split(line) for line in values.get("all", "").splitlines() if line.strip()]
    rule["all"] = [group[0] if len(group) == 1 else group for group in groups if group]
    rule |= {key: _split(values.get(key, "")) for key in _LISTS}
    rule |= {key: _filled(values.get(key, "").splitlines()) for key in _LINES}
    rule |= {key: values[key] for key in _CHOICES if values.get(key)}
    rule["channels"] = [channel.value for channel in Channel if values.get(f"channel_{channel.value}")]
    script = {tongue: values.get(f"script_{tongue}", "").strip() for tongue in ("zh", "en")}
    if any(script.values()):
        mistakes += [Mistake(f"script_{tongue}", _BOTH) for tongue, text in script.items() if not text]
        rule["script"] = script
    if mistakes:
        raise Invalid(*mistakes)
    return {key: value for key, value in rule.items() if value not in ([], {})}


_BOTH: Final = mark("The operator's screen may be in either language: please write the script in both.")


def _words(text: str, mistakes: list[Mistake]) -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            message = mark("Line {line}: write the weight first, then the words, for example: {example}")
            mistakes.append(Mistake("words", message, {"line": number, "example": EXAMPLE}))
            continue
        words.setdefault(f"{float(found[1]):g}", []).extend(_split(found[2]))
    return {weight: listed for weight, listed in words.items() if listed}


def _number(key: str, text: str, kind: type, mistakes: list[Mistake]) -> Any:
    try:
        return kind(text)
    except ValueError:
        mistakes.append(Mistake(key, mark("This must be a number, for example 3.")))
        return None


def _split(text: str) -> list[str]:
    return _filled(_SPLIT.split(text.replace("\n", BETWEEN)))


def _filled(parts: Iterable[str]) -> list[str]:
    return [part.strip() for part in parts if part.strip()]


def with_rule(table: RuleSetTable, rule: Mapping[str, Any], *, instead_of: str) -> dict[str, Any]:
    """The content of the rule set with this rule in the place of another, or at the end ("")."""
    content = plain(table)
    rules = content["rule"]
    places = [at for at, old in enumerate(rules) if old["id"] == instead_of]
    if places:
        rules[places[0]] = dict(rule)
    else:
        rules.append(dict(rule))
    return content


def without_rule(table: RuleSetTable, rule: str) -> dict[str, Any]:
    """The content of the rule set without this rule."""
    content = plain(table)
    content["rule"] = [one for one in content["rule"] if one["id"] != rule]
    return content
