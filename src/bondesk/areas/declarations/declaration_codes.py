"""The form codes of a declaration must have: parties, ports, countries, the licence (DEC-10, DEC-12, handbook 6.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error

_LICENCE = re.compile(r"[0-9A-Z]{2}-[0-9A-Z]{2}-[0-9A-Z]{6}")
#: (field, label, what it must look like, said in Chinese).
_FORMS: tuple[tuple[str, str, re.Pattern[str], str], ...] = (
    *(
        (f"{one}_code", name, re.compile(r"[0-9A-Z]{10}"), "10位海关编码")
        for one, name in (
            ("domestic", "境内收发货人编码"),
            ("end_user", "消费使用/生产销售单位编码"),
            ("declarant", "申报单位编码"),
        )
    ),
    *(
        (f"{one}_credit", name, re.compile(r"[0-9A-Z]{18}"), "18位统一社会信用代码")
        for one, name in (
            ("domestic", "境内收发货人信用代码"),
            ("end_user", "消费使用/生产销售单位信用代码"),
            ("declarant", "申报单位信用代码"),
        )
    ),
    ("transit_port", "经停/指运港", re.compile(r"[A-Z]{3}[0-9]{3}"), "3位字母加3位数字，如 HKG000"),
    ("departure_port", "启运港", re.compile(r"[A-Z]{3}[0-9]{3}"), "3位字母加3位数字，如 HKG000"),
    ("border_port", "入/离境口岸", re.compile(r"[0-9]{6}"), "6位数字"),
    ("trade_country", "贸易国", re.compile(r"[A-Z]{3}"), "3位字母代码"),
    ("trade_partner_country", "启运/运抵国", re.compile(r"[A-Z]{3}"), "3位字母代码"),
    *(
        (f"{one}_currency", f"{name}币制", re.compile(r"[A-Z]{3}"), "3位字母代码")
        for one, name in (("freight", "运费"), ("insurance", "保费"), ("misc", "杂费"))
    ),
)
_LINE_FORMS: tuple[tuple[str, str, re.Pattern[str], str], ...] = (
    ("hs_code", "商品编码", re.compile(r"[0-9]{10}"), "10位数字"),
    ("currency", "币制", re.compile(r"[A-Z]{3}"), "3位字母代码"),
    ("origin_country", "原产国", re.compile(r"[A-Z]{3}"), "3位字母代码"),
    ("destination_country", "最终目的国", re.compile(r"[A-Z]{3}"), "3位字母代码"),
    ("domestic_district", "境内目的地/货源地", re.compile(r"[0-9A-Z]{5}"), "5位代码"),
    ("domestic_region", "目的地/产地行政区划", re.compile(r"[0-9]{6}"), "6位数字"),
)


def codes_whole(document: Declaration, _facts: Facts) -> Iterator[Finding]:
    """DEC-10: codes of fixed form have it; DEC-12: the licence number's pattern."""
    for key, label, form, told in _FORMS:
        value = getattr(document, key)
        if value and not form.fullmatch(value):
            yield error("DEC-10", f"{label}“{value}”应为{told}", key)
    if document.licence_no and not _LICENCE.fullmatch(document.licence_no):
        text = f"许可证号“{document.licence_no}”应为 xx-xx-xxxxxx（2位年份-2位机关代码-6位顺序号）"
        yield error("DEC-12", text, "licence_no")
    for position, line in enumerate(document.lines):
        for key, label, form, told in _LINE_FORMS:
            value = getattr(line, key)
            if value and not form.fullmatch(value):
                yield error("DEC-10", f"{label}“{value}”应为{told}", key, position, table="lines")
