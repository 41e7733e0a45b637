"""HBK-01 to HBK-05: what a 手册核销 must answer before it is audited (handbook 9.3)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bondesk.areas.verification.handbook_computing import ADJUSTMENTS
from bondesk.areas.verification.handbook_model import HandbookMaterialLine, HandbookVerification
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, confirm, error, note
from bondesk.base.numbers import plain


def computed_first(verification: HandbookVerification, _facts: Facts) -> Iterator[Finding]:
    """HBK-04: never computed, or nothing was counted."""
    if not verification.materials or verification.computed_at is None:
        yield error("HBK-04", "尚未计算，请先点「重新计算」", "internal_no")
    elif not verification.vouchers:
        yield error("HBK-04", "手册没有计入任何单证，不能报核；请先下载或导入单证，再重新计算", "internal_no")


def balances_explained(verification: HandbookVerification, _facts: Facts) -> Iterator[Finding]:
    """HBK-01 a shortfall not covered by invoices, HBK-02 surplus that is left, HBK-05 an adjustment without reason."""
    for place, line in enumerate(verification.materials):
        name, left = f"料件 {line.item_no} {line.name}", line.declared_remaining or Decimal(0)
        if line.shortfall_left:
            yield error("HBK-01", f"{name} {_owing(line)}", "shortfall_left", place, table="materials")
        elif left > 0:
            text = f"{name} 余料 {plain(left)}，结案前须余料结转、复出、内销或销毁"
            yield note("HBK-02", text, "declared_remaining", place, table="materials")
        if any(getattr(line, key) for key in ADJUSTMENTS) and not (line.remark or "").strip():
            yield error("HBK-05", f"{name} 有企业调整数，须填写调整说明", "remark", place, table="materials")


def _owing(line: HandbookMaterialLine) -> str:
    covered = (
        f"，内购发票抵扣 {plain(line.deducted)} 后还欠 {plain(line.shortfall_left)}" if line.deducted else "，小于0"
    )
    todo = "请更正单耗、补报进口、补录内购发票后重新计算，或填企业调整数"
    return f"余料 {plain(line.declared_remaining)}{covered}：{todo}"


def within_filed(verification: HandbookVerification, _facts: Facts) -> Iterator[Finding]:
    """HBK-03: more was imported or exported than is filed."""
    for table, word, key in (("materials", "进口", "importable"), ("products", "出口", "exportable")):
        for place, line in enumerate(getattr(verification, table)):
            left = getattr(line, key)
            if left is not None and left < 0:
                text = f"{line.item_no} {line.name} {word}超过备案数量 {plain(-left)}"
                yield confirm("HBK-03", text, "filed", place, table=table)


def in_time(verification: HandbookVerification, facts: Facts) -> Iterator[Finding]:
    """HBK-06: reported later than 30 days after the last export or the expiry."""
    if verification.due_on is not None and facts.today > verification.due_on and verification.state == "DRAFT":
        yield note("HBK-06", f"已过报核期限 {verification.due_on}（最后出口或手册到期后30天），请尽快报核", "due_on")


HANDBOOK_RULES = (computed_first, balances_explained, within_filed, in_time)
