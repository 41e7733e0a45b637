"""Faults for the named checks: one statement behind the program's back that breaks exactly one invariant."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update

from bondesk.areas.accounts.book_model import Account, AccountConsumption
from bondesk.areas.codes.code_mapping import CodeMapping
from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.exchange_rate import ExchangeRate
from bondesk.areas.declarations.declaration_lines import DeclarationLine, DeclarationNoteLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.domestic.purchase_invoice import PurchaseInvoice, PurchaseInvoiceLine
from bondesk.areas.goods.bom import Bom, BomLine
from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.part import Part
from bondesk.areas.goods.unit_consumption import UnitConsumptionLine
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine, NoteLineSource
from bondesk.areas.notes.source_document import SourceLine
from bondesk.areas.setup.company import Company
from bondesk.areas.setup.users import User
from bondesk.areas.stock.stock_model import StockDocument, StockLine, Stocktake, StocktakeLine
from bondesk.areas.verification.handbook_model import HandbookMaterialLine, HandbookVerification
from bondesk.areas.verification.verification_model import AccountVerification, VerificationMaterial
from bondesk.base.attachment import AttachedFile, Attachment
from bondesk.base.formal_copy import MATCHED, MatchPair
from bondesk.base.operation_log import OperationLog
from bondesk.base.records import new_id
from bondesk.engine.act import Act
from bondesk.engine.tables import BalanceRow, ImportRun, Outbox, PostingRow, ReceiptFile
from bondesk.ledger.handbook import MATERIAL_FIGURES

Fault = Callable[[Act], object]
WRONG = "0" * 64
LATER = date(2024, 5, 1)  # after both cycles of the sample factory


def first(act: Act, model: Any, *where: Any, order: Any = None) -> Any:
    """Return the first row of ``model`` that fits, as a dictionary of its columns."""
    table = model.__table__
    statement = select(table).where(*where).order_by(order if order is not None else list(table.primary_key)[-1])
    row = act.session.execute(statement.limit(1)).mappings().first()
    assert row is not None, model.__name__
    return {attribute.key: row[attribute.columns[0].name] for attribute in model.__mapper__.column_attrs}


def change(act: Act, model: Any, row: dict[str, Any], **values: Any) -> None:
    """Change one row without the program seeing it."""
    mine = [getattr(model, part.key) == row[part.key] for part in model.__mapper__.primary_key]
    act.session.execute(update(model).where(*mine).values(**values), execution_options={"synchronize_session": False})


def copy(act: Act, model: Any, row: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Insert a copy of a row with other values and an id of its own."""
    fresh = {**row, "id": new_id(), **values}
    act.session.execute(insert(model).values(**fresh))
    return fresh


def some(model: Any, key: str, **values: Any) -> Fault:
    """Make a fault that changes one column of the first row (``key`` orders)."""

    def fault(act: Act) -> None:
        change(act, model, first(act, model, order=getattr(model, key)), **values)

    return fault


def posting(act: Act, **values: Any) -> None:
    """Insert a posting of no document."""
    row = first(act, PostingRow, PostingRow.goods_flag == "I")
    nothing = {"document_key": "none", "document_id": 1, "quantity": Decimal(0), "signed": Decimal(0)}
    nothing["business_date"] = LATER
    copy(act, PostingRow, row, **nothing | values)


def other_amount(act: Act) -> None:
    """A posting of the open cycle says another amount than its document; those of the closed one cannot be touched."""
    closed = select(func.max(AccountVerification.end_date)).where(AccountVerification.state == "APPROVED")
    row = first(act, PostingRow, PostingRow.business_date > closed.scalar_subquery())
    change(act, PostingRow, row, amount=row["amount"] + 1)


def note(act: Act, line: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
    """Insert a note of one line that no balance counts; ``line`` are values of its line."""
    goods = values.get("goods_flag", "I")
    model = first(act, BondedNote, BondedNote.copy == "draft", BondedNote.goods_flag == goods)
    own = {"internal_no": f"X{new_id()}", "bond_no": "", "seq_no": "", "writeoff_mark": "0", "declared_on": LATER}
    head = copy(act, BondedNote, model, **{**own, **values})
    body = first(act, NoteLine, NoteLine.header_id == model["id"])
    copy(act, NoteLine, body, **{"header_id": head["id"], **(line or {})})
    return head


def declaration_line(act: Act) -> dict[str, Any]:
    """Return a line of a draft declaration."""
    made = select(DeclarationNoteLine.declaration_line_id)
    return first(act, DeclarationLine, DeclarationLine.id.in_(made))  # type: ignore[no-any-return]


def attached(act: Act, document_id: int, content: bytes, size: int, digest: str) -> None:
    if content:
        act.session.execute(insert(AttachedFile).values(company_id=act.company_id, sha256=digest, content=content))
    values = {"document_key": "partner", "document_id": document_id, "file_name": "a.pdf", "size": size}
    more = {"sha256": digest, "user_id": 1, "user_name": "x", "at": datetime(2024, 1, 1), "remark": ""}
    act.session.execute(
        insert(Attachment).values(company_id=act.company_id, id=new_id(), kind="file", **values, **more)
    )


def negative(act: Act) -> None:
    """An export nobody declared: posting and balance agree, and there is less than nothing left."""
    posted = PostingRow.goods_flag == "I", PostingRow.item_no == 13, PostingRow.stage == "posted"
    row, quantity = first(act, PostingRow, *posted), Decimal(10**6)
    fresh = {"document_key": "none", "document_id": 1, "quantity": quantity, "effect": -1, "business_date": LATER}
    made = copy(act, PostingRow, row, **fresh, reversal=False, signed=-quantity)
    values = {"heading_id": made["heading_id"], "month": LATER, "quantity": -quantity}
    act.session.execute(insert(BalanceRow).values(company_id=act.company_id, **values))


def unguarded(act: Act) -> None:
    act.session.execute(update(User).values(active=User.active))  # opens the transaction, else DROP commits by itself
    act.session.execute(text("DROP TRIGGER posting_closed_delete"))


def log(act: Act) -> None:
    act.session.execute(update(User).values(active=User.active))
    own = "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='operation_log'"
    for name in act.session.scalars(text(own)).all():
        act.session.execute(text(f"DROP TRIGGER {name}"))
    middle = act.session.scalar(select(OperationLog.id).order_by(OperationLog.id).offset(5).limit(1))
    act.session.execute(update(OperationLog).where(OperationLog.id == middle).values(user_name="别人"))


def twice_handed(act: Act) -> None:
    one = first(act, Outbox)
    other = first(act, Outbox, Outbox.id != one["id"], Outbox.folder == one["folder"])
    change(act, Outbox, other, file_name=one["file_name"])


def orphans(act: Act) -> None:
    bom = first(act, Bom)
    act.session.execute(text("CREATE TEMP TABLE kept AS SELECT * FROM bom_line"))
    act.session.execute(delete(Bom).where(Bom.id == bom["id"]))
    act.session.execute(text("PRAGMA defer_foreign_keys = ON"))  # lasts until the transaction ends
    act.session.execute(text("INSERT OR IGNORE INTO bom_line SELECT * FROM kept"))


def merged_twice(act: Act) -> None:
    """Items 3 and 4 of the factory agree in everything: the part of one is also mapped to the other."""
    row = first(act, ConsolidationMap, ConsolidationMap.merge_no == 3, ConsolidationMap.goods_flag == "I")
    copy(act, ConsolidationMap, row, merge_no=4)


def other_unit(act: Act) -> None:
    mapped = select(ConsolidationMap.part_no).where(ConsolidationMap.record_no == "", ConsolidationMap.active)
    part = first(act, Part, Part.part_no.in_(mapped), Part.dcl_unit != "035")
    change(act, Part, part, dcl_unit="035")


def bom_cycle(act: Act) -> None:
    bom = first(act, Bom)
    change(act, BomLine, first(act, BomLine, BomLine.header_id == bom["id"]), material_part_no=bom["product_part_no"])


def another_version(**values: Any) -> Fault:
    def fault(act: Act) -> None:
        book = first(act, Account, Account.copy == "approved")
        row = first(act, AccountConsumption, AccountConsumption.header_id == book["id"])
        last = act.session.scalar(select(func.max(AccountConsumption.line_no)))
        copy(act, AccountConsumption, row, uc_version="99", line_no=(last or 0) + 1, **values)

    return fault


def item_twice(act: Act) -> None:
    from bondesk.areas.accounts.book_model import AccountLine

    book = first(act, Account, Account.copy == "approved")
    row = first(act, AccountLine, AccountLine.header_id == book["id"], AccountLine.goods_flag == "I")
    copy(act, AccountLine, row, line_no=9999)


def many_lines(act: Act) -> None:
    line = declaration_line(act)
    for number in range(60):
        copy(act, DeclarationLine, line, line_no=100 + number)


def wrong_total(act: Act) -> None:
    head = first(act, Declaration)
    fresh = copy(act, Declaration, head, internal_no="X1", state="DECLARED", seq_no="", declaration_no="")
    for field in act.catalogue.document("declaration").head_fields:  # what was declared is complete
        if field.required and fresh[field.key] in (None, ""):
            value = 1 if field.numeric else next(iter(dict(field.choices)), "NO")
            table = act.codebook.entries(field.table)[0][0] if field.table else value
            change(act, Declaration, fresh, **{field.key: table})
    line = declaration_line(act)
    whole = {"origin_country": "CHN", "destination_country": "CHN", "legal_unit1": line["dcl_unit"]}
    filled = {key: line[key] or value for key, value in whole.items()}
    filled |= {"duty_mode": line["duty_mode"] or "1", "legal_qty1": line["legal_qty1"] or 1}
    copy(act, DeclarationLine, line, header_id=fresh["id"], **filled, price=line["price"] * 2)


def declared_twice(act: Act) -> None:
    """A second declaration takes a note line; it counts in another unit, so that the sums say nothing."""
    line = declaration_line(act)
    link = first(act, DeclarationNoteLine, DeclarationNoteLine.declaration_line_id == line["id"])
    head = copy(act, Declaration, first(act, Declaration), internal_no="X2")
    unit = "035" if line["dcl_unit"] != "035" else "007"
    fresh = copy(act, DeclarationLine, line, header_id=head["id"], dcl_unit=unit)
    copy(act, DeclarationNoteLine, link, declaration_line_id=fresh["id"])


def pair(act: Act, draft: dict[str, Any], formal: dict[str, Any]) -> None:
    values = {"document_key": "bonded_note", "draft_id": draft["id"], "formal_id": formal["id"], "rule": "R1"}
    more = {"snapshot": "{}", "matched_at": datetime(2024, 1, 1), "company_id": act.company_id, "id": new_id()}
    act.session.execute(insert(MatchPair).values(**values, **more))


def half_paired(act: Act) -> None:
    pair(act, note(act), note(act, copy="formal", match_state=MATCHED))


def paired_twice(act: Act) -> None:
    draft, formal = note(act, match_state=MATCHED), note(act, copy="formal", match_state=MATCHED)
    pair(act, draft, formal)
    pair(act, draft, formal)


def paired_across(act: Act) -> None:
    pair(act, note(act, match_state=MATCHED), note(act, copy="formal", match_state=MATCHED, ie_flag="E"))


def other_kind(act: Act) -> None:
    change(act, StockLine, first(act, StockLine, StockLine.doc_type == "A117"), doc_type="B215")


def moved(act: Act) -> None:
    line = first(act, StockLine, order=StockLine.moved_on)
    change(act, StockLine, line, moved_on=line["moved_on"] - timedelta(days=1))


def drained(act: Act) -> None:
    """More is issued than there ever was, after the first count of the part."""
    counted = select(StocktakeLine.part_no).where(StocktakeLine.scope == "bonded")
    line = first(act, StockLine, StockLine.doc_type == "A117", StockLine.part_no.in_(counted))
    head = first(act, StockDocument, StockDocument.id == line["header_id"])
    fresh = copy(act, StockDocument, head, document_no="X3", document_date=LATER)
    huge = Decimal(10**7)
    amounts = {"quantity": huge, "stock_change": -huge, "moved_on": LATER}
    part = first(act, Part, Part.part_no == line["part_no"])
    copy(act, StockLine, line, header_id=fresh["id"], line_no=1, erp_unit=part["erp_unit"], **amounts)


def cycle(act: Act, times: int) -> dict[str, Any]:
    return first(act, AccountVerification, AccountVerification.times == times)  # type: ignore[no-any-return]


def row_of_cycle(times: int, **gains: int) -> Fault:
    """Make a fault that adds to figures of one material of a cycle."""

    def fault(act: Act) -> None:
        own = VerificationMaterial.header_id == cycle(act, times)["id"]
        line = first(act, VerificationMaterial, own, VerificationMaterial.item_no == 13)
        change(act, VerificationMaterial, line, **{key: line[key] + gain for key, gain in gains.items()})

    return fault


def gap(act: Act) -> None:
    two = cycle(act, 2)
    change(act, AccountVerification, two, begin_date=two["begin_date"] + timedelta(days=1))


def two_open(act: Act) -> None:
    two = cycle(act, 2)
    begin = two["end_date"] + timedelta(days=1)
    copy(act, AccountVerification, two, internal_no="X4", times=3, begin_date=begin, end_date=begin)


def open_note(act: Act) -> None:
    change(act, BondedNote, first(act, BondedNote, BondedNote.writeoff_mark == "3"), writeoff_mark="2")


def unlocked(act: Act) -> None:
    change(act, Stocktake, first(act, Stocktake, Stocktake.state == "LOCKED"), state="CONFIRMED")


def broken_draft(act: Act) -> None:
    book = first(act, Account, Account.copy == "approved")
    copy(act, Account, book, copy="draft", internal_no="X5", declare_kind="2", approved_id=1, state="DRAFT")


def second_book(act: Act) -> None:
    copy(act, Account, first(act, Account, Account.copy == "approved"), internal_no="X6", change_count=7)


def overlap(act: Act) -> None:
    row = first(act, CustomsCode, CustomsCode.valid_to.is_(None))
    copy(act, CustomsCode, row, valid_from=row["valid_from"] + timedelta(days=1))


def same_line_no(act: Act) -> None:
    line = first(act, StockLine, StockLine.doc_type == "A109")  # non-bonded: no stock of ours changes
    copy(act, StockLine, line)


def short_source(act: Act) -> None:
    line = first(act, SourceLine, SourceLine.used_qty > 0)
    change(act, SourceLine, line, quantity=line["used_qty"] - 1)


def grown(model: Any, key: str, by: int = 1, **where: Any) -> Fault:
    """Make a fault that adds ``by`` to one figure of the first row that has it."""

    def fault(act: Act) -> None:
        column = getattr(model, key)
        own = [getattr(model, name) == value for name, value in where.items()]
        row = first(act, model, column.is_not(None), column != 0, *own)
        change(act, model, row, **{key: row[key] + by})

    return fault


def used_by_nobody(act: Act) -> None:
    """An invoice says that a 核销 used some of it."""
    invoice, part = new_id(), first(act, Part, Part.goods_kind == "I")
    own = {"company_id": act.company_id, "state": "PART", "revision": 1}
    act.session.execute(insert(PurchaseInvoice).values(id=invoice, invoice_no="1", invoice_date=LATER, **own))
    line = {"part_no": part["part_no"], "erp_unit": part["erp_unit"], "quantity": Decimal(9), "line_no": 1}
    measured = {"item_no": 1, "item_qty": Decimal(9), "used_qty": Decimal(2)}
    values = {"company_id": act.company_id, "id": new_id(), "header_id": invoice, **line, **measured}
    act.session.execute(insert(PurchaseInvoiceLine).values(**values))


def deducted_from_nothing(act: Act) -> None:
    """A 核销 deducts what no invoice gives."""
    one = HandbookVerification(internal_no="X", record_no="", basis="NOTE", day=LATER, state="DRAFT")
    line = HandbookMaterialLine(line_no=1, item_no=1, hs_code="1", name="1", unit="007")
    for key in MATERIAL_FIGURES:
        setattr(line, key, Decimal(0))
    line.imported, line.scrap_left, line.remaining = Decimal(0), Decimal(0), Decimal(-5)
    line.declared_remaining, line.shortfall, line.deducted = Decimal(-5), Decimal(5), Decimal(5)
    one.materials = [line]
    act.session.add(one)


FAULTS: dict[str, Fault] = {
    "CHK-01": grown(BalanceRow, "quantity"),
    "CHK-02": other_amount,
    "CHK-03": some(Outbox, "id", state="unknown"),
    "CHK-04": some(ReceiptFile, "id", state="quarantined"),
    "CHK-05": twice_handed,
    "CHK-06": log,
    "CHK-07": lambda act: posting(act, reversal=True),
    "CHK-08": lambda act: posting(act, document_key="bonded_note"),
    "CHK-09": lambda act: note(act, state="SENT"),
    "CHK-10": some(Outbox, "id", content=b"changed"),
    "CHK-11": some(ReceiptFile, "id", content=b"changed"),
    "CHK-12": some(ImportRun, "id", content=b"changed"),
    "CHK-13": lambda act: act.session.execute(
        insert(AttachedFile).values(company_id=act.company_id, sha256=WRONG, content=b"x")
    ),
    "CHK-14": lambda act: attached(act, _partner(act), b"", 7, "1" * 64),
    "CHK-15": lambda act: posting(act, business_date=date(2999, 1, 1)),
    "CHK-16": unguarded,
    "CHK-21": some(StockDocument, "document_no", state="NOWHERE"),
    "CHK-22": lambda act: copy(act, ConsolidationMap, first(act, ConsolidationMap)),
    "CHK-23": same_line_no,
    "CHK-24": orphans,
    "CHK-25": lambda act: note(act, transport_mode=""),
    "CHK-26": lambda act: note(act, {"duty_mode": "ZZ"}),
    "CHK-27": some(SourceLine, "id", part_no="NOPE"),
    "CHK-28": lambda act: attached(act, 1, b"x", 1, hashlib.sha256(b"x").hexdigest()),
    "CHK-31": lambda act: act.session.execute(delete(Company)),
    "CHK-32": lambda act: act.session.execute(update(User).values(active=False)),
    "CHK-33": overlap,
    "CHK-34": some(ExchangeRate, "id", rate=Decimal(0)),
    "CHK-35": lambda act: change(
        act, CodeMapping, first(act, CodeMapping, CodeMapping.table_name == "country"), customs_code="??"
    ),
    "CHK-36": merged_twice,
    "CHK-37": lambda act: change(
        act, ConsolidationMap, first(act, ConsolidationMap, ConsolidationMap.record_no == ""), merge_no=9999
    ),
    "CHK-38": other_unit,
    "CHK-39": lambda act: change(act, Part, first(act, Part, Part.factor1.is_not(None)), factor1=Decimal(-1)),
    "CHK-40": some(BomLine, "id", bonded=Decimal(150)),
    "CHK-41": bom_cycle,
    "CHK-42": grown(UnitConsumptionLine, "unit_consumption"),
    "CHK-43": some(Part, "id", erp_unit_code=""),
    "CHK-44": second_book,
    "CHK-45": item_twice,
    "CHK-46": another_version(material_no=9999),
    "CHK-47": another_version(unit_consumption=Decimal(9)),
    "CHK-48": broken_draft,
    "CHK-49": negative,
    "CHK-51": grown(SourceLine, "used_qty", -1),
    "CHK-52": short_source,
    "CHK-53": lambda act: note(act, {"price": Decimal("99999.9999")}),
    "CHK-54": lambda act: note(act, {"item_no": 9999}),
    "CHK-55": lambda act: note(act, {"uc_version": "zz"}, goods_flag="E"),
    "CHK-56": lambda act: note(act, writeoff_mark="2", supervision_mode="0844", declared_on=None),
    "CHK-57": lambda act: note(act, bond_no=first(act, BondedNote, BondedNote.bond_no != "")["bond_no"]),
    "CHK-58": lambda act: note(act, {"net_weight": Decimal(2), "gross_weight": Decimal(1)}),
    "CHK-59": lambda act: note(act, {"legal_qty1": Decimal(0)}),
    "CHK-60": grown(NoteLineSource, "dcl_share"),
    "CHK-61": many_lines,
    "CHK-62": wrong_total,
    "CHK-63": some(Declaration, "id", net_weight=Decimal(2), gross_weight=Decimal(1)),
    "CHK-64": lambda act: change(act, DeclarationLine, declaration_line(act), dcl_qty=Decimal(12345)),
    "CHK-65": declared_twice,
    "CHK-66": half_paired,
    "CHK-67": paired_twice,
    "CHK-68": paired_across,
    "CHK-71": other_kind,
    "CHK-72": grown(StockLine, "stock_change", scope="non_bonded"),
    "CHK-73": moved,
    "CHK-74": drained,
    "CHK-75": grown(StocktakeLine, "counted_qty"),
    "CHK-81": row_of_cycle(2, expected=1, variance=-1),
    "CHK-82": row_of_cycle(2, variance=1),
    "CHK-83": row_of_cycle(2, counted_material=1),
    "CHK-84": row_of_cycle(2, direct_import=1),
    "CHK-85": row_of_cycle(2, opening=1, expected=1, balance=1, variance=-1),
    "CHK-86": gap,
    "CHK-87": two_open,
    "CHK-88": open_note,
    "CHK-89": unlocked,
    "CHK-91": used_by_nobody,
    "CHK-92": deducted_from_nothing,
    "CHK-90": row_of_cycle(1, in_out=1, direct_import=1, consumed=1),
}


def _partner(act: Act) -> int:
    from bondesk.areas.codes.partner import Partner

    return first(act, Partner)["id"]  # type: ignore[no-any-return]
