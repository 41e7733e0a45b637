"""自动对应 as a script: read the keys, run the passes, show what would pair and why the rest stays, pair (7.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bondesk.areas.matching.candidates import (
    DRAFT_TO_FORMAL,
    DeclarationMatchOptions,
    MatchOptions,
    NoteMatchOptions,
    figures,
    papers,
)
from bondesk.areas.matching.kinds import DECLARATIONS, NOTES, MatchKind
from bondesk.areas.matching.pairing import pairing_steps, rule_word
from bondesk.areas.matching.passes import R1, Matched, Paper, Rules, match
from bondesk.base.batches import batches
from bondesk.base.facts import Work
from bondesk.base.findings import Finding, note
from bondesk.base.formal_copy import DRAFT
from bondesk.base.steps import Outcome, Preview, Progress, Script, Steps, Table

#: Rows a preview shows of each table; all of them are paired.
SHOWN = 2000
_READ = 4


def find_pairs(
    work: Work, kind: MatchKind, options: MatchOptions, selected: Sequence[int] = ()
) -> Generator[Progress, None, Matched]:
    """Read the unpaired papers of a query and run the passes; nothing is stored."""
    yield Progress(0, _READ, "读取草单")
    drafts = papers(work, kind, options, formal=False, ids=selected)
    yield Progress(1, _READ, "读取正式单")
    formals = papers(work, kind, options, formal=True)
    yield Progress(2, _READ, f"草单 {len(drafts)} 张，正式单 {len(formals)} 张，查找对应")

    def read(left: Sequence[Paper], right: Sequence[Paper]) -> tuple[Any, Any]:
        return figures(work, kind, options, left), figures(work, kind, options, right)

    found = match(drafts, formals, Rules(options.by_first, options.by_second, options.by_figures), read)
    _keep_bearers(work, kind, found, formals)
    yield Progress(3, _READ, f"找到 {len(found.pairs)} 对")
    return found


def _keep_bearers(work: Work, kind: MatchKind, found: Matched, formals: Sequence[Paper]) -> None:
    """Drop pairs whose formal copy another draft names, be it outside the query: no paper stands for two (MAT-04)."""
    looser = {pair.formal for pair in found.pairs if pair.rule != R1}
    numbers = {one.id: one.first for one in formals if one.first and one.id in looser}
    bearers: dict[str, int] = {}
    header = kind.header
    mine = select(kind.first, header.id, header.copy).where(header.company_id == work.company_id)
    for some in batches(list(numbers.values())):
        # the copy is looked at here: asked for in SQL, it would lead the database away from the index of the numbers
        bearers.update(
            (row[0], row[1]) for row in work.session.execute(mine.where(kind.first.in_(some))) if row[2] == DRAFT
        )
    kept = []
    for pair in found.pairs:
        bearer = bearers.get(numbers.get(pair.formal, ""), pair.draft)
        if bearer == pair.draft:
            kept.append(pair)
            continue
        found.drafts[pair.draft] = found.formals[pair.formal] = "正式单的编号在另一张草单上，请核对后手动对应"
    found.pairs = kept


def matching_steps(work: Work, kind: MatchKind, options: MatchOptions, selected: Sequence[int]) -> Steps:
    """Pair what the passes find, after the user has seen it."""
    found = yield from find_pairs(work, kind, options, selected)
    rest = _rest(work, kind, options, found)
    if not found.pairs:
        return Outcome("没有找到可以对应的单据", tables=(rest,))
    counted = "，".join(f"{rule_word(kind, rule)} {count} 对" for rule, count in _by_rule(found))
    title = f"将对应 {len(found.pairs)} 对：{counted}"
    if not (yield Preview("preview", title, (_pairs(work, kind, found), rest), _doubts(work, kind, found))):
        return Outcome("没有对应任何单据")
    counts = yield from pairing_steps(work, kind, found.pairs)
    same = sum(not count for count in counts)
    text = f"已对应 {len(counts)} 对（{counted}）：一致 {same} 对，有差异 {len(counts) - same} 对"
    return Outcome(text, {kind.draft: (), kind.formal: ()}, tables=(rest,))


def _by_rule(found: Matched) -> list[tuple[str, int]]:
    return sorted(Counter(pair.rule for pair in found.pairs).items())


def _doubts(work: Work, kind: MatchKind, found: Matched) -> tuple[Finding, ...]:
    """MAT-03: drafts that are paired though nobody audited them."""
    header = kind.header
    count = 0
    for some in batches([pair.draft for pair in found.pairs]):
        mine = select(header.id).where(header.company_id == work.company_id, header.id.in_(some))
        count += len(work.session.execute(mine.where(header.state == "DRAFT")).all())
    if not count:
        return ()
    return (note("MAT-03", f"其中 {count} 张草单还没有审核；对应后按正式单的状态处理"),)


def _pairs(work: Work, kind: MatchKind, found: Matched) -> Table:
    shown = found.pairs[:SHOWN]
    mine = _named(work, kind, [pair.draft for pair in shown], kind.number)
    theirs = _named(work, kind, [pair.formal for pair in shown], kind.first)
    rows = tuple((*mine[pair.draft], theirs[pair.formal][0], rule_word(kind, pair.rule)) for pair in shown)
    more = f"（前 {SHOWN} 对）" if len(found.pairs) > SHOWN else ""
    return Table(f"将对应的单据{more}", ("草单", "申报日期", "正式单", "依据"), rows)


def _rest(work: Work, kind: MatchKind, options: MatchOptions, found: Matched) -> Table:
    """The direction decides whose rest is shown."""
    forward = options.direction == DRAFT_TO_FORMAL
    reasons = found.drafts if forward else found.formals
    shown = list(reasons)[:SHOWN]
    named = _named(work, kind, shown, kind.number if forward else kind.first)
    rows = tuple((*named[one], reasons[one]) for one in shown)
    title = f"{'草单' if forward else '正式单'}未对上 {len(reasons)} 张" + (
        "（前 2000 张）" if len(reasons) > SHOWN else ""
    )
    return Table(title, ("单号", "申报日期", "原因"), rows)


def _named(work: Work, kind: MatchKind, ids: Sequence[int], number: Any) -> Mapping[int, tuple[str, str]]:
    """Return number and day of papers, as shown."""
    return dict(_numbers(work, kind, ids, number))


def _numbers(work: Work, kind: MatchKind, ids: Sequence[int], number: Any) -> Iterator[tuple[int, tuple[str, str]]]:
    header = kind.header
    for some in batches(ids):
        mine = select(header.id, number, header.declared_on).where(header.company_id == work.company_id)
        for paper, called, day in work.session.execute(mine.where(header.id.in_(some))):
            yield paper, (called, day.isoformat() if day else "")


def _script(kind: MatchKind, key: str, title: str, options: type[MatchOptions]) -> Script:
    return Script(
        key=key,
        title=title,
        document=kind.draft,
        run=lambda work, chosen, selected: matching_steps(work, kind, chosen, selected),
        options=options,
        help=(
            "按编号或关键项把草单与海关的正式单一一对应：两边都只有一个候选才配对，其余留作手动对应。"
            "对应后正式单的数据覆盖草单，原来的内容保留，可随时取消。"
        ),
    )


MATCH_NOTES = _script(NOTES, "match_notes", "核注清单自动对应", NoteMatchOptions)
MATCH_DECLARATIONS = _script(DECLARATIONS, "match_declarations", "报关单自动对应", DeclarationMatchOptions)
