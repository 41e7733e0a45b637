"""The 45 types of stock documents as effective-dated data: direction as printed, sign as computed (handbook 12.1).

盘盈 is printed 出仓 and 盘亏 入仓, against physics: the printed word is shown, the effective sign counts. The switch
``MANUAL`` of 盘盈盘亏方向 reverses it for enterprises whose old documents were made by the printed word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.base.facts import Facts

TABLE = "stock_doc_type"
#: Goods type as the table prints it → code of 物料类型.
GOODS = {"料件": "I", "成品": "E", "半成品": "S"}
GOODS_KINDS = (("I", "料件"), ("E", "成品"), ("S", "半成品"))
SCOPES = (("bonded", "保税"), ("non_bonded", "非保税"), ("third_party", "受托"), ("scrap", "边角料"))
#: The six kinds of documents: goods and direction.
KINDS = (
    ("I+", "料件入仓"),
    ("I-", "料件出仓"),
    ("E+", "成品入仓"),
    ("E-", "成品出仓"),
    ("S+", "半成品入仓"),
    ("S-", "半成品出仓"),
)
ADJUST = "adjust"


@dataclass(frozen=True, slots=True)
class StockType:
    """One type: ``sign`` is what the quantity does to the stock, ``printed`` +1 入仓 or −1 出仓 as the manual says.

    ``group`` names the ledger the type belongs to (trade, transfer, domestic, outsourcing, consigned, internal,
    adjust, scrap); ``scope`` is whose goods it usually moves.
    """

    code: str
    name: str
    goods_kind: str
    sign: int
    printed: int
    scope: str
    group: str

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of documents the type may stand in: by its sign, and as printed."""
        return frozenset(self.goods_kind + ("+" if way > 0 else "-") for way in (self.sign, self.printed))


def stock_types(facts: Facts) -> Mapping[str, StockType]:
    """Return every known type by its code."""
    return {row.code: _type(row) for row in facts.find(CustomsCode, table_name=TABLE)}


def _type(row: CustomsCode) -> StockType:
    return StockType(
        code=row.code,
        name=row.name,
        goods_kind=GOODS[row.details["goods_type"]],
        sign=int(row.details["effective_sign"]),
        printed=1 if row.details["manual_direction"] == "入仓" else -1,
        scope=row.details["default_scope"],
        group=row.details["ledger_group"],
    )
