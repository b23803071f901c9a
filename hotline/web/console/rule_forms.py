"""A rule as a form: one line a weight, one line a thing that must be said; and back to what the file would say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.registry.fields import KINDS
from hotline.routing.ruleset import LONGEST_WORD, RuleSetTable, RuleTable
from hotline.rulebook.writing import plain
from hotline.telephony.calls import Channel

BETWEEN: Final = "、"
EXAMPLE: Final = "3 拖欠工资、欠薪"
PATTERN_EXAMPLE: Final = "3 拖欠.{0,6}(工资|工钱)"
HOURS_EXAMPLE: Final = "22-6"
_SPLIT: Final = re.compile("[、，,]")
_LINE: Final = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*[:： \t]\s*(.+)")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_HOURS: Final = re.compile(r"(1?[0-9]|2[0-3])-(1?[0-9]|2[0-4])")
_NUMBERS: Final[Mapping[str, tuple[type[int | float], float, float]]] = {
    "weight": (float, -100, 100),
    "within": (int, 2, 500),
    "min_people": (int, 1, 9_999_999),
    "max_people": (int, 1, 9_999_999),
    "min_amount": (float, 0.01, 1e12),
    "min_months": (float, 0.1, 1200),
    "priority": (int, 1, 1000),
}
"""Keys that are a number: of which kind, and from where to where."""
_LISTS: Final = ("any", "none", "places")
_WEIGHED: Final = ("words", "patterns")
_LINES: Final = ("examples", "counter_examples")
_CHOICES: Final = ("urgency", "difficulty")
_TICKED: Final = {
    "channels": ("channel", tuple(channel.value for channel in Channel)),
    "employer_kinds": ("kind", tuple(kind.code for kind in KINDS)),
}
"""Keys that are a list of codes: what the boxes are called, and which there are."""
FORM_KEYS: Final = frozenset({"id", "category", "all", "hours", "script"}) | {
    *_NUMBERS, *_LISTS, *_WEIGHED, *_LINES, *_CHOICES, *_TICKED,
}  # fmt: skip
"""Keys of a rule the form has: all there are today. A newer one is kept as it is and edited as TOML."""


def fits_form(rule: RuleTable) -> bool:
    """Whether every word can be told from the next when they stand in one line, and every code has its box."""
    said = [word for words in rule.words.values() for word in words]
    said += [word for group in rule.groups for word in group] + list(rule.none) + list(rule.places)
    lines = [*rule.examples, *rule.counter_examples, *(one for given in rule.patterns.values() for one in given)]
    return (
        not any(_SPLIT.search(word) or word != word.strip() for word in said)
        and not any("\n" in line or line != line.strip() for line in lines)
        and set(rule.employer_kinds).issubset(_TICKED["employer_kinds"][1])
    )


def form_of(rule: RuleTable) -> dict[str, str]:
    """The values of the form for this rule."""
    by_weight = sorted(rule.words.items(), key=_heaviest)
    values = {
        "id": rule.id,
        "category": rule.category or "",
        "words": "\n".join(f"{weight} {BETWEEN.join(words)}" for weight, words in by_weight),
        "patterns": "\n".join(
            f"{weight} {one}" for weight, given in sorted(rule.patterns.items(), key=_heaviest) for one in given
        ),
        "all": "\n".join(entry if isinstance(entry, str) else BETWEEN.join(entry) for entry in rule.all),
        "hours": rule.hours or "",
        "script_zh": rule.script.zh if rule.script else "",
        "script_en": rule.script.en if rule.script else "",
    }
    values |= {key: BETWEEN.join(getattr(rule, key)) for key in _LISTS}
    values |= {key: "\n".join(getattr(rule, key)) for key in _LINES}
    values |= {key: getattr(rule, key) for key in _CHOICES}
    values |= {key: "" if not (given := getattr(rule, key)) else _typed(given) for key in _NUMBERS}
    return values | {f"{box}_{code}": "yes" for key, (box, _codes) in _TICKED.items() for code in getattr(rule, key)}


def _heaviest(entry: tuple[str, list[str]]) -> float:
    return -float(entry[0])


def _typed(number: float) -> str:
    """As a person types it: no power of ten, no ending of zeros."""
    return f"{number:.4f}".rstrip("0").rstrip(".")


def other_keys(rule: RuleTable) -> dict[str, Any]:
    """What the rule says that the form has no field for."""
    given = rule.model_dump(mode="json", exclude_defaults=True)
    return {key: value for key, value in given.items() if key not in FORM_KEYS}


def rule_of(values: Mapping[str, str], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says, as a `[[rule]]` would; `kept` are keys without a field. Raises `Invalid` naming each field.

    Only what cannot be read is refused here: what it means is checked with the whole rule set.
    """
    mistakes: list[Mistake] = []
    rule: dict[str, Any] = {"id": _name(values.get("id", "").strip(), mistakes), **kept}
    if category := values.get("category", ""):
        rule["category"] = category
    rule["words"] = _weighed("words", values, _split, mistakes)
    rule["patterns"] = _weighed("patterns", values, _whole, mistakes)
    rule |= {key: _number(key, text, mistakes) for key in _NUMBERS if (text := values.get(key, "").strip())}
    groups = [_split(line) for line in values.get("all", "").splitlines() if line.strip()]
    rule["all"] = [group[0] if len(group) == 1 else group for group in groups if group]
    rule |= {key: _split(values.get(key, "")) for key in _LISTS}
    too_long = mark("“{word}” is longer than 40 characters. Please use a shorter phrase.")
    mistakes += [Mistake("places", too_long, {"word": one}) for one in rule["places"] if len(one) > LONGEST_WORD]
    rule |= {key: _filled(values.get(key, "").splitlines()) for key in _LINES}
    rule |= {key: values[key] for key in _CHOICES if values.get(key)}
    rule |= {key: [code for code in codes if values.get(f"{box}_{code}")] for key, (box, codes) in _TICKED.items()}
    rule |= _hours(values.get("hours", "").strip(), mistakes)
    rule |= _script(values, mistakes)
    if mistakes:
        raise Invalid(*mistakes)
    return {key: value for key, value in rule.items() if value not in ([], {})}


def _name(name: str, mistakes: list[Mistake]) -> str:
    if not _NAME.fullmatch(name):
        message = mark("Small letters, digits, dots and dashes, for example {example}. A letter or digit comes first.")
        mistakes.append(Mistake("id", message, {"example": "wages-unpaid"}))
    return name


def _hours(hours: str, mistakes: list[Mistake]) -> dict[str, str]:
    if hours and not _HOURS.fullmatch(hours):
        message = mark("Two full hours with a dash between them, for example {example}.")
        mistakes.append(Mistake("hours", message, {"example": HOURS_EXAMPLE}))
    return {"hours": hours} if hours else {}


def _script(values: Mapping[str, str], mistakes: list[Mistake]) -> dict[str, Any]:
    script = {tongue: values.get(f"script_{tongue}", "").strip() for tongue in ("zh", "en")}
    if not any(script.values()):
        return {}
    mistakes += [Mistake(f"script_{tongue}", _BOTH) for tongue, text in script.items() if not text]
    return {"script": script}


_BOTH: Final = mark("The operator's screen may be in either language: please write the script in both.")


def _weighed(
    key: str, values: Mapping[str, str], parts: Callable[[str], list[str]], mistakes: list[Mistake]
) -> dict[str, list[str]]:
    """What stands behind each weight; a line that does not begin with one is a mistake."""
    found: dict[str, list[str]] = {}
    for number, line in enumerate(values.get(key, "").splitlines(), 1):
        if not line.strip():
            continue
        read = _LINE.fullmatch(line)
        if read is None:
            message = mark("Line {line}: write the weight first, then the words, for example: {example}")
            example = EXAMPLE if key == "words" else PATTERN_EXAMPLE
            mistakes.append(Mistake(key, message, {"line": number, "example": example}))
            continue
        found.setdefault(f"{float(read[1]):g}", []).extend(parts(read[2]))
    return {weight: listed for weight, listed in found.items() if listed}


def _whole(line: str) -> list[str]:
    """A pattern has commas of its own: one stands in a line."""
    return _filled([line])


def _number(key: str, text: str, mistakes: list[Mistake]) -> Any:
    kind, least, most = _NUMBERS[key]
    try:
        number = kind(text)
    except ValueError:
        mistakes.append(Mistake(key, mark("This must be a number, for example 3.")))
        return None
    if not least <= number <= most:
        message = mark("This must be a number from {least} to {most}.")
        mistakes.append(Mistake(key, message, {"least": f"{least:g}", "most": f"{most:,.0f}"}))
    return number


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
