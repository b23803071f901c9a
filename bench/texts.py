"""What workers say, composed from fragments by a seed: about 113 characters, with words whose share is known.

No sentence is anybody's: fragments are made up, and the same seed gives the same text.
"""

from __future__ import annotations

from random import Random
from typing import Final

PLACES: Final = ("北城区", "滨海区", "西山县", "高新区", "鼓楼街道", "港湾街道", "云岭镇", "石桥镇", "软件园", "")
_TRADES: Final = ("服装厂", "建筑工地", "电子厂", "物流园", "酒店后厨", "家政公司", "食品加工厂", "保安公司")
_SPANS: Final = ("今年三月", "去年入冬", "上个月", "春节以后", "去年九月", "半年前")
_FREQUENT: Final = (
    (0.24, "欠薪", "单位欠薪已经好几个月，催了很多回总说下周给，到现在一分钱也没有看到"),
    (0.08, "拖欠工资", "老板拖欠工资，工友们去办公室问过几次，每次都让我们回去再等一等消息"),
    (0.06, "社保", "入职以后一直没有给办社保，人事说过了试用期再讲，现在早就过了还是没有动静"),
    (0.05, "加班费", "每天做到晚上九点，周末也要上工，可是加班费从来没有算过，工资条上看不到"),
)
_RARE_SHARE: Final = 0.0005
_RARE: Final = (
    ("矽肺", "体检以后医生怀疑是矽肺，让我去做进一步的诊断，单位不肯出具工作证明"),
    ("噪声聋", "车间机器声音很大，耳朵越来越听不清，医院说可能是噪声聋，要做鉴定"),
    ("高温津贴", "夏天车间里接近四十度，问过班长好几次，说我们这里没有高温津贴这回事"),
)
_OTHER: Final = (
    "家里老人常年吃药，孩子还在读书，一个人的收入实在顾不过来，想问有什么帮扶",
    "想参加电工的技能培训，不知道在哪里报名，要不要交钱，发不发证书",
    "我们厂还没有建工会，大家商量想成立一个，不清楚要走哪些手续找谁办理",
    "住院花了不少钱，听说参加了互助保障可以再报一部分，材料应该交到哪里",
    "公司通知我明天起不用来了，没有说理由，也没有提补偿，合同还有一年才到期",
    "车间的防护罩坏了很久没有人修，前几天差一点伤到手，反映以后没有回音",
    "怀孕五个月了，主管把我调去上夜班，说不愿意就自己走，我想知道能不能拒绝",
    "办退休时发现少算了几年工龄，档案里缺一份材料，原来的厂子已经没有了",
    "干活时从梯子上摔下来，腿骨折了，单位只垫了头几天的钱，后面就不管了",
    "入会登记以后一直没有收到会员卡，不知道现在还算不算会员，能不能补办",
)
_DETAILS: Final = (
    "和我一样的还有十来个人",
    "大家手里都有考勤的照片",
    "合同只签过一份，放在公司那边",
    "当时是老乡介绍过来的，只有聊天记录",
    "我把转账记录都存着，可以拿给你们看",
    "找过街道的人，他们让我打这个电话问",
)
_WISHES: Final = (
    "请工会帮忙出面问一问，最好能尽快给个说法，家里等着用钱",
    "想请你们告诉我下一步该怎么办，需要准备哪些材料",
    "希望能有人来看一看情况，不要让大家再这样拖下去了",
    "请给我回个电话，白天干活不方便接，晚上六点以后都可以",
)
FREQUENT_WORDS: Final = tuple(word for _, word, _ in _FREQUENT)
RARE_WORDS: Final = tuple(word for word, _ in _RARE)
ABSENT_WORDS: Final = ("钓鱼", "潜水员", "海上漂流")


def narrative(seed: int) -> str:
    """The words of one worker; the same for the same seed."""
    dice = Random(seed)
    opening = f"我在{dice.choice(PLACES)}一家{dice.choice(_TRADES)}上班，{dice.choice(_SPANS)}进来的"
    parts = [opening, _trouble(dice), dice.choice(_DETAILS)]
    if sum(map(len, parts)) < 89:
        parts.append(dice.choice(_DETAILS))
    return "，".join([*parts, dice.choice(_WISHES)]) + "。"


def _trouble(dice: Random) -> str:
    rolled = dice.random()
    for _, text in _RARE:
        if rolled < _RARE_SHARE:
            return text
        rolled -= _RARE_SHARE
    for share, _, text in _FREQUENT:
        if rolled < share:
            return text
        rolled -= share
    return dice.choice(_OTHER)


def call_body(seed: int) -> dict[str, object]:
    """A call as a client of the API logs it."""
    dice = Random(seed ^ 0x5EED)
    return {
        "narrative": narrative(seed),
        "caller_number": f"13{dice.randrange(10):d}{dice.randrange(10**8):08d}",
        "caller_name": person(dice),
        "employer": f"滨海{dice.choice(('宏达', '永盛', '海天', '金桥', '新源'))}{dice.choice(_TRADES)}",
        "place": dice.choice(PLACES),
        "people": dice.choice((1, 1, 1, 3, 12, 30)),
        "wish": dice.choice(("pay", "advice", "relief", "put_right")),
    }


def person(dice: Random) -> str:
    """A name nobody bears but by chance."""
    return dice.choice("赵钱孙李周吴郑王冯陈") + dice.choice("安宁平远明华林川") + dice.choice(("", "之", "然", "初"))
