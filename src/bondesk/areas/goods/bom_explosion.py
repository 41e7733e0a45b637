"""BOM展开: a product's BOM down to the lowest stage, with path, loss chain and quantity per line (row 53; 3.2)."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bondesk.areas.goods.explosion import Bom, BomLine, Explosion, Skipped, natural_key, require_possible
from bondesk.areas.goods.factory import Factory, factory_of
from bondesk.areas.goods.part import Part
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.facts import Facts, Work
from bondesk.base.findings import error, note
from bondesk.base.numbers import CONSUMPTION_PLACES, QUANTITY_PLACES, half_up, plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress

#: Rows of one run; a BOM with more ways down than this is shown up to here.
MOST_ROWS = 20_000
_KINDS = {"I": "料件", "E": "成品", "S": "半成品"}


@dataclass(frozen=True, slots=True)
class BomExplosionOptions:
    """Which BOM, how many of the product, and whose items."""

    product_part_no: str = option("成品料号", "", reference="part")
    bom_version: str = option("BOM版本", "", help="空 = 最新版本")
    quantity: Decimal = option("成品数量", Decimal(1), help="按企业单位")
    record_no: str = option("备案号", "", reference="account", help="归并序号按此账册；空 = 适用于所有账册的归并")
    lowest_only: bool = option("只看最尾阶料件", False)


@dataclass(frozen=True, slots=True)
class Stage:
    """One line on the way down: ``net`` and ``gross`` are per ERP unit of the product at the top."""

    line: BomLine
    path: tuple[str, ...]
    lines: tuple[BomLine, ...]
    net: Fraction
    gross: Fraction
    below: Bom | None

    @property
    def level(self) -> int:
        """Return 1 for a line of the product's own BOM."""
        return len(self.lines)


def stages(top: Bom, explosion: Explosion) -> Iterator[Stage]:
    """Iterate over every line below ``top`` in the order of the BOMs, each component before its own lines.

    :class:`Skipped` for a circle, a made part without BOM, or a line whose figures cannot be.
    """
    yield from _below(top, explosion, (top.product,), (), Fraction(1), Fraction(1))


def _below(
    bom: Bom, explosion: Explosion, path: tuple[str, ...], lines: tuple[BomLine, ...], net: Fraction, gross: Fraction
) -> Iterator[Stage]:
    if not bom.lines:
        raise Skipped("BOM-07", f"{bom.product} 的BOM没有料件行")
    for line in bom.lines:
        require_possible(line)
        here = (*path, line.material)
        kept = 1 - (Fraction(line.tangible) + Fraction(line.intangible)) / 100
        n, g = net * Fraction(line.net), gross * Fraction(line.net) / kept
        below = None
        if explosion.made(line.material) or line.material in path:
            if line.material in path:
                raise Skipped("BOM-02", f"BOM循环：{' → '.join(here)}")
            below = explosion.newest(line.material)
            if below is None:
                raise Skipped("BOM-02", f"半成品 {line.material} 没有BOM（{' → '.join(here)}）")
        stage = Stage(line, here, (*lines, line), n, g, below)
        yield stage
        if below is not None:
            yield from _below(below, explosion, here, stage.lines, n, g)


COLUMNS = (
    ReportColumn("level", "层级", Kind.INTEGER, 6),
    ReportColumn("part_no", "料号", Kind.TEXT, 22),
    ReportColumn("name", "品名", Kind.TEXT, 18),
    ReportColumn("kind", "物料类型", Kind.TEXT, 8),
    ReportColumn("bom_version", "所用BOM版本", Kind.CODE, 10),
    ReportColumn("item_no", "归并序号", Kind.INTEGER, 8),
    ReportColumn("unit", "企业单位", Kind.CODE, 8),
    ReportColumn("net", "本级净耗", Kind.CONSUMPTION, 14),
    ReportColumn("chain", "损耗链", Kind.TEXT, 20),
    ReportColumn("net_total", "累计净耗", Kind.CONSUMPTION, 16, explained=True),
    ReportColumn("gross_total", "累计单耗", Kind.CONSUMPTION, 16, explained=True),
    ReportColumn("quantity", "需用量", Kind.QUANTITY, 16, explained=True),
    ReportColumn("path", "路径", Kind.TEXT, 36),
)


def run(work: Work, options: BomExplosionOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per line on the way down; a BOM that cannot be exploded gives its finding instead."""
    yield Progress(0, 2, "读取BOM")
    factory = factory_of(work.facts, options.record_no)
    top = chosen_bom(factory, options.product_part_no, options.bom_version)
    if options.quantity <= 0:
        raise Refused("成品数量须大于0", "OPT-02")
    yield Progress(1, 2, f"展开 {top.product} {top.version}")
    rows: list[ReportRow] = []
    try:
        for key, stage in _keyed(stages(top, factory.explosion())):
            if len(rows) == MOST_ROWS:
                return ReportTable(tuple(rows), (note("RPT-12", f"展开超过 {MOST_ROWS} 行，只显示前 {MOST_ROWS} 行"),))
            if stage.below is None or not options.lowest_only:
                rows.append(ReportRow(key, _values(work.facts, factory, stage, options.quantity)))
    except Skipped as skipped:
        return ReportTable((), (error(skipped.code, f"成品 {top.product} BOM版本 {top.version}：{skipped}"),))
    return ReportTable(tuple(rows))


def chosen_bom(factory: Factory, part_no: str, version: str) -> Bom:
    """Return the BOM an option names; the newest without a version. ``Refused`` (RPT-10) when there is none."""
    if not part_no:
        raise Refused("请填写成品料号", "RPT-10")
    found = [bom for bom in factory.boms.get(part_no, ()) if version in ("", bom.version)]
    if not found:
        known = "、".join(bom.version for bom in factory.boms.get(part_no, ()))
        raise Refused(f"{part_no} 没有BOM{f' 版本 {version}，已有：{known}' if known else ''}", "RPT-10")
    return max(found, key=lambda bom: natural_key(bom.version))


def _keyed(found: Iterator[Stage]) -> Iterator[tuple[str, Stage]]:
    """Number the rows as an outline: ``2`` is the product's second line, ``2.1`` the first below it."""
    counted: list[int] = []
    for stage in found:
        del counted[stage.level :]
        counted += [0] * (stage.level - len(counted))
        counted[-1] += 1
        yield ".".join(map(str, counted)), stage


def _values(facts: Facts, factory: Factory, stage: Stage, quantity: Decimal) -> tuple[object, ...]:
    part = facts.index(Part, Part.part_no).get(stage.line.material)
    mapped = factory.materials.get(stage.line.material)
    return (
        stage.level,
        f"{'　' * (stage.level - 1)}{stage.line.material}",
        part.name if part else "",
        _KINDS.get(part.goods_kind, "") if part else "不在料号档案",
        stage.below.version if stage.below else "",
        mapped.item_no if mapped and stage.below is None else None,
        part.erp_unit if part else "",
        stage.line.net,
        _chain(stage.lines),
        half_up(stage.net, CONSUMPTION_PLACES),
        half_up(stage.gross, CONSUMPTION_PLACES),
        half_up(stage.gross * Fraction(quantity), QUANTITY_PLACES),
        " → ".join(stage.path),
    )


def _loss(line: BomLine) -> str:
    """Write the losses of one line: tangible, and intangible where there is any."""
    text = f"{plain(line.tangible)}%"
    return f"{text}+{plain(line.intangible)}%" if line.intangible else text


def _chain(lines: Sequence[BomLine]) -> str:
    return " × ".join(_loss(line) for line in lines)


def explain(work: Work, options: BomExplosionOptions, row: str, column: str) -> Explanation:
    """Explain 累计净耗, 累计单耗 or 需用量 of a row (its key is its outline number, ``2.1``)."""
    titles = {entry.key: entry.title for entry in COLUMNS if entry.explained}
    if column not in titles:
        raise Refused(f"报表没有可解释的列 {column}；可用：{'、'.join(titles)}", "RPT-11")
    factory = factory_of(work.facts, options.record_no)
    top = chosen_bom(factory, options.product_part_no, options.bom_version)
    try:
        found = next((stage for key, stage in _keyed(stages(top, factory.explosion())) if key == row), None)
    except Skipped as skipped:
        raise Refused(f"{skipped}", skipped.code) from skipped
    if found is None:
        raise Refused(f"报表没有行 {row}（写法：第几行，下一级用点隔开，例如 2.1）", "RPT-11")
    return _explained(found, options.quantity, column, f"{found.line.material} {titles[column]}")


def _explained(stage: Stage, quantity: Decimal, column: str, title: str) -> Explanation:
    parts = tuple(
        Explanation(
            f"第{level}级 {upper} → {line.material}",
            plain(line.net),
            f"净耗 {plain(line.net)}，损耗 {_loss(line)}",
        )
        for level, (upper, line) in enumerate(zip(stage.path, stage.lines, strict=False), 1)
    )
    if column == "net_total":
        reason = " × ".join(plain(line.net) for line in stage.lines)
        return Explanation(title, plain(half_up(stage.net, CONSUMPTION_PLACES)), reason, parts)
    reason = " × ".join(f"{plain(line.net)} ÷ (1 − {plain(line.tangible + line.intangible)}%)" for line in stage.lines)
    if column == "gross_total":
        return Explanation(title, plain(half_up(stage.gross, CONSUMPTION_PLACES)), reason, parts)
    value = half_up(stage.gross * Fraction(quantity), QUANTITY_PLACES)
    return Explanation(title, plain(value), f"{plain(quantity)} × {reason}，只在最后舍入一次", parts)


BOM_EXPLOSION = Report(
    key="bom_explosion",
    title="BOM展开",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=BomExplosionOptions,
    area="goods",
    help="把一个成品的多级BOM展开到最尾阶料件：层级、路径、损耗链、单位用量和所选数量的需用量。",
)
