"""check_hs_codes and undo_hs_update: compare all goods with the HS table, apply what is chosen, take it back (2.5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bondesk.areas.goods.hs_check import DIFFERENCES, TARGETS, HsCheck, HsDifference
from bondesk.areas.goods.hs_comparison import Difference, differences, unseen
from bondesk.areas.goods.hs_known import take_known
from bondesk.areas.goods.merged_item import GOODS_FLAGS, MergedItem
from bondesk.areas.goods.part import Part
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.findings import Finding, error, note
from bondesk.base.options import NoOptions
from bondesk.base.parameter_package import Rechecked
from bondesk.base.steps import Choose, Outcome, Preview, Progress, Script, Steps, Table

#: (work, goods flag, merge numbers) → merge number → the lines of approved books with it.
Filed = Callable[[Work, str, Collection[int]], Mapping[int, Sequence[str]]]
_BATCH = 200
_KINDS, _TARGETS = dict(DIFFERENCES), dict(TARGETS)
#: Columns of a merged item whose change an approved book has to follow.
_FILED_COLUMNS = frozenset({"hs_code", "name", "legal_unit1", "legal_unit2"})


@dataclass(frozen=True, slots=True)
class _Found:
    """A difference with the goods it stands on."""

    goods: Any
    difference: Difference
    filed: Sequence[str] = ()

    @property
    def target(self) -> str:
        return "part" if isinstance(self.goods, Part) else "merged_item"

    @property
    def key(self) -> str:
        return f"{self.target}:{self.goods.id}:{self.difference.kind}"

    @property
    def number(self) -> str:
        if isinstance(self.goods, Part):
            return str(self.goods.part_no)
        return f"{dict(GOODS_FLAGS)[self.goods.goods_flag]} {self.goods.merge_no}"

    @property
    def row(self) -> tuple[str, ...]:
        one = self.difference
        target = _TARGETS[self.target]
        return (_KINDS[one.kind], target, self.number, self.goods.name, one.old, one.new, "；".join(self.filed))


_HEADINGS = ("差异", "对象", "料号/归并序号", "品名", "原值", "编码表现值", "待变更的账册项")


def check_script(filed: Filed) -> Script:
    """Return 商品编码校验; ``filed`` says which lines of approved books a merged item stands in."""

    def run(work: Work, _options: NoOptions, _selected: Sequence[int]) -> Steps:
        goods: list[Any] = [*work.facts.find(Part), *work.facts.find(MergedItem)]
        found: list[_Found] = []
        for start in range(0, len(goods), _BATCH):
            yield Progress(start, len(goods), f"校验 {start}/{len(goods)}")
            found += [_Found(one, gap) for one in goods[start : start + _BATCH] for gap in differences(one, work.facts)]
        found = _with_filed(work, found, filed)
        _remember(work, goods)
        if not found:
            check = _store(work, len(goods), found, ())
            return Outcome(f"已校验 {len(goods)} 个料号和归并项，与商品编码表一致", {"hs_check": [check.id]})
        chosen = yield from _chosen(found)
        check = _store(work, len(goods), found, chosen)
        _apply(work, chosen)
        changed = {"hs_check": [check.id], "part": _ids(chosen, "part"), "merged_item": _ids(chosen, "merged_item")}
        text = f"已校验 {len(goods)} 个料号和归并项，差异 {len(found)} 项，已更新 {len(chosen)} 项"
        pending = sum(bool(one.filed) for one in chosen)
        text += f"，其中 {pending} 项已备案，须变更账册" if pending else ""
        return Outcome(text, changed, tuple(_findings(found, chosen)), (_table("差异", found),))

    return Script(
        key="check_hs_codes",
        title="商品编码校验",
        document="hs_check",
        run=run,
        help="商品编码表更新后，逐项比较料号与归并项，选择要批量更新的差异；每次校验留有记录，可恢复。",
    )


def remember(work: Work) -> None:
    """Take a first look at the codes of all goods, so that what the table changes next can be told from it."""
    _remember(work, [*work.facts.find(Part), *work.facts.find(MergedItem)])
    work.session.flush()


def recheck(work: Work, filed: Filed) -> Rechecked:
    """Compare all goods with the HS table and keep what differs as a check of its own; nothing is changed."""
    goods: list[Any] = [*work.facts.find(Part), *work.facts.find(MergedItem)]
    found = [_Found(one, gap) for one in goods for gap in differences(one, work.facts)]
    found = _with_filed(work, found, filed)
    _remember(work, goods)
    check = _store(work, len(goods), found, ())
    parts, items = ({one.goods.id for one in found if one.target == target} for target, _title in TARGETS)
    lines = set()
    for flag, _title in GOODS_FLAGS:
        numbers = {one.goods.merge_no for one in found if one.goods.id in items and one.goods.goods_flag == flag}
        lines |= {line for told in (filed(work, flag, numbers) if numbers else {}).values() for line in told}
    return Rechecked("hs_check", check.id, check.check_no, len(goods), len(parts), len(items), len(lines))


def _chosen(found: Sequence[_Found]) -> Any:
    """Ask which differences to apply, show what that does; nothing is chosen when the clerk stops."""
    possible = [one for one in found if one.difference.values]
    if not possible:
        return ()
    ids = tuple(one.key for one in possible)
    keys = set((yield Choose("differences", _table("与商品编码表的差异", possible), ids, ids)))
    chosen = tuple(one for one in possible if one.key in keys)
    title = f"将更新 {len(chosen)} 项差异" if chosen else "没有选择差异，只保存校验记录"
    preview = Preview("preview", title, (_table("将更新", chosen),), tuple(_findings(found, chosen)))
    return chosen if (yield preview) else ()


def _table(title: str, found: Sequence[_Found]) -> Table:
    return Table(title, _HEADINGS, tuple(one.row for one in found))


def _with_filed(work: Work, found: Sequence[_Found], filed: Filed) -> list[_Found]:
    lines: dict[str, Mapping[int, Sequence[str]]] = {}
    for flag, _ in GOODS_FLAGS:
        numbers = {one.goods.merge_no for one in found if _awaits(one) and one.goods.goods_flag == flag}
        lines[flag] = filed(work, flag, numbers) if numbers else {}
    return [
        _Found(one.goods, one.difference, lines[one.goods.goods_flag].get(one.goods.merge_no, ()))
        if _awaits(one)
        else one
        for one in found
    ]


def _awaits(one: _Found) -> bool:
    return one.target == "merged_item" and bool(_FILED_COLUMNS & set(one.difference.values))


def _findings(found: Sequence[_Found], chosen: Sequence[_Found]) -> Iterator[Finding]:
    for one in found:
        if not one.difference.values:
            text = f"{_TARGETS[one.target]} {one.number} {one.goods.name} 的商品编码 {one.difference.old} 已失效"
            yield error("HSC-01", f"{text}，{one.difference.advice}", "hs_code")
    for one in chosen:
        if one.filed:
            text = f"归并项 {one.number} 已备案于 {'；'.join(one.filed)}，更新后为待变更，下次批量提取时列为「修改」"
            yield note("HSC-02", text)


def _remember(work: Work, goods: Sequence[Any]) -> None:
    """Take a first look at codes never remembered, so that the next change of the table can be told."""
    for one in goods:
        known = unseen(one, work.facts)
        if known is not None:
            take_known(one, known)


def _store(work: Work, compared: int, found: Sequence[_Found], chosen: Sequence[_Found]) -> HsCheck:
    applied = {one.key for one in chosen}
    lines = [
        HsDifference(
            line_no=number,
            kind=one.difference.kind,
            target=one.target,
            target_id=one.goods.id,
            number=one.number,
            name=one.goods.name,
            old=one.difference.old,
            new=one.difference.new or one.difference.advice,
            fate="APPLIED" if one.key in applied else "OPEN",
            filed="；".join(one.filed),
            before={key: getattr(one.goods, key) or "" for key in one.difference.values},
            after=dict(one.difference.values),
        )
        for number, one in enumerate(found, 1)
    ]
    check = HsCheck(check_no=work.draw("hs_check"), checked_at=work.now(), compared=compared, lines=lines)
    check.found, check.applied = len(found), len(chosen)
    work.session.add(check)
    work.session.flush()
    return check


def _apply(work: Work, chosen: Sequence[_Found]) -> None:
    for one in chosen:
        for key, value in one.difference.values.items():
            setattr(one.goods, key, value)
    work.session.flush()


def _ids(chosen: Sequence[_Found], target: str) -> list[int]:
    return list(dict.fromkeys(one.goods.id for one in chosen if one.target == target))


def undo_hs_update(work: Work, _options: NoOptions, selected: Sequence[int]) -> Steps:
    """Give the goods of the last update their former values; what was changed since is left alone and listed."""
    check = _last_applied(work, selected)
    lines = [line for line in check.lines if line.fate == "APPLIED"]
    goods = _goods_of(work, lines)
    headings = ("差异", "对象", "料号/归并序号", "现值", "恢复为")
    rows = tuple((_KINDS[one.kind], _TARGETS[one.target], one.number, one.new, one.old) for one in lines)
    if not (
        yield Preview(
            "preview", f"将恢复第 {check.check_no} 次校验的 {len(lines)} 项更新", (Table("恢复", headings, rows),)
        )
    ):
        return Outcome("已取消，没有恢复")
    left = []
    for line in reversed(lines):
        one = goods.get((line.target, line.target_id))
        if one is None or any((getattr(one, key) or "") != value for key, value in line.after.items()):
            line.fate = "CHANGED"
            left.append(line)
            continue
        for key, value in line.before.items():
            setattr(one, key, value)
        line.fate = "UNDONE"
    check.undone_at = work.now()
    check.applied = 0
    work.session.flush()
    changed = {"hs_check": [check.id]}
    for target in _TARGETS:
        changed[target] = list({line.target_id for line in lines if line.target == target and line.fate == "UNDONE"})
    text = f"已恢复第 {check.check_no} 次校验的 {len(lines) - len(left)} 项更新"
    return Outcome(text + (f"，{len(left)} 项未恢复" if left else ""), changed, tuple(map(_not_undone, left)))


def _not_undone(line: HsDifference) -> Finding:
    return note(
        "HSC-03", f"{_TARGETS[line.target]} {line.number} 更新后又被修改或删除，「{_KINDS[line.kind]}」没有恢复"
    )


def _last_applied(work: Work, selected: Sequence[int]) -> HsCheck:
    statement = select(HsCheck).where(HsCheck.company_id == work.company_id, HsCheck.applied > 0)
    last = work.session.scalars(statement.order_by(HsCheck.check_no.desc()).limit(1)).first()
    if last is None:
        raise Refused("没有可以恢复的批量更新", "HSC-04")
    if selected and list(selected) != [last.id]:
        raise Refused(f"只能恢复最近一次批量更新（第 {last.check_no} 次校验），请选中它", "HSC-04")
    return last


def _goods_of(work: Work, lines: Sequence[HsDifference]) -> dict[tuple[str, int], Any]:
    found: dict[tuple[str, int], Any] = {}
    for target, model in (("part", Part), ("merged_item", MergedItem)):
        wanted = {line.target_id for line in lines if line.target == target}
        found |= {(target, one.id): one for one in work.facts.find(model) if one.id in wanted}
    return found


UNDO_HS_UPDATE = Script(
    key="undo_hs_update",
    title="恢复更新",
    document="hs_check",
    run=undo_hs_update,
    help="把最近一次批量更新的料号与归并项恢复为更新前的值；之后又修改过的不动，并逐项列出。",
)
