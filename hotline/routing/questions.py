"""What should be asked about a matter and has not been told yet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from hotline.i18n import mark
from hotline.routing.categories import Category
from hotline.routing.facts import Fact, extract_facts

QUESTIONS: Final = {
    "employer": mark("Which employer is it?"),
    "place": mark("Where is it: district, town, street?"),
    "since": mark("Since when?"),
    "amount": mark("How much money is it about?"),
    "people": mark("How many people are affected?"),
    "contract": mark("Is there a written contract?"),
    "proof": mark("What proof is at hand: chat, transfers, time sheets, witnesses?"),
    "injury": mark("When and how did it happen, and which hospital treated it?"),
    "recognition": mark("Has the work injury been applied for or recognised?"),
    "insurance": mark("Does the employer pay social insurance?"),
    "household": mark("How many live in the household, and on what income?"),
    "illness": mark("Which illness is it, and what does treatment cost?"),
    "member": mark("Is the caller a member of the union?"),
    "skill": mark("What work is sought, and what can the caller do?"),
    "danger": mark("Is anybody in danger at this moment?"),
    "wish": mark("What does the caller want done?"),
}
"""What each code of a category's `facts` asks the caller (msgids)."""

_TOLD: Final = {
    "contract": re.compile("合同|协议"),
    "proof": re.compile("证据|证明|录音|聊天|欠条|考勤|打卡|流水|转账|工资条|证人|照片|监控"),
    "injury": re.compile("医院|住院|手术|骨折|诊断|送医|抢救"),
    "recognition": re.compile("工伤认定|认定工伤|认定书|劳动能力鉴定|伤残鉴定|伤残等级|[一二三四五六七八九十]级伤残"),
    "insurance": re.compile("社保|五险|保险|参保"),
    "household": re.compile("低保|收入|家里|家庭|孩子|老人|父母|丈夫|妻子|独自"),
    "illness": re.compile("癌|肿瘤|白血病|尿毒症|透析|手术|重病|大病|医药费|医疗费|住院"),
    "member": re.compile("会员|入会|工会"),
    "skill": re.compile("电工|焊工|司机|厨师|保洁|保安|文员|会计|技术|学历|专业|经验|证书"),
    "danger": re.compile("现在|正在|马上|随时|已经停|没有人受伤"),
    "wish": re.compile("希望|要求|请求|想要|诉求|要讨|想讨|求助|请问"),
}

SEVEN: Final = ("who", "employer", "place", "since", "amount", "people", "wish")
"""What makes a written case complete: who, against whom, where, since when, how much, how many, what is wanted."""

SEVEN_LABELS: Final = {
    "who": mark("who calls"),
    "employer": mark("which employer"),
    "place": mark("where"),
    "since": mark("since when"),
    "amount": mark("how much"),
    "people": mark("how many people"),
    "wish": mark("what is wanted"),
}

_ALONE: Final = re.compile("我一个人|就我|只有我|本人|我自己")


def untold(
    text: str,
    facts: Iterable[Fact],
    *,
    who: bool,
    place: str = "",
    employer: str = "",
    people: int | None = None,
    amount_owed: Decimal | None = None,
    wish: str = "",
) -> tuple[str, ...]:
    """Which of the seven facts neither the fields nor the narrative tell; `who`: a name or number was left."""
    told = _told_by(facts)
    fields = {
        "who": who,
        "place": place,
        "employer": employer,
        "people": people or _ALONE.search(text),
        "amount": amount_owed is not None,
        "wish": wish or _TOLD["wish"].search(text),
    }
    told.update(code for code, value in fields.items() if value)
    return tuple(code for code in SEVEN if code not in told)


def _told_in(text: str, facts: Iterable[Fact]) -> set[str]:
    return _told_by(facts) | {code for code, pattern in _TOLD.items() if pattern.search(text)}


def _told_by(facts: Iterable[Fact]) -> set[str]:
    """Codes of questions; that somebody is hurt says neither when nor how, so injury stays a question."""
    told: set[str] = {fact.kind for fact in facts if fact.kind != "injury"}
    if "period" in told:
        told.add("since")
    return told


def missing_facts(
    category: Category,
    text: str,
    *,
    place: str = "",
    employer: str = "",
    people: int | None = None,
    amount_owed: Decimal | None = None,
) -> tuple[str, ...]:
    """The questions (msgids) of this category that neither the fields nor the narrative answer, in its order."""
    told = _told_in(text, extract_facts(text))
    fields = {"place": place, "employer": employer, "people": people, "amount": amount_owed}
    told.update(code for code, value in fields.items() if value)
    return tuple(QUESTIONS[code] for code in category.facts if code not in told)
