"""The code tables by their Chinese titles."""

from __future__ import annotations

TABLES = (
    ("hs_code", "商品编码"),
    ("country", "国别（地区）"),
    ("currency", "币制"),
    ("customs_office", "关区"),
    ("unit", "计量单位"),
    ("supervision_mode", "监管方式"),
    ("supervision_mode_effect", "监管方式对账册的影响"),
    ("declaration_mode_rule", "监管方式与征免"),
    ("duty_nature", "征免性质"),
    ("duty_mode", "征免方式"),
    ("transaction_mode", "成交方式"),
    ("transport_mode", "运输方式"),
    ("package_type", "包装种类"),
    ("document_code", "监管证件"),
    ("use_code", "用途"),
    ("goods_attribute", "货物属性"),
    ("note_type", "清单类型"),
    ("writeoff_flag", "核扣标志"),
    ("declaration_type", "报关单类型"),
    ("declaration_status", "报关状态"),
    ("receipt_channel", "回执通道"),
    ("processing_kind", "加工种类"),
    ("enterprise_nature", "企业性质"),
    ("stock_doc_type", "仓单类型"),
    ("enums", "固定选项"),
    ("aeo_indicator", "AEO 财务指标"),
    ("aeo_grade_score", "AEO 评价等级"),
    ("aeo_industry", "AEO 行业"),
)
_TITLES = dict(TABLES)


def title_of(table: str) -> str:
    """Return the Chinese title of a table; one that a later program knows keeps its own name."""
    return _TITLES.get(table, table)
