"""拆单方案: splitting options kept under a name, for a partner or for all, taken up by themselves (5.3)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.areas.codes.partner import Partner
from bondesk.areas.notes.note_options import DIRECTIONS, MERGES, ORDERS, Splitting, splitting_of
from bondesk.areas.notes.shares import DECLARATION_MAX_LINES, NOTE_MAX_LINES
from bondesk.base.columns import Code4, Code10, Code32, Text64, Text255
from bondesk.base.documents import DocumentType, group
from bondesk.base.facts import Facts, Work
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error
from bondesk.base.records import Record
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must


class NoteRecipe(Record):
    """One recipe. ``partner`` and ``ie_flag`` say for whom it is (empty = all); ``usual`` that it applies by itself."""

    __tablename__ = "note_recipe"
    __table_args__ = (
        Index("ix_note_recipe_key", "company_id", "name", unique=True),
        Index("ix_note_recipe_partner", "company_id", "partner"),
    )

    name: Mapped[Text64] = shown("方案名称", required=True, width=20)
    partner: Mapped[Code32] = shown("客户供应商", reference="partner", help="空 = 所有客户供应商")
    ie_flag: Mapped[Code4] = shown("进出口", choices=DIRECTIONS)
    usual: Mapped[bool] = shown("自动采用", default=True, server_default="1", help="生成清单时按客户供应商自动采用")
    merge: Mapped[Code10] = shown("合并方式", choices=MERGES, insert_default="NONE", required=True)
    price_apart: Mapped[bool] = shown("单价不同不合并", default=False, server_default="0")
    order: Mapped[Code10] = shown("表体排序", choices=ORDERS, insert_default="SOURCE", required=True)
    by_document: Mapped[bool] = shown("按单据号拆单", default=True, server_default="1")
    by_partner: Mapped[bool] = shown("按客户供应商拆单", default=True, server_default="1")
    by_currency: Mapped[bool] = shown("按币制拆单", default=True, server_default="1")
    by_transaction_mode: Mapped[bool] = shown("按成交方式拆单", default=True, server_default="1")
    by_contract: Mapped[bool] = shown("按合同号拆单", default=False, server_default="0")
    by_invoice: Mapped[bool] = shown("按发票号拆单", default=False, server_default="0")
    by_bill: Mapped[bool] = shown("按提单号拆单", default=False, server_default="0")
    by_licence: Mapped[bool] = shown("按许可证号拆单", default=False, server_default="0")
    by_trade_country: Mapped[bool] = shown("按贸易国拆单", default=False, server_default="0")
    by_origin: Mapped[bool] = shown("按国别拆单", default=False, server_default="0")
    note_max_lines: Mapped[int] = shown("清单最多项数", default=NOTE_MAX_LINES, server_default=str(NOTE_MAX_LINES))
    declaration_max_lines: Mapped[int] = shown(
        "报关单最多项数", default=DECLARATION_MAX_LINES, server_default=str(DECLARATION_MAX_LINES)
    )
    remark: Mapped[Text255] = shown("备注")


def recipe_whole(recipe: NoteRecipe, facts: Facts) -> Iterator[Finding]:
    """RCP-01 limits no line fits into; RCP-02 two recipes that would apply by themselves to the same documents."""
    for key, label, most in (("note_max_lines", "清单", 9999), ("declaration_max_lines", "报关单", 50)):
        if not 1 <= (getattr(recipe, key) or 0) <= most:
            yield error("RCP-01", f"{label}最多项数须为1到{most}", key)
    if recipe.partner and recipe.partner not in facts.index(Partner, Partner.code):
        yield error("IMP-05", f"客户供应商 {recipe.partner} 不在商业合作伙伴中", "partner")
    for other in facts.find(NoteRecipe, partner=recipe.partner, ie_flag=recipe.ie_flag):
        if recipe.usual and other.usual and other.id != recipe.id:
            whose = f"客户供应商 {recipe.partner}" if recipe.partner else "所有客户供应商"
            yield error("RCP-02", f"{whose}已有自动采用的方案「{other.name}」，只能有一个", "usual")


def derive_recipe(recipe: NoteRecipe, _facts: Facts) -> None:
    """Give what was left empty its usual value."""
    for key, usual in {**splitting_of(Splitting()), "usual": True}.items():
        if getattr(recipe, key) in (None, ""):
            setattr(recipe, key, usual)


def recipe_for(work: Work, partner: str, ie_flag: str) -> NoteRecipe | None:
    """Return the recipe that applies by itself: the partner's before everybody's, the direction's before both."""
    fitting = [
        one
        for one in work.facts.find(NoteRecipe)
        if one.usual and one.partner in ("", partner) and one.ie_flag in ("", ie_flag)
    ]
    return max(fitting, key=lambda one: (bool(one.partner), bool(one.ie_flag)), default=None)


def recipe_named(work: Work, name: str) -> NoteRecipe | None:
    """Return the recipe called ``name``, if there is one."""
    return work.facts.one(NoteRecipe, name=name)


def keep_recipe(work: Work, name: str, partner: str, ie_flag: str, splitting: Splitting) -> str:
    """Keep options under a name, over one of the same name; return a sentence saying what was done.

    The kept one applies to the partner by itself; another that did so until now no longer does.
    """
    stored = recipe_named(work, name)
    word = "已更新" if stored is not None else "已存为"
    if stored is None:
        stored = NoteRecipe(name=name)
        work.session.add(stored)
    for other in work.facts.find(NoteRecipe, partner=partner, ie_flag=ie_flag):
        if other is not stored and other.usual:
            other.usual = False
    stored.partner, stored.ie_flag, stored.usual = partner, ie_flag, True
    for key, value in splitting_of(splitting).items():
        setattr(stored, key, value)
    work.session.flush()
    return f"{word}拆单方案「{name}」（{partner or '所有客户供应商'}）"


_COLUMNS = (
    NoteRecipe.merge,
    NoteRecipe.price_apart,
    NoteRecipe.order,
    NoteRecipe.by_document,
    NoteRecipe.by_partner,
    NoteRecipe.by_currency,
    NoteRecipe.by_transaction_mode,
    NoteRecipe.by_contract,
    NoteRecipe.by_invoice,
    NoteRecipe.by_bill,
    NoteRecipe.by_licence,
    NoteRecipe.by_trade_country,
    NoteRecipe.by_origin,
    NoteRecipe.note_max_lines,
    NoteRecipe.declaration_max_lines,
)
_WHOM = (NoteRecipe.partner, NoteRecipe.ie_flag, NoteRecipe.usual)

NOTE_RECIPE = DocumentType(
    key="note_recipe",
    title="拆单方案",
    area="notes",
    header=NoteRecipe,
    number=(NoteRecipe.name,),
    list_columns=(NoteRecipe.name, *_WHOM, NoteRecipe.merge, NoteRecipe.order, NoteRecipe.remark),
    form=(
        group("方案", NoteRecipe.name, *_WHOM, NoteRecipe.remark),
        group("合并与排序", *_COLUMNS[:3]),
        group("拆单", *_COLUMNS[3:13]),
        group("限制", *_COLUMNS[13:]),
    ),
    derive=derive_recipe,
    rules=(recipe_whole,),
    workbook=WorkbookPlan(
        "拆单方案",
        (
            SheetPlan(
                "拆单方案",
                (must(NoteRecipe.name), *(may(one) for one in (*_WHOM, *_COLUMNS, NoteRecipe.remark))),
            ),
        ),
        on_existing="update",
    ),
    help="生成核注清单时的拆单、合并、限制选项，按客户供应商起名保存，下次自动采用。",
)
