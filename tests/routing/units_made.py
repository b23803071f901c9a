"""A small register, and the words of texts that name its employers."""

from __future__ import annotations

from hotline.routing.unit_tree import UnitRow
from hotline.routing.units import UnitIndex

ROWS = (
    UnitRow(1, "BH", "滨海市总工会", level="city"),
    UnitRow(2, "BH-BC", "北城区总工会", superior="BH", level="district"),
    UnitRow(3, "BH-XS", "西山县总工会", superior="BH", level="district"),
    UnitRow(4, "BH-BC-GL", "鼓楼街道总工会", superior="BH-BC", level="town"),
    UnitRow(5, "BH-BC-GL-S", "鼓楼街道工会服务站", superior="BH-BC-GL", level="station"),
    UnitRow(10, "BC-10", "滨海宏达机械有限公司", ("滨海第二机床厂",), ("宏达",), "BH-BC-GL", kind="private"),
    UnitRow(11, "BC-11", "北城区第一小学", superior="BH-BC", kind="institution"),
    UnitRow(12, "XS-12", "西山县第一小学", superior="BH-XS", kind="institution"),
    UnitRow(13, "DH", "东海集团有限公司工会委员会", superior="BH", kind="state"),
    UnitRow(14, "DH-14", "东海造船厂工会", superior="DH", kind="state"),
    UnitRow(15, "DH-15", "东海造船厂北城分公司", superior="DH-14", kind="state"),
    UnitRow(16, "XS-16", "西山石化有限责任公司", superior="BH-XS"),
    UnitRow(17, "XS-17", "金穗（西山）食品股份有限公司", superior="BH-XS"),
    UnitRow(18, "XS-18", "金穗饲料有限公司", superior="BH-XS", ended=True),
)
UNITS = UnitIndex.of(ROWS)
