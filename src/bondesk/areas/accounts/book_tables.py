"""Which rows of a book carry marks, what names them, and which columns make a difference (handbook 4.1, 4.3)."""

from __future__ import annotations

from bondesk.areas.accounts.book_model import AccountConsumption, AccountLine
from bondesk.base.change import ChangedTable

#: Key columns of 4.3 for goods; materials add origin and the main mark.
_GOODS = ("hs_code", "name", "spec", "dcl_unit", "legal_unit1", "legal_unit2", "currency", "price", "duty_mode")
_KEPT = (*_GOODS, "part_no", "country", "main_mark", "filed_qty", "total", "goods_attribute", "quantity_control")
_KEPT_ALL = (*_KEPT, "enterprise_mark", "remark")
_RATES = ("net", "tangible", "intangible", "bonded")

MATERIALS = ChangedTable(
    key="materials",
    model=AccountLine,
    match=("item_no",),
    compared=(*_GOODS, "country", "main_mark"),
    kept=_KEPT_ALL,
    fixed={"goods_flag": "I"},
    source="归并后料件",
    source_document="merged_item",
)
PRODUCTS = ChangedTable(
    key="products",
    model=AccountLine,
    match=("item_no",),
    compared=_GOODS,
    kept=_KEPT_ALL,
    fixed={"goods_flag": "E"},
    source="归并后成品",
    source_document="merged_item",
)
CONSUMPTIONS = ChangedTable(
    key="consumptions",
    model=AccountConsumption,
    match=("product_no", "uc_version", "material_no"),
    compared=_RATES,
    kept=(*_RATES, "unit_consumption", "declared_state", "enterprise_mark", "valid_to", "remark"),
    source="归并后单损耗",
    source_document="unit_consumption",
    after=("materials", "products"),
)
TABLES = (MATERIALS, PRODUCTS, CONSUMPTIONS)
