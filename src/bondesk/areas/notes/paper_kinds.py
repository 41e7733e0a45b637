"""What kinds of papers are attached to documents of trade (handbook 18, 报关单附件)."""

from __future__ import annotations

TRADE_PAPERS = (
    ("other", "其他"),
    ("invoice", "发票"),
    ("packing", "装箱单"),
    ("contract", "合同"),
    ("bill", "提单"),
    ("proxy", "委托书"),
    ("customs", "海关往来文件"),
)
