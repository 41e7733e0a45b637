"""Why a figure of the 短溢表 is what it is: down to the counted line, the 仓单, the posting and the workbook cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from bondesk.areas.declarations.declared_books import books_of, counts_declarations
from bondesk.areas.stock.held import HELD_COLUMNS, Moved
from bondesk.areas.stock.item_level import Share
from bondesk.areas.stock.stock_model import StockLine, StocktakeLine
from bondesk.areas.stock.timing import GAP_TITLES, Gap
from bondesk.areas.verification.reckoning import Reckoned
from bondesk.base.explanation import Explanation
from bondesk.base.numbers import QUANTITY_PLACES, half_up, plain
from bondesk.ledger.books import Books, LedgerWork
from bondesk.ledger.consumption import ZERO, usage
from bondesk.ledger.posting import Only, Posting, Stage
from bondesk.ledger.shortage import GAP_SIGNS, ShortageRow

#: Parts of one figure that are listed; the rest is summed in one line.
MOST = 100
_EXACT = 14


class Reasons:
    """Explains the figures of one material of a reckoned 短溢表."""

    def __init__(
        self, work: LedgerWork, reckoned: Reckoned, item_no: int, unit: str = "", books: Books | None = None
    ) -> None:
        """Explain material ``item_no``; values are shown in ``unit``, ``books`` stand in for the real ones."""
        self._work, self._reckoned, self._item, self._unit = work, reckoned, item_no, unit
        self._books = books or books_of(work, reckoned.book)
        self._paper = "报关单" if counts_declarations(reckoned.book) else "清单"
        self.row: ShortageRow = reckoned.rows[item_no]

    def _value(self, quantity: Decimal) -> str:
        return f"{plain(quantity)} {self._unit}".rstrip()

    def difference(self) -> Explanation:
        """差异数 D = B − A + C."""
        row = self.row
        reason = f"B {plain(row.counted.total)} − A {plain(row.booked)} + C {plain(row.gaps.total)}"
        parts = (self.counted(), self.booked(), self.gaps())
        return Explanation(f"料件 {self._item} 差异数 D", self._value(row.difference), reason, parts)

    def booked(self) -> Explanation:
        """账册结存 A = 期初 + 进出口总数 − 耗用."""
        booked = self._reckoned.booked
        mine = booked.folded.item(self._item)
        since = f"自 {booked.begin} 起" if booked.begin else "自账册开始"
        opening = booked.opening.get(self._item, ZERO)
        parts = (
            Explanation("＋ 期初", self._value(opening), "上次报核结转" if booked.begin else "账册开始为0"),
            self.in_out(),
            self.consumed(),
        )
        value = self._value(opening + mine.net)
        return Explanation(
            "A 账册结存", value, f"{since}至 {self._reckoned.basis.day}：期初 + 进出口总数 − 耗用", parts
        )

    def _postings(self, goods_flag: str, items: Iterable[int]) -> Sequence[Posting]:
        basis, begin = self._reckoned.basis, self._reckoned.booked.begin
        only = Only(goods_flag, frozenset(items))
        return self._books.postings(basis.record_no, begin, basis.day, Stage.POSTED.value, only)

    def in_out(self) -> Explanation:
        """进出口总数: every posting of the material, signed, with the running total."""
        mine = self._postings("I", [self._item])
        total = self._reckoned.booked.folded.item(self._item).in_out
        return Explanation("＋ 进出口总数", self._value(total), f"{len(mine)} 笔{self._paper}", self._running(mine))

    def _running(self, postings: Sequence[Posting]) -> tuple[Explanation, ...]:
        parts, total = [], ZERO
        for one in postings[:MOST]:
            total += one.signed
            word = "冲销 " if one.reversal else ""
            title = f"{one.business_date} {word}{self._paper} {one.document_no} 第{one.line_no}项（{one.mode}）"
            trace = self._work.trace(one.document_key, one.line_id)
            parts.append(Explanation(title, plain(one.signed), f"累计 {plain(total)}", (trace,) if trace else ()))
        if len(postings) > MOST:
            rest = sum((one.signed for one in postings[MOST:]), ZERO)
            parts.append(Explanation(f"其余 {len(postings) - MOST} 笔", plain(rest), f"累计 {plain(total + rest)}"))
        return tuple(parts)

    def consumed(self) -> Explanation:
        """出口耗用: exported quantity × U × bonded share per version, rounded once."""
        mine = self._reckoned.booked.folded.item(self._item)
        rows = self._reckoned.filed.of_material(self._item)
        every = self._postings("E", [product for product, _ in rows])
        parts = []
        for version, quantity in sorted(mine.by_version.items()):
            row = rows[version]
            product, name = version
            listed = [one for one in every if (one.item_no, one.uc_version) == version]
            reason = f"出口 {plain(quantity)} × 单耗 {plain(row.unit_consumption)} × 保税比例 {plain(row.bonded)}%"
            amount = plain(half_up(usage(quantity, row), _EXACT))
            parts.append(Explanation(f"成品 {product} 版本 {name}", amount, reason, self._running(listed)))
        parts += _rounding(mine.consumed, mine.consumed_exact)
        return Explanation("－ 出口耗用量", self._value(mine.consumed), "Σ 出口数量 × 单耗 × 保税比例", tuple(parts))

    def counted(self) -> Explanation:
        """实际库存 B: every column that is used."""
        counted = self.row.counted
        parts = [
            self.held(column) for column in HELD_COLUMNS if column in self._reckoned.held.shares and column != "scrap"
        ]
        return Explanation("B 实际库存", self._value(counted.total), "各列相加，内购库存为减", tuple(parts))

    def held(self, column: str) -> Explanation:
        """One column of the count: every counted or moved part that holds the material."""
        mine = [one for one in self._reckoned.held.shares.get(column, ()) if one.material_no == self._item]
        exact = sum((one.quantity for one in mine), Fraction(0))
        shown = half_up(exact, QUANTITY_PLACES)
        parts = [self._share(one) for one in mine[:MOST]]
        if len(mine) > MOST:
            rest = sum((one.quantity for one in mine[MOST:]), Fraction(0))
            parts.append(Explanation(f"其余 {len(mine) - MOST} 行", plain(half_up(rest, _EXACT))))
        sign = "－" if column == "domestic" else "＋"
        title = f"{sign} {HELD_COLUMNS[column]}"
        return Explanation(title, self._value(shown), f"{len(mine)} 行", (*parts, *_rounding(shown, exact)))

    def _share(self, one: Share) -> Explanation:
        lot = one.lot
        version = f" BOM版本 {lot.bom_version}" if lot.bom_version else ""
        if one.unit_consumption is not None:
            filed = f"，按{'备案版本 ' + one.version if lot.goods_kind == 'E' else 'BOM ' + one.version}"
            reason = f"{plain(lot.quantity)} × 单耗 {plain(one.unit_consumption)}（含保税比例与单位换算）{filed}"
        else:
            factor = one.quantity / Fraction(lot.quantity)
            reason = f"{plain(lot.quantity)} × 换算 {plain(half_up(factor, 9))}"
        title = f"料号 {lot.part_no}{version}"
        return Explanation(title, plain(half_up(one.quantity, _EXACT)), reason, stored_line(self._work, lot.line_id))

    def gaps(self) -> Explanation:
        """结转差额 C: the timing gaps with their signs."""
        total = self.row.gaps.total
        parts = [self.gap(column) for column in GAP_TITLES if getattr(self.row.gaps, column)]
        return Explanation("C 结转差额", self._value(total), "各项时间差按符号合计", tuple(parts))

    def gap(self, column: str) -> Explanation:
        """One timing column: every partner, item and version, with the 仓单 and the notes on either side."""
        mine = [
            (one, one.materials(self._reckoned.filed)[self._item])
            for one in self._reckoned.timing.gaps
            if one.column == column and self._item in one.materials(self._reckoned.filed)
        ]
        exact = sum((quantity for _, quantity in mine), Fraction(0))
        shown = half_up(exact, QUANTITY_PLACES)
        sign = "＋" if GAP_SIGNS[column] > 0 else "－"
        parts = [self._group(one, quantity) for one, quantity in mine]
        return Explanation(f"{sign} {GAP_TITLES[column]}", self._value(shown), "", (*parts, *_rounding(shown, exact)))

    def _group(self, one: Gap, quantity: Fraction) -> Explanation:
        goods = f"料件 {one.item_no}" if one.goods_flag == "I" else f"成品 {one.item_no} 版本 {one.version}"
        title = f"{one.partner} {goods}".strip()
        physical = plain(half_up(one.physical, _EXACT))
        reason = f"实物 {physical} − 清单 {plain(one.declared)}"
        if one.goods_flag == "E":
            row = self._reckoned.filed.of_material(self._item)[one.item_no, one.version]
            reason += f"，差额 × 单耗 {plain(row.unit_consumption)} × 保税比例 {plain(row.bonded)}%"
        moved = Explanation("实物（仓单）", physical, f"{len(one.moved)} 行", tuple(map(self._moved, one.moved[:MOST])))
        declared = Explanation("清单", plain(one.declared), f"{len(one.postings)} 笔", self._running(one.postings))
        return Explanation(title, plain(half_up(quantity, _EXACT)), reason, (moved, declared))

    def _moved(self, one: Moved) -> Explanation:
        title = f"{one.day} 仓单 {one.document_no} {one.kind.code} {one.kind.name} {one.part_no}"
        return Explanation(title, plain(one.change), f"BOM版本 {one.bom_version}" if one.bom_version else "")


def stored_line(work: LedgerWork, line_id: int) -> tuple[Explanation, ...]:
    """Name the stored line of a stocktake or 仓单 and the workbook cell it was read from; nothing for a sum."""
    if not line_id:
        return ()
    models: tuple[tuple[type[StocktakeLine | StockLine], str], ...] = ((StocktakeLine, "盘点"), (StockLine, "仓单"))
    for model, word in models:
        line: StocktakeLine | StockLine | None = work.facts.one(model, id=line_id)
        if line is not None:
            cell = work.cell(line, "quantity")
            quantity = f"{plain(line.quantity)} {line.erp_unit}".rstrip()
            return (Explanation(f"{word}行 {line.line_no}", quantity, "", (cell,) if cell else ()),)
    return ()


def _rounding(shown: Decimal, exact: Fraction) -> list[Explanation]:
    if Fraction(shown) == exact:
        return []
    rest = half_up(Fraction(shown) - exact, _EXACT)
    return [Explanation("舍入", plain(rest), f"合计后只舍入一次到{QUANTITY_PLACES}位")]
