"""批量生成单损耗: roll ERP BOMs up to items, create the missing versions, write the filed version back (3.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.codes.units import kilograms_per
from bondesk.areas.goods.bom import Bom, rolled
from bondesk.areas.goods.consolidation_map import merge_no_of
from bondesk.areas.goods.part import Part
from bondesk.areas.goods.rollup import Mapped, RollUp, roll_up
from bondesk.areas.goods.unit_consumption import UnitConsumption, UnitConsumptionLine
from bondesk.areas.goods.versions import Assignment, NewVersion, Signature, assign_versions
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts, Work
from bondesk.base.findings import errors_in
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
    rolled_up = _roll_up(work.facts, boms, book.record_no)
    if not rolled_up.results:
        raise Refused(rolled_up.findings or "没有选择BOM", "GEN-10")
    assignment = assign_versions(rolled_up.results, _present(work.facts, book), options.merge)
    if not (yield _preview(rolled_up, assignment)):
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
    return Outcome(text, changed, rolled_up.findings, (_versions_table(rolled_up, assignment),))


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


def _roll_up(facts: Facts, boms: Sequence[Bom], record_no: str) -> RollUp:
    parts = facts.index(Part, Part.part_no)
    everything = defaultdict(list)
    for bom in facts.find(Bom):
        everything[bom.product_part_no].append(rolled(bom))
    semis = {number for number, part in parts.items() if part.goods_kind in {"S", "E"}}
    mapped = {
        flag: {
            number: found
            for number, part in parts.items()
            if part.goods_kind == flag and (found := _mapped(facts, part, record_no)) is not None
        }
        for flag in ("I", "E")
    }
    return roll_up([rolled(bom) for bom in boms], everything, semis, mapped["I"], mapped["E"])


def _mapped(facts: Facts, part: Part, record_no: str) -> Mapped | None:
    """Return the item and the declared units per ERP unit of a part (2.3), None when it has no way there."""
    item_no = merge_no_of(facts, part.goods_kind, part.part_no, record_no)
    if item_no is None:
        return None
    if part.conv_factor is not None:
        return Mapped(item_no, Fraction(part.conv_factor))
    unit = units_of(facts).get(part.dcl_unit)
    kilograms = kilograms_per(unit) if unit else None
    if part.unit_weight is None or kilograms is None:
        return None
    return Mapped(item_no, Fraction(part.unit_weight) / Fraction(kilograms))


def _present(facts: Facts, book: Account) -> dict[int, dict[int, Signature]]:
    """Return the versions that exist: filed in the book, or generated and waiting to be extracted."""
    rows: dict[int, dict[int, set[tuple[int, Decimal, Decimal, Decimal, Decimal]]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for line in book.consumptions:
        if line.row_mark != "2":
            values = (line.material_no, line.net, line.tangible, line.intangible, line.bonded)
            rows[line.product_no][int(line.uc_version)].add(values)
    for version in facts.find(UnitConsumption):
        if version.record_no in ("", book.record_no):
            for entry in version.lines:
                values = (entry.material_no, entry.net, entry.tangible, entry.intangible, entry.bonded)
                rows[version.product_no][int(version.uc_version)].add(values)
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


def _versions_table(rolled_up: RollUp, assignment: Assignment) -> Table:
    new = {(version.product_item, version.version) for version in assignment.created}
    rows = []
    for bom in rolled_up.results:
        version = assignment.versions[bom.product, bom.bom_version]
        word = "新增" if (bom.product_item, version) in new else "已有"
        rows.append((bom.product, bom.bom_version, bom.product_item, version, word, len(bom.lines)))
    return Table("版本", ("成品料号", "BOM版本", "成品序号", "单耗版本号", "新增/已有", "料件项数"), tuple(rows))


def _preview(rolled_up: RollUp, assignment: Assignment) -> Preview:
    lines = tuple(
        (bom.product, bom.bom_version, line.item_no, line.net, line.tangible, line.intangible, line.unit_consumption)
        for bom in rolled_up.results
        for line in bom.lines
    )
    headings = ("成品料号", "BOM版本", "料件序号", "净耗", "有形损耗率", "无形损耗率", "单耗")
    tables = (_versions_table(rolled_up, assignment), Table("单损耗", headings, lines))
    title = f"将新增 {len(assignment.created)} 个单损耗版本"
    return Preview("preview", title, tables, tuple(errors_in(rolled_up.findings)))


GENERATE_UNIT_CONSUMPTION = Script(
    key="generate_unit_consumption",
    title="生成单损耗",
    document="bom",
    run=generate_unit_consumption,
    options=GenerateUnitConsumption,
    help="把企业BOM展开并归并为项号级单损耗，回写备案版本号。",
)
