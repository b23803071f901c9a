"""Names of employers as they are compared, and whether the words of a text really are such a name.

A name loses what people leave out when they speak (有限责任公司, 分公司, the city in front), as far as what remains
still tells one employer from others. A short name counts only where the words around it show that it is one: two
characters stand inside many longer words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from hotline.routing.text import normal_form

SHORTEST: Final = 2
SEVERAL: Final = 2
LONGEST: Final = 60
_SAFE: Final = 4
"""From so many characters on a name is hardly ever part of another word."""

_BRACKETS: Final = str.maketrans("（〔［【）〕］】", "(((())))")
_BRACKET: Final = re.compile("[（〔［【）〕］】]")
_UNION: Final = re.compile(r"(?:(?:联合)?工会(?:委员会|联合会|筹备组)?|总工会)$")
_LEGAL: Final = (
    r"(?:股份有限公司|有限责任公司|集团有限公司|集团公司|有限公司|总公司|分公司|子公司|公司|集团|有限合伙|\(集团\))"
)
_LEGAL_FORM: Final = re.compile(_LEGAL)
_LEGAL_END: Final = re.compile(rf"{_LEGAL}$")
_ENDS: Final = ("公司", "集团", "工会", "合伙", ")", "委员会", "联合会", "筹备组")
"""How a name ends that has a form; few names of a register are looked at twice for nothing."""
_IN_BRACKETS: Final = re.compile(r"\([^()]*\)")
_PLACE: Final = re.compile(r"(.{2,}?)(市|区|县|镇|乡|街道|新区|开发区)$")

_GENERIC_WORDS: Final = """
公司 工厂 厂 厂家 楼盘 医院 卫生院 诊所 学校 小学 中学 大学 学院 幼儿园 酒店 饭店 宾馆 餐厅 食堂 超市 商场 商店
门店 店 物业 建筑 建设 建工 工程 机械 设备 制造 电子 电器 科技 贸易 商贸 外贸 食品 服装 纺织 制衣 物流 运输
仓储 餐饮 劳务 派遣 人力资源 保安 保洁 环卫 家政 汽车 汽修 客运 货运 化工 石化 石油 钢铁 电力 供电 供水 燃气
煤矿 矿业 水泥 建材 石材 木材 木器 玻璃 陶瓷 砖瓦 砖 鞋 玩具 造纸 饮料 家电 模具 电缆 铸造 电镀 皮革 印染
服饰 箱包 冷库 粮油 家具 印刷 包装 塑料 五金 装饰 装修 安装 房地产 地产 置业 开发 投资 控股 管理 服务 咨询
文化 传媒 广告 教育 培训 医药 药业 生物 信息 网络 软件 技术 实业 产业 发展 工业 农业 养殖 渔业 水产 船舶
造船 港口 港务 码头 出租 出租车 公交 快递 外卖 银行 保险 单位 企业 工地 项目 项目部 办事处 市场 中心 服务站
站 局 所 院 部 委员会 办公室 总 分 新 大 工会 联合 有限 责任 股份 集团 行业 联合会 老板 工人 职工 工友 宿舍
车间 班组 街道 社区 城市 本市 全市 政府 国有 民营
"""
_GENERIC: Final = re.compile(
    rf"(?:{'|'.join(sorted(_GENERIC_WORDS.split(), key=len, reverse=True))})++|第?[一二三四五六七八九十0-9]+"
)
"""What says no more than what kind of employer it is."""

_GENERIC_STARTS: Final = frozenset("第一二三四五六七八九十0123456789") | {word[0] for word in _GENERIC_WORDS.split()}

_HAN: Final = "\u3400-\u9fff"
_BEFORE: Final = re.compile(
    rf"(?:^|[^{_HAN}]|[在是叫给到从和跟与被于去向找告把对由因诉们进的就为家名及等]|单位|公司|本人|投诉|举报|反映)$"
)
"""What may stand before a short name."""

_AFTER: Final = re.compile(
    rf"(?:$|[^{_HAN}]|{_LEGAL}|[的了里做欠不没拒克要把从在给让说也就已跟和与这那因于是会有职辞解裁停发扣未无以按被将到向对都还又"
    r"为叫干打上下昨今去前年月常一两三四五六七八九十几多]|员工|工人|工地|工作|老板|拖欠|拖着|倒闭|破产|开除|单位|项目|厂里|厂区|车间|"
    r"经理|领导|工会|门口|食堂|宿舍|总部|负责|强迫|违法|逼|骗|罚|辱|安排|通知|招|面试|入职|离)"
)
"""What may follow a name of three characters or less, and ends any name."""

_GOES_ON: Final = re.compile(
    rf"[{_HAN}]{{0,8}}?(?:公司|集团|股份|厂(?![里区房])|医院|学校|小学|中学|学院|酒店|饭店|超市|银行|研究院|研究所|事务所|合作社)"
)
"""The name goes on after these characters: it is another one."""


def plain(text: str) -> str:
    """A text whose names can be compared: in normal form, brackets half-width; each character stays where it is."""
    return bracketed(normal_form(text).text)


def bracketed(text: str) -> str:
    """The same for a text which is in normal form already."""
    return text.translate(_BRACKETS) if _BRACKET.search(text) else text


def is_generic(name: str) -> bool:
    """Whether a name says only what kind of employer it is, or hardly anything at all."""
    return len(name) < SHORTEST or (name[0] in _GENERIC_STARTS and _GENERIC.fullmatch(name) is not None)


def without_form(name: str) -> str:
    """A plain name without its union and its legal form at the end, as long as something remains."""
    while name.endswith(_ENDS):
        shorter = _LEGAL_END.sub("", _UNION.sub("", name))
        if shorter == name or is_generic(shorter):
            return name
        name = shorter
    return name


def without_place(name: str, places: Places) -> str:
    """A plain name without the places it begins with, as long as what remains tells it from others."""
    while (place := places.at_start(name)) and not is_generic(name[len(place) :]):
        name = name[len(place) :]
    return name


def name_key(name: str, places: Places) -> str:
    """The one form two ways of writing a name have in common; applied again it changes nothing. Empty for nothing."""
    name = plain(name)
    while True:
        shorter = _IN_BRACKETS.sub("", name).translate({ord("("): None, ord(")"): None}) or name
        shorter = without_place(without_form(shorter), places)
        inner = _LEGAL_FORM.sub("", shorter)
        if not is_generic(inner):
            shorter = inner
        if shorter == name:
            return name
        name = plain(shorter)


def spoken_forms(name: str, places: Places) -> list[str]:
    """The forms under which a text may name this employer, the longest first; none for a name that is generic."""
    whole = plain(name)
    kinds = [whole]
    if "(" in whole:
        kinds += [_IN_BRACKETS.sub("", whole), whole.replace("(", "").replace(")", "")]
    forms: dict[str, None] = {}
    for kind in kinds:
        short = without_place(without_form(kind), places)
        forms[short] = None
        if "公司" in short or "集团" in short:
            forms[_LEGAL_FORM.sub("", short)] = None
    kept = [form for form in forms if len(form) <= LONGEST and form not in places and not is_generic(form)]
    return kept if len(kept) < SEVERAL else sorted(kept, key=len, reverse=True)


def form_after(text: str, end: int) -> int:
    """Where the name ends that begins before `end`: behind the legal form that follows, if one does."""
    while found := _LEGAL_FORM.match(text, end):
        end = found.end()
    return end


def is_name(text: str, start: int, end: int, *, length: int) -> bool:
    """Whether the words around show that these are a name of `length` characters (without place) by themselves."""
    after = _AFTER.match(text, end) is not None
    if length >= _SAFE:
        return after or _GOES_ON.match(text, end) is None
    if not after:
        return False
    before = _BEFORE.search(text, max(0, start - 2), start) is not None
    return before or (length > SHORTEST and _LEGAL_FORM.match(text, end) is not None)


class Places:
    """Names of places which employers put in front of their own: of cities, districts, towns."""

    __slots__ = ("_longest", "_starts", "_words")

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = frozenset(word for word in words if len(word) >= SHORTEST)
        self._longest = max(map(len, self._words), default=0)
        self._starts = frozenset(word[:SHORTEST] for word in self._words)

    def __contains__(self, word: object) -> bool:
        return word in self._words

    def at_start(self, name: str) -> str:
        """The longest place `name` begins with; empty for none."""
        if name[:SHORTEST] not in self._starts:
            return ""
        lengths = range(min(self._longest, len(name)), SHORTEST - 1, -1)
        return next((name[:length] for length in lengths if name[:length] in self._words), "")

    def before(self, text: str, at: int) -> str:
        """The longest place that ends at `at`; empty for none."""
        lengths = range(min(self._longest, at), SHORTEST - 1, -1)
        return next((text[at - length : at] for length in lengths if text[at - length : at] in self._words), "")


@lru_cache(maxsize=1024)
def places_in_name(name: str) -> tuple[str, ...]:
    """The place a federation is named after, long and short: 北城区总工会 → 北城区, 北城; none for other names."""
    whole = plain(name)
    word = _UNION.sub("", whole).removesuffix("总")
    if found := _PLACE.match(word):
        return word, found[1]
    return (word,) if whole.endswith("总工会") and len(word) >= SHORTEST else ()
