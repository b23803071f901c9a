"""Twelve ways for a file of rules to be wrong."""

from __future__ import annotations

from typing import Final

_HEAD: Final = 'name = "broken"\nthreshold = 2\nmargin = 0.5\n'
_RULE: Final = '[[rule]]\nid = "a"\ncategory = "wage_arrears"\nwords.3 = ["欠薪"]\n'

BROKEN: Final[tuple[str, ...]] = (
    "这不是 TOML",
    _HEAD,
    _HEAD + "rule = []\n",
    _HEAD + _RULE + _RULE,
    _HEAD + _RULE.replace("wage_arrears", "no_such_category"),
    _HEAD + _RULE + "unknown = 1\n",
    _HEAD + _RULE.replace("words.3", "words.many"),
    _HEAD + _RULE.replace('"欠薪"', ""),
    _HEAD + _RULE.replace('"欠薪"', '"' + "长" * 41 + '"'),
    _HEAD + _RULE + 'examples = ["这里什么都没有"]\n',
    _HEAD + _RULE + 'all = ["工资"]\nwithin = 5\n',
    _HEAD + _RULE + "x = [" * 5000,
)
"""The tenth fails its example and is a draft that cannot be published; the others are refused as they are read."""
