"""Backtests, worded for people: how far, what was found, which cases changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlencode

from hotline.i18n import _, mark
from hotline.policy import Policy
from hotline.rulebook.backtests import is_dead
from hotline.rulebook.models import PROGRESS_LABELS, Backtest, Progress
from hotline.web import show as words_of
from hotline.web.console import labels

VERDICTS: Final = {"gained": mark("Gained"), "lost": mark("Lost"), "neither": mark("Neither")}
GOING: Final = frozenset({Progress.WAITING, Progress.RUNNING})


def backtest_line(row: Any, now: datetime) -> SimpleNamespace:
    """A backtest in a list."""
    return SimpleNamespace(
        id=row.id,
        version=row.version,
        against=row.against,
        state_label=_(PROGRESS_LABELS[row.state]),
        going=row.state in GOING,
        done=row.done,
        total=row.total,
        by=row.by or "hotline",
        started_at=row.started_at,
        age=words_of.stamp(row.started_at, now),
    )


def progress_view(found: Backtest, now: datetime) -> SimpleNamespace:
    """How far a backtest is."""
    return SimpleNamespace(
        id=found.id,
        state_label=_(PROGRESS_LABELS[found.state]),
        going=found.state in GOING,
        finished=found.state is Progress.FINISHED,
        dead=is_dead(found, now=now),
        done=found.done,
        total=found.total,
        percent=words_of.percent(found.done, found.total or 0),
        beat_at=found.beat_at,
        took=words_of.span(found.finished_at - found.started_at) if found.finished_at else "",
    )


def result_view(policy: Policy, result: Mapping[str, Any], href: str) -> SimpleNamespace:
    """What was found; `href` is the address of the changed cases."""
    cases = result["cases"]
    return SimpleNamespace(
        cases=cases,
        changed=result["changed"],
        urgency=result["urgency"],
        links={verdict: f"{href}?{urlencode({'verdict': verdict})}" for verdict in VERDICTS},
        all_href=href,
        gained=result["gained"],
        lost=result["lost"],
        sides=[_side(result[side], cases, label) for side, label in (("before", _(_FORCE)), ("after", _(_TRIED)))],
        moves=[_move(policy, move, href) for move in result["moves"]],
        desks=[_desk(policy, move) for move in result["desks"]],
        rules=[_rule(policy, rule) for rule in result["rules"]],
        dead=[rule["rule"] for rule in result["rules"] if rule["hits"] == 0],
        beaten=[_rule(policy, rule) for rule in result["rules"] if rule["beaten_by"]],
    )


_FORCE: Final = mark("In force")
_TRIED: Final = mark("This rule set")
REVIEW: Final = mark("review queue")


def _side(side: Mapping[str, int], cases: int, label: str) -> SimpleNamespace:
    return SimpleNamespace(
        label=label,
        coverage=words_of.share(side["sure"], cases),
        accuracy=words_of.share(side["right"], side["sure"]),
        by_itself=words_of.share(side["right"], cases),
        proposal=words_of.share(side["right_at_all"], cases),
    )


def _move(policy: Policy, move: Mapping[str, Any], href: str) -> SimpleNamespace:
    return SimpleNamespace(
        old=labels.category_name(policy, move["from"]) or _(REVIEW),
        new=labels.category_name(policy, move["to"]) or _(REVIEW),
        n=move["n"],
        gained=move["gained"],
        lost=move["lost"],
        href=f"{href}?{urlencode({'old': move['from'] or '-', 'new': move['to'] or '-'})}",
    )


def _desk(policy: Policy, move: Mapping[str, Any]) -> SimpleNamespace:
    old, new = (labels.department_path(policy, move[end]) if move[end] else _("nobody") for end in ("from", "to"))
    return SimpleNamespace(old=old, new=new, n=move["n"], gained=move["gained"], lost=move["lost"], href="")


def _rule(policy: Policy, rule: Mapping[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(
        id=rule["rule"],
        category=labels.category_name(policy, rule["category"]),
        hits=rule["hits"],
        hits_before=rule["hits_before"],
        right=rule["right"],
        wrong=rule["wrong"],
        share=words_of.percent(rule["right"], rule["right"] + rule["wrong"]),
        beaten_by=labels.category_name(policy, rule["beaten_by"]),
    )


def change_view(policy: Policy, row: Any, href: str, why_href: str = "") -> SimpleNamespace:
    """A case that is decided differently, without a word of who called."""
    return SimpleNamespace(
        number=row.number,
        href=href,
        why_href=why_href,
        summary=row.summary,
        before=_said(policy, row, "before"),
        after=_said(policy, row, "after"),
        final=_place(policy, row.final_category, row.final_department),
        verdict=row.verdict,
        verdict_label=_(VERDICTS[row.verdict]),
    )


def _said(policy: Policy, row: Any, side: str) -> str:
    sure, category = getattr(row, f"{side}_sure"), getattr(row, f"{side}_category")
    urgency = getattr(row, f"{side}_urgency")
    place = _place(policy, category, getattr(row, f"{side}_department"))
    said = place if sure else _("{place} (review)", place=place or "—")
    return said if urgency == "normal" else f"{said} · {_(labels.URGENCY_LABELS[urgency])}"


def _place(policy: Policy, category: str | None, department: str | None) -> str:
    parts = (labels.category_name(policy, category), labels.department_path(policy, department) if department else "")
    return " → ".join(filter(None, parts))
