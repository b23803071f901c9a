"""What the fields of letters are filled with: the names of offices, numbers and dates; never what names a worker."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hotline.cases.models import Case
from hotline.clock import SHANGHAI
from hotline.deadlines.due import due_at
from hotline.deadlines.reminding import day_ends
from hotline.documents.letter_texts import TO_EMPLOYERS, LetterKind
from hotline.documents.paper import LetterPaper, in_words
from hotline.letters.models import Letter, LetterState
from hotline.policy import Policy

STAMPS = {LetterState.DRAFT: "草稿", LetterState.WITHDRAWN: "已撤回"}


def day_of(at: datetime) -> date:
    """The day a moment falls on in Asia/Shanghai."""
    return at.astimezone(SHANGHAI).date()


def moment_in_words(at: datetime) -> str:
    """A moment as letters write it: 2026年9月30日17:30."""
    return f"{in_words(day_of(at))}{at.astimezone(SHANGHAI):%H:%M}"


def reply_by(policy: Policy, kind: LetterKind, *, since: datetime) -> datetime:
    """By when a letter of this kind that reaches its addressee at `since` is to be answered, in UTC."""
    reminding = policy.reminding
    if kind in {LetterKind.URGE, LetterKind.CRITICISM}:
        return due_at(reminding.case.answer_days, since=since, calendar=policy.calendar).due_at.astimezone(UTC)
    days = reminding.term.answer_days if kind is LetterKind.TERM_URGE else reminding.employer.answer_days
    return day_ends(day_of(since) + timedelta(days=days), policy.calendar).astimezone(UTC)


def department_name(policy: Policy, code: str | None) -> str:
    """The name of a department, the code of one that is no longer there."""
    known = policy.departments.get(code) if code else None
    return known.name if known is not None else code or ""


def body_for(policy: Policy, origin: str | None) -> str:
    """In whose name a department writes to others: its federation or station, which has a territory of its own."""
    path = policy.departments.path(origin) if origin else ()
    return next((one.name for one in reversed(path) if one.territory), policy.departments.root.name)


def category_name(policy: Policy, code: str | None) -> str:
    """The name of a category."""
    known = policy.categories.get(code) if code else None
    return known.name if known is not None else "其他"


def case_values(policy: Policy, case: Case, *, now: datetime) -> dict[str, Any]:
    """The fields of letters to a department about a case that is overdue at `now`."""
    due = case.resolve_by or case.due_at or now
    late = policy.calendar.working_days_between(day_of(due), day_of(now))
    return {
        "发函单位": policy.reminding.desk.name,
        "承办部门": department_name(policy, case.department),
        "工单编号": case.number,
        "事项类别": category_name(policy, case.category),
        "派单日期": in_words(day_of(case.routed_at or case.opened_at)),
        "办理时限": moment_in_words(due),
        "超期工作日": str(max(late, 1)),
    }


def employer_values(policy: Policy, case: Case, *, employer: str, origin: str | None) -> dict[str, Any]:
    """The fields of the first letter to an employer."""
    return {
        "发函单位": body_for(policy, origin),
        "用人单位": employer,
        "事项类别": category_name(policy, case.category),
        "答复天数": str(policy.reminding.employer.answer_days),
        "联系电话": policy.reminding.desk.telephone,
    }


def following_values(previous: Letter) -> dict[str, Any]:
    """What the next letter of the ladder says of the one that was not answered, beside what that one said."""
    name = {LetterKind.ADVICE: "提示函", LetterKind.OPINION: "意见书", LetterKind.URGE: "催办函"}[previous.kind]
    on = previous.signed_on
    return {
        **previous.field_values,
        f"{name}编号": previous.number,
        f"{name}日期": in_words(on) if on is not None else "",
    }


def next_kind(kind: LetterKind) -> LetterKind | None:
    """What follows on this letter to an employer when it is not answered."""
    if kind not in TO_EMPLOYERS[:-1]:
        return None
    return TO_EMPLOYERS[TO_EMPLOYERS.index(kind) + 1]


def written(policy: Policy, letter: Letter, *, until: datetime) -> None:
    """Put the wording in force and the values of the letter on its paper; `until` is when an answer is expected."""
    values = {**letter.field_values, "答复期限": in_words(day_of(until))}
    paper = policy.letters[letter.kind].paper({key: str(value) for key, value in values.items()})
    letter.title, letter.addressee = paper.title[:600], paper.addressee[:400]
    letter.paper = {
        "issuer": paper.issuer,
        "title": paper.title,
        "addressee": paper.addressee,
        "paragraphs": list(paper.paragraphs),
        "copies": list(paper.copies),
    }


def numbered(policy: Policy, letter: Letter, *, serial: int, now: datetime, by: int | None) -> None:
    """Sign a letter off: its number, its date, and its words for good. `by` is None for the rule."""
    on = day_of(now)
    letter.serial, letter.year = serial, on.year
    letter.number = policy.letters[letter.kind].number_of(serial, on)[:100]
    letter.signed_at, letter.signed_on, letter.signed_by_id = now, on, by
    letter.state = LetterState.SIGNED
    until = reply_by(policy, letter.kind, since=now)
    written(policy, letter, until=until)
    if letter.department is not None:
        letter.state, letter.sent_at, letter.reply_by = LetterState.SENT, now, until


def paper_of(letter: Letter) -> LetterPaper:
    """The letter as it lies on paper."""
    paper = letter.paper
    return LetterPaper(
        issuer=paper["issuer"],
        title=paper["title"],
        addressee=paper["addressee"],
        paragraphs=tuple(paper["paragraphs"]),
        copies=tuple(paper["copies"]),
        number=letter.number,
        signed_on=letter.signed_on,
        stamp=STAMPS.get(letter.state, ""),
    )
