"""归并序号批量提取: the goods of an approved book back into 归并后料件/成品, when the parameter is on (0.5, row 17)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.accounts.comparing import TAKEN
from bondesk.areas.accounts.row_marks import differing
from bondesk.areas.goods.item_generation import next_merge_no
from bondesk.areas.goods.merged_item import GOODS_FLAGS, MergedItem, derive_merged_item
from bondesk.areas.setup.company import company_of
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts, Work
from bondesk.base.options import option
from bondesk.base.steps import Choose, Outcome, Progress, Script, Steps, Table


@dataclass(frozen=True, slots=True)
class ExtractMergedItems:
    """From which book, and which of its goods."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 唯一的已审批账册或手册")
    goods_flag: str = option("物料类型", "I", choices=GOODS_FLAGS)


@dataclass(frozen=True, slots=True)
class _Found:
    """A line of the book beside the merged item it belongs to; ``item`` is None for one that is new."""

    line: AccountLine
    number: int
    item: MergedItem | None
    differences: tuple[str, ...]


def extract_merged_items(work: Work, options: ExtractMergedItems, _selected: Sequence[int]) -> Steps:
    """Compare the book's lines with the merged items and take the chosen ones over; equal lines are left alone."""
    book, word = _book(work.facts, options.record_no), dict(GOODS_FLAGS)[options.goods_flag]
    lines = book.materials if options.goods_flag == "I" else book.products
    yield Progress(0, 2, f"比较 {book.record_no} 的{word}")
    found = [one for one in _compared(work, lines, options.goods_flag) if one.item is None or one.differences]
    if not found:
        return Outcome(f"归并后{word}与 {book.record_no} 一致，没有需要提取的内容（共比较 {len(lines)} 项）")
    chosen = set((yield _choose(found, book, word)))
    taken = [one for one in found if one.line.id in chosen]
    if not taken:
        return Outcome("没有选择，没有提取")
    yield Progress(1, 2, f"提取 {len(taken)} 项")
    items = [_store(work, one, options.goods_flag) for one in taken]
    work.session.flush()
    added = sum(one.item is None for one in taken)
    text = f"已从 {book.record_no} 提取归并后{word}：增加 {added} 项，修改 {len(taken) - added} 项"
    return Outcome(text, {"merged_item": [item.id for item in items]})


def _book(facts: Facts, record_no: str) -> Account:
    books = [book for book in facts.find(Account, copy="approved") if record_no in ("", book.record_no)]
    if len(books) != 1:
        raise Refused("没有这本已审批的账册或手册" if not books else "有多本已审批账册，请指定备案号", "ACC-00")
    return books[0]


def _compared(work: Work, lines: Sequence[AccountLine], goods_flag: str) -> Iterator[_Found]:
    same_number = bool(company_of(work.facts).item_no_is_merge_no)
    stored = work.facts.find(MergedItem, goods_flag=goods_flag)
    by_number = {item.merge_no: item for item in stored}
    by_part = {item.part_no: item for item in stored if item.part_no}
    following = next_merge_no(work, goods_flag)
    for line in sorted(lines, key=lambda line: line.item_no):
        number = line.item_no if same_number else line.merge_no
        item = by_number.get(number) if number is not None else by_part.get(line.part_no or "")
        if number is None:
            number = item.merge_no if item is not None else following
            following += item is None
        yield _Found(line, number, item, differing(TAKEN, _values_of(item), _values_of(line)) if item else ())


def _values_of(goods: Any) -> dict[str, Any]:
    """Return the compared values of a line or an item under the line's names; the country is the item's origin."""
    return {
        key: getattr(goods, "origin" if key == "country" and isinstance(goods, MergedItem) else key) for key in TAKEN
    }


def _choose(found: Sequence[_Found], book: Account, word: str) -> Choose:
    headings = ("结果", "归并序号", "备案序号", "商品编码", "商品名称", "不同之处")
    rows = tuple(
        (
            "增加" if one.item is None else "修改",
            one.number,
            one.line.item_no,
            one.line.hs_code,
            one.line.name,
            "；".join(_difference(one, key) for key in one.differences),
        )
        for one in found
    )
    ids = tuple(one.line.id for one in found)
    return Choose("lines", Table(f"从 {book.record_no} 提取{word}", headings, rows), ids, ids)


def _difference(one: _Found, key: str) -> str:
    label = _LABELS[key]
    before, after = _values_of(one.item)[key], _values_of(one.line)[key]
    return f"{label}：{before if before not in (None, '') else '空'} → {after if after not in (None, '') else '空'}"


_LABELS = {
    "part_no": "料号",
    "hs_code": "商品编码",
    "name": "品名",
    "spec": "规格型号",
    "dcl_unit": "申报单位",
    "legal_unit1": "法定第一单位",
    "legal_unit2": "法定第二单位",
    "price": "单价",
    "currency": "币制",
    "duty_mode": "征免方式",
    "country": "产销国",
    "main_mark": "主料标志",
}


def _store(work: Work, one: _Found, goods_flag: str) -> MergedItem:
    item = one.item or MergedItem(merge_no=one.number, goods_flag=goods_flag)
    for key, value in _values_of(one.line).items():
        setattr(item, "origin" if key == "country" else key, value)
    derive_merged_item(item, work.facts)
    work.session.add(item)
    return item


EXTRACT_MERGED_ITEMS = Script(
    key="extract_merged_items",
    title="批量提取",
    document="merged_item",
    run=extract_merged_items,
    options=ExtractMergedItems,
    offered=lambda facts: bool(company_of(facts).extract_merged_items),
    help="把已审批账册或手册的料件、成品提取为归并后料件、成品；与账册相同的不处理。",
)
