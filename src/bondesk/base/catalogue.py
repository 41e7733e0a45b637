"""All that is declared, in menu order, and the check that the declarations hold together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Float, Numeric

from bondesk.base.checks import Check
from bondesk.base.codebook import CodeBook
from bondesk.base.columns import PLACES, ExactDecimal
from bondesk.base.documents import BASIC_RIGHTS, DocumentType
from bondesk.base.elements import Element
from bondesk.base.errors import WrongCall
from bondesk.base.facts import Facts
from bondesk.base.fields import field_of
from bondesk.base.identity import UserBook
from bondesk.base.matching import MATCH_RIGHTS, Matching
from bondesk.base.messages import Sender
from bondesk.base.options import options_of
from bondesk.base.reports import Report
from bondesk.base.sender_setting import SenderBook
from bondesk.base.steps import Script


@dataclass(frozen=True, slots=True)
class Area:
    """A menu section: key and Chinese title."""

    key: str
    title: str


@dataclass(frozen=True)
class Catalogue:
    """The declared documents and reports of the program, in menu order.

    ``codebook``, ``users`` and ``sender`` are what the areas know and every room needs: customs codes,
    users with their rights, who declares, where 参数设置 is kept and how the enterprise is called; ``creator_only`` and
    ``reviewer_apart`` read the parameters
    新增单据用户才可以编辑 and 审核人与制单人不允许同一人. ``elements(facts, code)`` gives the 申报要素 of a
    commodity code in order.
    """

    areas: tuple[Area, ...]
    documents: tuple[DocumentType, ...]
    reports: tuple[Report, ...]
    scripts: tuple[Script, ...]
    codebook: Callable[[Facts], CodeBook]
    users: UserBook
    sender: Callable[[Facts], Sender]
    sender_book: SenderBook
    enterprise: Callable[[Facts], str]
    creator_only: Callable[[Facts], bool]
    reviewer_apart: Callable[[Facts], bool]
    elements: Callable[[Facts, str], Sequence[Element]] = lambda _facts, _code: ()
    matchings: tuple[Matching, ...] = ()
    checks: tuple[Check, ...] = ()

    def document(self, key: str) -> DocumentType:
        """Return the document type named ``key``; :class:`WrongCall` lists what exists."""
        for document in self.documents:
            if document.key == key:
                return document
        raise WrongCall(f"没有单证类型 {key}；可用：{'、'.join(d.key for d in self.documents)}")

    def report(self, key: str) -> Report:
        """Return the report named ``key``; :class:`WrongCall` lists what exists."""
        for report in self.reports:
            if report.key == key:
                return report
        raise WrongCall(f"没有报表 {key}；可用：{'、'.join(r.key for r in self.reports)}")

    def script(self, key: str) -> Script:
        """Return the script named ``key``; :class:`WrongCall` lists what exists."""
        for script in self.scripts:
            if script.key == key:
                return script
        raise WrongCall(f"没有功能 {key}；可用：{'、'.join(s.key for s in self.scripts)}")

    def scripts_of(self, document: DocumentType) -> tuple[Script, ...]:
        """Return the scripts offered on the list of ``document``."""
        return tuple(script for script in self.scripts if script.document == document.key)

    def rights_of(self, document: DocumentType) -> tuple[tuple[str, str], ...]:
        """Return every (action, title) that can be granted on ``document``."""
        moves = tuple((move.key, move.title) for move in document.flow.moves)
        scripts = tuple((script.key, script.title) for script in self.scripts_of(document))
        force = (("force_send", "强制发送"),) if document.forcible else ()
        matched = MATCH_RIGHTS if any(one.draft == document.key for one in self.matchings) else ()
        return BASIC_RIGHTS + moves + force + scripts + matched

    def of_header(self, header: type[Any]) -> DocumentType | None:
        """Return the first document type whose head is ``header``."""
        return next((d for d in self.documents if d.header is header), None)

    def of_line(self, model: type[Any]) -> DocumentType | None:
        """Return the first document type with a line table of ``model``."""
        return next((d for d in self.documents if any(table.model is model for table in d.lines)), None)

    def check(self) -> list[str]:
        """Say in English, one sentence each, what does not hold together; empty when all is well."""
        return list(self._problems())

    def _problems(self) -> Iterator[str]:
        keys = Counter([d.key for d in self.documents] + [r.key for r in self.reports])
        scripts = Counter(script.key for script in self.scripts)
        for key, times in (keys + scripts).items():
            if times > 1:
                yield f"key {key} is declared {times} times"
        sections = {area.key for area in self.areas}
        for document in self.documents:
            if document.area not in sections:
                yield f"{document.key}: area {document.area} is not in the menu"
            yield from _document_problems(document)
        for report in self.reports:
            if report.area not in sections:
                yield f"{report.key}: area {report.area} is not in the menu"
            yield from _option_problems(report.key, report.options)
        for script in self.scripts:
            yield from self._script_problems(script)
        for matching in self.matchings:
            yield from self._matching_problems(matching)
        for code, times in Counter(check.code for check in self.checks).items():
            if times > 1:
                yield f"check {code} is declared {times} times"

    def _matching_problems(self, matching: Matching) -> Iterator[str]:
        declared = {document.key for document in self.documents} | {report.key for report in self.reports}
        for key in {matching.draft, matching.formal, matching.report} - declared:
            yield f"matching of {matching.draft} names the unknown {key}"
        if all(script.key != matching.script or script.document != matching.draft for script in self.scripts):
            yield f"matching of {matching.draft} names the unknown script {matching.script}"

    def _script_problems(self, script: Script) -> Iterator[str]:
        document = next((d for d in self.documents if d.key == script.document), None)
        if document is None:
            yield f"script {script.key} is offered on the unknown document {script.document}"
            return
        for key in script.when - {state.key for state in document.flow.states}:
            yield f"script {script.key} names the unknown state {key}"
        yield from _option_problems(script.key, script.options)


def _option_problems(where: str, options: type[Any]) -> Iterator[str]:
    try:
        options_of(options)
    except KeyError:
        yield f"{where}: {options.__name__} has an option without a label"


def _document_problems(document: DocumentType) -> Iterator[str]:
    where = document.key
    named = [*document.list_columns, *document.number]
    named += [attribute for part in document.form for attribute in part.attributes]
    for attribute in named:
        if attribute.class_ is not document.header and not issubclass(document.header, attribute.class_):
            yield f"{where}: {attribute} is not an attribute of its head"
        yield from _label_problem(where, attribute)
    for table in document.lines:
        if table.relation.class_ is not document.header:
            yield f"{where}: line table {table.key} is not a relationship of its head"
        for attribute in table.columns:
            if not issubclass(table.model, attribute.class_):
                yield f"{where}: {attribute} is not an attribute of line table {table.key}"
            yield from _label_problem(where, attribute)
    yield from _flow_problems(document)
    yield from _workbook_problems(document)
    if document.message and not hasattr(document.header, "state"):
        yield f"{where}: a document with a message needs a state"


def _label_problem(where: str, attribute: Any) -> Iterator[str]:
    try:
        entry = field_of(attribute)
    except LookupError:
        yield f"{where}: {attribute} has no label"
        return
    column = attribute.property.columns[0]
    exact = isinstance(column.type, ExactDecimal)
    if not exact and (entry.kind in PLACES or isinstance(column.type, Numeric | Float)):
        yield f"{where}: {attribute} is a number outside the exact column type"


def _flow_problems(document: DocumentType) -> Iterator[str]:
    states = {state.key for state in document.flow.states}
    if states and not hasattr(document.header, "state"):
        yield f"{document.key}: its flow has states, its head has none"
    for move in document.flow.moves:
        for key in {move.target, *move.sources} - states:
            yield f"{document.key}: move {move.key} names the unknown state {key}"


def _workbook_problems(document: DocumentType) -> Iterator[str]:
    if document.workbook is None:
        return
    tables = {table.key for table in document.lines}
    for sheet in document.workbook.sheets:
        if sheet.part and sheet.part not in tables:
            yield f"{document.key}: sheet {sheet.title} fills the unknown line table {sheet.part}"
            continue
        texts = Counter(heading.text for heading in (*sheet.head, *sheet.headings))
        for text, times in texts.items():
            if times > 1:
                yield f"{document.key}: heading {text} stands {times} times in sheet {sheet.title}"
        model = document.line_table(sheet.part).model if sheet.part else document.header
        for heading in sheet.headings:
            if not issubclass(model, heading.attribute.class_):
                yield f"{document.key}: heading {heading.text} fills a foreign attribute"
