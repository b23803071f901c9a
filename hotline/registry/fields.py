"""The 28 fields of a union organisation, written once: import, export, forms, the table and the reference read this.

Headings of a file are recognised by the code, by the label in either language and by `also`, other names the field is
known under in the registers of unions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hotline.i18n import pick


class Level(StrEnum):
    """Where an organisation stands in the tree."""

    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"
    INDUSTRY = "industry"
    ENTERPRISE = "enterprise"
    STATION = "station"


class Kind(StrEnum):
    """What kind of employer the organisation belongs to."""

    STATE = "state"
    COLLECTIVE = "collective"
    PRIVATE = "private"
    FOREIGN = "foreign"
    JOINT = "joint"
    INSTITUTION = "institution"
    AGENCY = "agency"
    SOCIAL = "social"
    SELF_EMPLOYED = "self_employed"


class Chosen(StrEnum):
    """How the chair came to the office."""

    ELECTED = "elected"
    APPOINTED = "appointed"
    ACTING = "acting"


class Type(StrEnum):
    """What may stand in a field."""

    CODE = "code"
    """Capital letters, digits, dot, dash and underscore, at most 40."""
    TEXT = "text"
    NAMES = "names"
    """Several names, a semicolon between two."""
    CREDIT_CODE = "credit_code"
    CHOICE = "choice"
    DATE = "date"
    COUNT = "count"
    YES_NO = "yes_no"
    PHONE = "phone"
    POSTCODE = "postcode"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values a field may have, with what people write for it."""

    code: str
    zh: str
    en: str
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What it is called in the language of the work at hand."""
        return pick(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `longest` counts characters (for a count: the highest number)."""

    code: str
    zh: str
    en: str
    type: Type = Type.TEXT
    required: bool = False
    longest: int = 200
    choices: tuple[Choice, ...] = ()
    also: tuple[str, ...] = ()
    personal: bool = False
    """Whether it tells who a person is or how to reach them."""

    @property
    def label(self) -> str:
        """What it is called in the language of the work at hand."""
        return pick(self.zh, self.en)


LEVELS: Final = (
    Choice(Level.CITY, "市级", "City", ("市", "市总工会")),
    Choice(Level.DISTRICT, "区县级", "District", ("区级", "县级", "区", "县", "区县", "区市县")),
    Choice(Level.TOWN, "乡镇街道", "Town or street", ("镇", "街道", "乡镇", "镇街")),
    Choice(Level.INDUSTRY, "产业工会", "Industrial union", ("产业", "行业", "行业工会", "industry")),
    Choice(Level.ENTERPRISE, "基层单位", "Enterprise", ("企业", "基层", "基层工会", "单位")),
    Choice(Level.STATION, "服务站", "Service station", ("工会服务站", "站", "station")),
)
KINDS: Final = (
    Choice(Kind.STATE, "国有", "State-owned", ("国有企业", "国企", "国有独资")),
    Choice(Kind.COLLECTIVE, "集体", "Collective", ("集体企业",)),
    Choice(Kind.PRIVATE, "民营", "Private", ("私营", "私营企业", "民营企业", "非公")),
    Choice(Kind.FOREIGN, "外资", "Foreign", ("外商投资", "外资企业", "外商独资", "港澳台")),
    Choice(Kind.JOINT, "合资", "Joint venture", ("中外合资", "合资企业", "合作")),
    Choice(Kind.INSTITUTION, "事业单位", "Public institution", ("事业",)),
    Choice(Kind.AGENCY, "机关", "Government body", ("党政机关", "政府机关")),
    Choice(Kind.SOCIAL, "社会组织", "Social organisation", ("社会团体", "社团", "民办非企业")),
    Choice(Kind.SELF_EMPLOYED, "个体", "Self-employed", ("个体工商户", "个体户")),
)
CHOSEN: Final = (
    Choice(Chosen.ELECTED, "选举", "Elected", ("选举产生", "民主选举", "差额选举", "等额选举", "直选")),
    Choice(Chosen.APPOINTED, "任命", "Appointed", ("上级任命", "委派")),
    Choice(Chosen.ACTING, "代理", "Acting", ("主持工作", "临时负责")),
)
MOST_PEOPLE: Final = 10_000_000

FIELDS: Final = (
    Field(
        "code",
        "组织代码",
        "Code",
        Type.CODE,
        required=True,
        longest=40,
        also=("工会编号", "编号", "单位代码", "单位编码"),
    ),
    Field("name", "组织名称", "Name", required=True, also=("工会名称", "单位名称", "名称", "单位全称")),
    Field("old_names", "曾用名", "Former names", Type.NAMES, longest=1000, also=("原名称", "原名")),
    Field("aliases", "简称与别名", "Other names", Type.NAMES, longest=1000, also=("简称", "别名", "俗称")),
    Field(
        "credit_code",
        "统一社会信用代码",
        "Unified social credit code",
        Type.CREDIT_CODE,
        longest=18,
        also=("信用代码", "社会信用代码"),
    ),
    Field("level", "组织层级", "Level", Type.CHOICE, required=True, choices=LEVELS, also=("层级", "级别")),
    Field(
        "kind", "单位性质", "Kind of employer", Type.CHOICE, choices=KINDS, also=("企业性质", "单位类型", "经济类型")
    ),
    Field("industry", "所属行业", "Industry", longest=100, also=("行业", "行业类别", "国民经济行业")),
    Field("address", "地址", "Address", also=("单位地址", "通讯地址", "详细地址")),
    Field("territory", "所在辖区", "Territory", also=("辖区", "所属区域", "行政区划")),
    Field("superior_code", "上级组织代码", "Superior's code", Type.CODE, longest=40, also=("上级代码", "上级工会代码")),
    Field("founded_on", "建会日期", "Founded on", Type.DATE, also=("成立日期", "建会时间", "成立时间")),
    Field("chair", "主席姓名", "Chair", longest=100, also=("工会主席", "主席", "负责人"), personal=True),
    Field("chair_chosen", "主席产生方式", "How the chair was chosen", Type.CHOICE, choices=CHOSEN, also=("产生方式",)),
    Field("chair_since", "主席任职日期", "Chair since", Type.DATE, also=("任职日期", "任职时间")),
    Field("next_election_on", "换届日期", "Next election", Type.DATE, also=("下次换届日期", "届满日期", "换届时间")),
    Field("officers_full", "专职干部数", "Full-time officers", Type.COUNT, longest=MOST_PEOPLE, also=("专职人数",)),
    Field("officers_part", "兼职干部数", "Part-time officers", Type.COUNT, longest=MOST_PEOPLE, also=("兼职人数",)),
    Field("employees", "职工人数", "Employees", Type.COUNT, longest=MOST_PEOPLE, also=("职工总数", "职工数")),
    Field("members", "会员人数", "Members", Type.COUNT, longest=MOST_PEOPLE, also=("会员总数", "会员数")),
    Field("women", "女会员人数", "Women", Type.COUNT, longest=MOST_PEOPLE, also=("女会员数", "女职工人数")),
    Field(
        "migrant_workers",
        "农民工会员人数",
        "Migrant workers",
        Type.COUNT,
        longest=MOST_PEOPLE,
        also=("农民工人数", "农民工会员数"),
    ),
    Field("legal_person", "是否具备法人资格", "Legal person", Type.YES_NO, also=("法人资格", "工会法人")),
    Field("own_account", "是否独立开户", "Own bank account", Type.YES_NO, also=("独立账户", "工会账户")),
    Field("contact", "联系人", "Contact", longest=100, also=("联络人", "经办人"), personal=True),
    Field("phone", "联系电话", "Telephone", Type.PHONE, longest=60, also=("电话", "手机", "电话号码"), personal=True),
    Field("postcode", "邮政编码", "Postcode", Type.POSTCODE, longest=6, also=("邮编",)),
    Field("remarks", "备注", "Remarks", longest=2000, also=("说明", "附注")),
)
BY_CODE: Final = MappingProxyType({field.code: field for field in FIELDS})
CODES: Final = tuple(BY_CODE)
PERSONAL: Final = frozenset(field.code for field in FIELDS if field.personal)
REQUIRED: Final = frozenset(field.code for field in FIELDS if field.required)
