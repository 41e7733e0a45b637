"""The workbook of a whole account or handbook, as the Single Window exports it; written by 导出, read by 导入.

Every column a copy has stands in it, so that importing an export gives the same book again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.base.documents import Group
from bondesk.base.workbooks import Heading, SheetPlan, WorkbookPlan, may, must, usual

_A, _L, _U = Account, AccountLine, AccountConsumption

_GOODS = (
    _L.item_no,
    _L.part_no,
    _L.hs_code,
    _L.name,
    _L.spec,
    _L.dcl_unit,
    _L.legal_unit1,
    _L.legal_unit2,
    _L.price,
    _L.currency,
    _L.filed_qty,
    _L.total,
    _L.duty_mode,
    _L.country,
    _L.main_mark,
    _L.goods_attribute,
    _L.quantity_control,
    _L.enterprise_mark,
    _L.merge_no,
    _L.remark,
)
_CONSUMPTION = (
    _U.product_no,
    _U.uc_version,
    _U.material_no,
    _U.net,
    _U.tangible,
    _U.intangible,
    _U.bonded,
    _U.unit_consumption,
    _U.declared_state,
    _U.enterprise_mark,
    _U.valid_to,
    _U.remark,
)
_NEEDED = {"item_no", "hs_code", "name", "dcl_unit", "legal_unit1", "product_no", "uc_version", "material_no", "net"}
#: What only customs says of a row it has approved.
_OF_CUSTOMS = (_L.customs_mark, _L.opening_qty, _L.most_surplus)
#: What a draft gets from the program or from customs, and a copy of customs brings along.
_GIVEN = {"record_no", "seq_no", "declare_kind", "change_count", "changed_on", "verified_on", "pause_mark"}
#: What this program noted of its own exchange with customs.
_OURS = {"customs_at", "customs_reason"}


def book_workbook(kind: str, copy: str, form: Sequence[Group]) -> WorkbookPlan:
    """Return the plan of an account (EMS) or handbook (EML), of its ``approved`` copy or a ``draft``."""
    title = "账册" if kind == "EMS" else "手册"
    approved = copy == "approved"
    needed = _NEEDED | ({"filed_qty"} if kind == "EML" else set())
    goods = _headings((*_GOODS, *(_OF_CUSTOMS if approved else ())), needed)
    return WorkbookPlan(
        title if approved else f"{title}草稿",
        (
            SheetPlan("表头", _head(kind, approved, form), pairs=True),
            SheetPlan("料件", goods, part="materials"),
            SheetPlan("成品", goods, part="products"),
            SheetPlan("单损耗", _headings(_CONSUMPTION, needed), part="consumptions"),
        ),
        on_existing="refuse",
        imported={"copy": "approved", "state": "APPROVED"} if approved else {},
    )


def _headings(attributes: Iterable[Any], needed: set[str]) -> tuple[Heading, ...]:
    return tuple(must(a) if a.key in needed else usual(a) for a in attributes)


def _head(kind: str, approved: bool, form: Sequence[Group]) -> tuple[Heading, ...]:
    number = (must(_A.record_no), may(_A.internal_no)) if approved else (must(_A.internal_no),)
    head: list[Heading] = [
        *number,
        must(_A.account_type) if kind == "EMS" else may(_A.handbook_type),
        must(_A.customs_code, "企业海关编码"),
        must(_A.enterprise_name, "企业名称"),
        may(_A.credit_code, "社会信用代码"),
        must(_A.master_customs),
        may(_A.approved_on),
        must(_A.valid_to) if kind == "EMS" else must(_A.valid_to, "有效期"),
        may(_A.cycle_days),
        usual(_A.uc_stage),
    ]
    if kind == "EML":
        head += [may(_A.import_contract), may(_A.export_contract)]
    there = {heading.attribute.key for heading in head} | _OURS | (set() if approved else _GIVEN)
    return (*head, *(usual(a) for part in form for a in part.attributes if a.key not in there))
