"""Which headings a sheet may carry: the standard ones and the enterprise's own (rows 34, 35), found by their text.

The settings are read once per import and laid over the declared plan, so that reading, messages and templates
all speak of the same headings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.import_setting import ImportHeading, ImportSetting
from bondesk.base.readings import heading_key
from bondesk.base.sheets import Sheet
from bondesk.base.workbooks import Heading, SheetPlan
from bondesk.engine.act import Act

SETTING = "import_setting"
_HEADING_ROWS = 30
#: From here two headings look alike; "实收数量" and "数量" give 0.67.
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class FoundHeadings:
    """The heading row of a sheet (0-based, -1 for the pairs layout): what is where, what nobody knows, what is absent.

    ``indexes`` gives the column of every text a finding may name; ``title`` is that of the declared sheet.
    """

    row: int
    title: str = ""
    columns: tuple[tuple[Heading, str, int], ...] = ()
    unknown: tuple[tuple[str, int], ...] = ()
    absent: tuple[Heading, ...] = ()
    twice: tuple[tuple[str, int, int], ...] = ()
    indexes: Mapping[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[Heading, ...]:
        """Return the mandatory headings that are absent and that no setting fills."""
        return tuple(heading for heading in self.absent if heading.required and not heading.filled)

    def nearest(self, text: str) -> Heading | None:
        """Return the absent heading that ``text`` most probably means."""
        scored = [(likeness(text, heading.text), heading) for heading in self.absent]
        best = max(scored, key=lambda pair: pair[0], default=(0, None))
        return best[1] if best[0] >= _ALIKE * 100 else None


def likeness(one: str, other: str) -> int:
    """Tell in percent how alike two headings are; a heading within the other is nearly it.

    >>> likeness("实收数量", "数量"), likeness("心情", "数量")
    (90, 0)
    """
    left, right = heading_key(one), heading_key(other)
    if min(len(left), len(right)) >= 2 and (left in right or right in left):
        return 90
    return round(SequenceMatcher(None, left, right).ratio() * 100)


def find_headings(sheet: Sheet, plan: SheetPlan) -> FoundHeadings:
    """Find the row of the first thirty that knows most headings; an own heading goes before the standard one."""
    headings = plan.all_headings
    names = {heading_key(text): heading for heading in headings for text in (heading.text, *heading.also)}
    own = {heading_key(heading.own): heading for heading in headings if heading.own}
    known = {**names, **own}
    best: list[str] = []
    best_row, best_hits = 0, 0
    for number, row in enumerate(sheet.rows[:_HEADING_ROWS]):
        keys = [heading_key(str(cell)) if cell not in (None, "") else "" for cell in row]
        hits = len({key for key in keys if key in known})
        if hits > best_hits:
            best, best_row, best_hits = keys, number, hits
    if not best and sheet.rows:
        best = [heading_key(str(cell)) if cell not in (None, "") else "" for cell in sheet.rows[0]]
    return replace(_found(sheet, headings, best, best_row, own, known), title=plan.title)


def _found(
    sheet: Sheet,
    headings: Sequence[Heading],
    keys: list[str],
    row: int,
    own: Mapping[str, Heading],
    known: Mapping[str, Heading],
) -> FoundHeadings:
    by_own = {id(own[key]) for key in keys if key in own}
    columns, unknown = [], []
    indexes: dict[str, int] = {}
    places: dict[str, int] = {}
    twice = []
    for index, key in enumerate(keys):
        heading = known.get(key)
        if key and (heading is None or (key not in own and id(heading) in by_own)):
            text = str(sheet.rows[row][index]).strip()
            unknown.append((text, index))
            indexes.setdefault(text, index)
        elif heading is not None:
            name = heading.own if key in own else heading.text
            columns.append((heading, name, index))
            indexes[name] = index
            if name in places:
                twice.append((name, places[name], index))
            places.setdefault(name, index)
    present = {id(heading) for heading, _, _ in columns}
    absent = tuple(heading for heading in headings if id(heading) not in present)
    return FoundHeadings(row, "", tuple(columns), tuple(unknown), absent, tuple(twice), indexes)


def own_plans(act: Act, document: DocumentType) -> tuple[SheetPlan, ...]:
    """Return the document's sheets with the enterprise's own headings laid over, as its active setting says."""
    assert document.workbook is not None
    return with_own(act, document, document.workbook.sheets)


def with_own(act: Act, document: DocumentType, plans: Sequence[SheetPlan]) -> tuple[SheetPlan, ...]:
    """Return sheets of a document with the enterprise's own headings laid over."""
    setting = act.facts.one(ImportSetting, document_key=document.key)
    if setting is None or not setting.active:
        return tuple(plans)
    lines = {(line.sheet or "", line.heading): line for line in setting.headings}
    return tuple(_own_plan(plan, lines) for plan in plans)


def _own_plan(plan: SheetPlan, lines: Mapping[tuple[str, str], ImportHeading]) -> SheetPlan:
    def own(heading: Heading) -> Heading:
        line = lines.get((plan.title, heading.text)) or lines.get(("", heading.text))
        if line is None:
            return heading
        word = (line.own_heading or "").strip()
        other = word if heading_key(word) != heading_key(heading.text) else ""
        return replace(heading, own=other, filled=(line.filled or "").strip() or heading.filled)

    return replace(
        plan,
        join=own(plan.join) if plan.join else None,
        head=tuple(map(own, plan.head)),
        headings=tuple(map(own, plan.headings)),
    )


def remember_heading(act: Act, document: DocumentType, sheet: str, heading: str, own_heading: str) -> None:
    """Keep ``own_heading`` as the enterprise's word for a standard ``heading`` in 导入设置.

    Needs the right to edit 导入设置 (to add, when the document has none yet); IMP-14 when the word already
    means another heading.
    """
    declared = act.catalogue.document(SETTING)
    setting = act.facts.one(ImportSetting, document_key=document.key)
    act.require(declared, "new" if setting is None else "edit")
    if setting is None:
        setting = ImportSetting(document_key=document.key)
        act.session.add(setting)
    others = [one for one in setting.headings if one.sheet == sheet and one.heading != heading]
    if any(heading_key(one.own_heading or "") == heading_key(own_heading) for one in others):
        raise Refused(f"企业列标题“{own_heading}”已对应另一个标准列标题，请先在「导入设置」中修改", "IMP-14")
    line = next((one for one in setting.headings if (one.sheet or "", one.heading) == (sheet, heading)), None)
    if line is None:
        line = ImportHeading(sheet=sheet, heading=heading, line_no=len(setting.headings) + 1, filled="")
        setting.headings.append(line)
    setting.active, line.own_heading = True, own_heading[:64]
    act.session.flush()
    act.facts.forget()
