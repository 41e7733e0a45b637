"""批量生成单损耗: roll ERP BOMs up to items, create the missing versions, write the filed version back (3.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account, AccountConsumption
from bondesk.areas.goods.bom import Bom, rolled
from bondesk.areas.goods.consumption_standard import above_standard
from bondesk.areas.goods.factory import factory_of
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.part import Part
from bondesk.areas.goods.rollup import RollUp
from bondesk.areas.goods.unit_consumption import UnitConsumption, UnitConsumptionLine
from bondesk.areas.goods.version_reasons import reasons
from bondesk.areas.goods.versions import Assignment, NewVersion, Signature, assign_versions
from bondesk.base.change import Mark
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts, Work
from bondesk.base.findings import Finding
from bondesk.base.options import option
from bondesk.base.steps import Choose, Outcome, Preview, Progress, Script, Steps, Table


@dataclass(frozen=True, slots=True)
class GenerateUnitConsumption:
    """Which book the versions are for, and whether equal ones are merged."""

    record_no: str = option("备案号", "", reference="account", help="空 = 唯一的已审批账册")
    merge: bool = option("合并BOM", True, help="与已备案或本次相同的版本合并，只回写版本号")


def generate_unit_consumption(work: Work, options: GenerateUnitConsumption, selected: Sequence[int]) -> Steps:
    """Roll up the chosen BOMs (default: those of products) and assign filed versions."""
    book = _book(work.facts, options.record_no)
    candidates = _candidates(work, selected)
    if not candidates:
        raise Refused("没有可以生成单损耗的成品BOM", "GEN-10")
    chosen = set((yield _choose(candidates)))
    boms = [bom for bom in candidates if bom.id in chosen]
    yield Progress(0, 2, "展开BOM")
    rolled_up = factory_of(work.facts, book.record_no).roll_up([rolled(bom) for bom in boms])
    if not rolled_up.results:
        raise Refused(rolled_up.findings or "没有选择BOM", "GEN-10")
    filed = _filed_rows(work, book)
    present = _present(work, book, filed)
    assignment = assign_versions(rolled_up.results, present, options.merge)
    why = reasons(rolled_up.results, present, assignment, {(row[0], int(row[1])) for row in filed})
    versions = _versions_table(rolled_up, assignment, why)
    found = (*rolled_up.findings, *_above_standard(work.facts, rolled_up))
    if not (yield _preview(rolled_up, assignment, versions, found)):
        return Outcome("已取消，没有生成单损耗")
    created = [_create(work, book, version) for version in assignment.created]
    for bom in boms:
        version = assignment.versions.get((bom.product_part_no, bom.bom_version))
        if version is not None:
            bom.filed_version, bom.filed_record_no = str(version), book.record_no
    work.session.flush()
    text = f"已展开 {len(rolled_up.results)} 个BOM，新增单损耗版本 {len(created)} 个"
    text += f"，跳过 {len(rolled_up.findings)} 个" if rolled_up.findings else ""
    changed = {"unit_consumption": [one.id for one in created], "bom": [bom.id for bom in boms]}
    return Outcome(text, changed, found, (versions,))


def _above_standard(facts: Facts, rolled_up: RollUp) -> list[Finding]:
    """BOM-06 of every product that is under a 单耗标准."""
    parts = facts.index(Part, Part.part_no)
    items = facts.index(MergedItem, MergedItem.goods_flag, MergedItem.merge_no)
    found: list[Finding] = []
    for bom in rolled_up.results:
        if not parts[bom.product].standard_controlled:
            continue
        materials = [
            (line.item_no, items["I", line.item_no].hs_code, line.unit_consumption)
            for line in bom.lines
            if ("I", line.item_no) in items
        ]
        found += above_standard(facts, (bom.product_item, parts[bom.product].hs_code), materials)
    return found


def _book(facts: Facts, record_no: str) -> Account:
    """Return the book; before the first filing there is none, and versions are meant for any book."""
    books = [book for book in facts.find(Account, copy="approved") if record_no in ("", book.record_no)]
    if len(books) > 1 or (record_no and not books):
        raise Refused("没有这本已审批的账册" if not books else "有多本已审批账册，请指定备案号", "NOTE-01")
    return books[0] if books else Account(record_no="")


def _candidates(work: Work, selected: Sequence[int]) -> list[Bom]:
    parts = work.facts.index(Part, Part.part_no)
    statement = select(Bom).where(Bom.company_id == work.company_id)
    statement = statement.order_by(Bom.product_part_no, Bom.bom_version)
    boms = list(work.session.scalars(statement))
    if selected:
        return [bom for bom in boms if bom.id in set(selected)]
    return [b for b in boms if b.product_part_no in parts and parts[b.product_part_no].goods_kind == "E"]


def _choose(boms: Sequence[Bom]) -> Choose:
    rows = tuple((bom.product_part_no, bom.bom_version, len(bom.lines), bom.filed_version) for bom in boms)
    ids = tuple(bom.id for bom in boms)
    return Choose("boms", Table("选择BOM", ("成品料号", "BOM版本", "料件数", "备案版本号"), rows), ids, ids)


_RATES = ("net", "tangible", "intangible", "bonded")
#: (product, version, material, net, tangible, intangible, bonded)
_Row = tuple[int, str, int, Decimal, Decimal, Decimal, Decimal]


def _filed_rows(work: Work, book: Account) -> list[_Row]:
    """Return what the book files, read as columns: a large book is not made into objects."""
    line = AccountConsumption
    if not book.record_no:
        return []
    columns = (line.product_no, line.uc_version, line.material_no, *(getattr(line, rate) for rate in _RATES))
    mine = select(*columns).where(line.company_id == work.company_id, line.header_id == book.id)
    return [tuple(row) for row in work.session.execute(mine.where(line.row_mark != Mark.STRUCK.value))]


def _generated_rows(work: Work, book: Account) -> Iterator[_Row]:
    """Yield what was generated for the book, or for any, and waits to be extracted."""
    head, line = UnitConsumption, UnitConsumptionLine
    columns = (head.product_no, head.uc_version, line.material_no, *(getattr(line, rate) for rate in _RATES))
    mine = select(*columns).join(line, (line.company_id == head.company_id) & (line.header_id == head.id))
    mine = mine.where(head.company_id == work.company_id, head.record_no.in_(("", book.record_no)))
    yield from (tuple(row) for row in work.session.execute(mine))


def _present(work: Work, book: Account, filed: Iterable[_Row]) -> dict[int, dict[int, Signature]]:
    """Return the versions that exist: filed in the book, or generated and waiting to be extracted."""
    rows: dict[int, dict[int, set[tuple[int, Decimal, Decimal, Decimal, Decimal]]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for product, version, material, net, tangible, intangible, bonded in chain(filed, _generated_rows(work, book)):
        rows[product][int(version)].add((material, net, tangible, intangible, bonded))
    return {item: {version: frozenset(lines) for version, lines in versions.items()} for item, versions in rows.items()}


def _create(work: Work, book: Account, version: NewVersion) -> UnitConsumption:
    made = UnitConsumption(record_no=book.record_no, product_no=version.product_item, uc_version=str(version.version))
    made.lines = [
        UnitConsumptionLine(
            line_no=number,
            material_no=line.item_no,
            net=line.net,
            tangible=line.tangible,
            intangible=line.intangible,
            bonded=line.bonded,
            unit_consumption=line.unit_consumption,
        )
        for number, line in enumerate(version.lines, 1)
    ]
    work.session.add(made)
    return made


def _versions_table(rolled_up: RollUp, assignment: Assignment, why: Mapping[tuple[str, str], str]) -> Table:
    new = {(version.product_item, version.version) for version in assignment.created}
    rows = []
    for bom in rolled_up.results:
        version = assignment.versions[bom.product, bom.bom_version]
        word = "新增" if (bom.product_item, version) in new else "已有"
        reason = why[bom.product, bom.bom_version]
        rows.append((bom.product, bom.bom_version, bom.product_item, version, word, len(bom.lines), reason))
    headings = ("成品料号", "BOM版本", "成品序号", "单耗版本号", "新增/已有", "料件项数", "原因")
    return Table("版本", headings, tuple(rows))


def _preview(rolled_up: RollUp, assignment: Assignment, versions: Table, found: tuple[Finding, ...]) -> Preview:
    lines = tuple(
        (
            bom.product,
            bom.bom_version,
            line.item_no,
            line.net,
            line.tangible,
            line.intangible,
            line.bonded,
            line.unit_consumption,
        )
        for bom in rolled_up.results
        for line in bom.lines
    )
    headings = ("成品料号", "BOM版本", "料件序号", "净耗", "有形损耗率", "无形损耗率", "保税料件比例", "单耗")
    title = f"将新增 {len(assignment.created)} 个单损耗版本"
    return Preview("preview", title, (versions, Table("单损耗", headings, lines)), found)


GENERATE_UNIT_CONSUMPTION = Script(
    key="generate_unit_consumption",
    title="生成单损耗",
    document="bom",
    run=generate_unit_consumption,
    options=GenerateUnitConsumption,
    help="把企业BOM展开并归并为项号级单损耗，回写备案版本号。",
)
