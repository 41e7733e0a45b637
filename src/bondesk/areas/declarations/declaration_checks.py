"""Checks of declarations against their own figures and the notes they were made from (handbook 5.8, 6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import and_, func, select

from bondesk.areas.declarations.declaration_lines import DeclarationLine, DeclarationNoteLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import NoteLine
from bondesk.base.checks import Breach, Check
from bondesk.base.facts import Work
from bondesk.base.findings import Severity
from bondesk.base.formal_copy import DRAFT
from bondesk.base.numbers import plain, prices_agree

#: Customs takes this many items of one declaration (handbook 5.8).
MOST_LINES = 50
_GONE = ("VOID", "DELETED")
#: States in which a declaration is still ours to change: its figures may be unfinished.
_OURS = ("DRAFT", "FAILED", "RETURNED", *_GONE)
_KEYS = {"draft": "declaration", "formal": "declaration_formal"}


_NAMES: tuple[Any, ...] = (Declaration.copy, Declaration.id, Declaration.internal_no)


def _breach(names: Sequence[Any], text: str) -> Breach:
    copy, declaration_id, number = names
    return Breach(f"报关单 {number} {text}", _KEYS[copy], declaration_id, number)


def _of_line() -> Any:
    line: Any = DeclarationLine
    return and_(line.company_id == Declaration.company_id, line.header_id == Declaration.id)


def _most_lines(work: Work) -> Iterator[Breach]:
    statement = (
        select(*_NAMES, func.count())
        .join(DeclarationLine, _of_line())
        .where(Declaration.company_id == work.company_id, Declaration.state.not_in(_GONE))
        .group_by(*_NAMES)
        .having(func.count() > MOST_LINES)
    )
    for *names, count in work.session.execute(statement):
        yield _breach(names, f"有 {count} 项，超过 {MOST_LINES} 项")


def _prices(work: Work) -> Iterator[Breach]:
    """The price test AMT-01 (handbook 0.2) of what was audited."""
    line: Any = DeclarationLine
    statement = (
        select(*_NAMES, line.line_no, line.dcl_qty, line.price, line.total)
        .join(line, _of_line())
        .where(Declaration.company_id == work.company_id, Declaration.copy == DRAFT)
        .where(Declaration.state.not_in(_OURS), line.price.is_not(None), line.total.is_not(None))
    )
    for *names, line_no, quantity, price, total in work.session.execute(statement):
        if not prices_agree(quantity, price, total):
            yield _breach(names, f"第{line_no}项 {plain(quantity)} × {plain(price)} 与总价 {plain(total)} 不符")


def _weights(work: Work) -> Iterator[Breach]:
    net: Any = Declaration.net_weight
    gross: Any = Declaration.gross_weight
    own = (Declaration.company_id == work.company_id, Declaration.state.not_in(_GONE))
    for *names, lighter, heavier in work.session.execute(select(*_NAMES, net, gross).where(*own, net > gross)):
        yield _breach(names, f"净重 {plain(lighter)} 大于毛重 {plain(heavier)}")


def _note_quantities(work: Work) -> Iterator[Breach]:
    """A line made from note lines declares what these declare together."""
    line, link = DeclarationLine, DeclarationNoteLine
    statement = (
        select(*_NAMES, line.line_no, line.dcl_qty, func.sum(NoteLine.dcl_qty))
        .join(line, _of_line())
        .join(link, and_(link.company_id == line.company_id, link.declaration_line_id == line.id))
        .join(NoteLine, and_(NoteLine.company_id == link.company_id, NoteLine.id == link.note_line_id))
        .where(Declaration.company_id == work.company_id, Declaration.copy == DRAFT)
        .where(Declaration.state.not_in(_GONE), line.dcl_unit == NoteLine.dcl_unit)
        .group_by(*_NAMES, line.id, line.line_no, line.dcl_qty)
        .having(line.dcl_qty != func.sum(NoteLine.dcl_qty))
    )
    for *names, line_no, declared, of_notes in work.session.execute(statement):
        yield _breach(names, f"第{line_no}项 数量 {plain(declared)}，所对应的清单合计 {plain(of_notes)}")


def _once(work: Work) -> Iterator[Breach]:
    """A note line is declared in one declaration alone."""
    line, link = DeclarationLine, DeclarationNoteLine
    statement = (
        select(func.min(Declaration.internal_no), func.max(Declaration.internal_no), func.min(Declaration.id))
        .join(line, _of_line())
        .join(link, and_(link.company_id == line.company_id, link.declaration_line_id == line.id))
        .where(Declaration.company_id == work.company_id, Declaration.state.not_in(_GONE))
        .group_by(link.note_line_id)
        .having(func.count(Declaration.id.distinct()) > 1)
    )
    for first, second, declaration_id in work.session.execute(statement):
        yield Breach(f"报关单 {first} 与 {second} 申报了同一清单项", "declaration", declaration_id, first)


DECLARATION_CHECKS = (
    Check("CHK-61", "报关单不超过50项", "请拆分报关单", _most_lines),
    Check("CHK-62", "报关单总价与单价×数量相符", "请与海关核对后改单", _prices),
    Check("CHK-63", "报关单净重不大于毛重", "请改正重量", _weights),
    Check(
        "CHK-64", "报关单数量等于所对应清单之和", "请核对清单，或重新生成报关单草单", _note_quantities, Severity.CONFIRM
    ),
    Check("CHK-65", "一个清单项只申报一次", "请作废多余的报关单", _once),
)
