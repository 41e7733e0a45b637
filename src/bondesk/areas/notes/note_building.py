"""From a drafted note to a stored one, with its links back to the source lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bondesk.areas.codes.effects import effect_of
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine, NoteLineSource
from bondesk.areas.notes.merging import NoteLineDraft
from bondesk.areas.notes.note_templates import NoteTemplates
from bondesk.areas.notes.shares import SourceShare
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.areas.notes.source_taking import SourceTaking
from bondesk.areas.notes.splitting import NoteDraft
from bondesk.base.facts import Work
from bondesk.base.numbers import FACTOR_PLACES, half_up
from bondesk.base.records import new_id


class NoteBuilder:
    """Stores the drafts of one run; each source line's used quantity grows by what a note takes."""

    def __init__(
        self,
        work: Work,
        documents: Sequence[SourceDocument],
        derivations: dict[int, str],
        date_by_document: bool,
        templates: NoteTemplates,
    ) -> None:
        """Build notes from ``documents``, dated by them or by today; ``templates`` fill what stays empty."""
        self._work = work
        self._dates = {document.document_no: document.document_date for document in documents}
        self._taking = SourceTaking(documents, derivations)
        self._by_document = date_by_document
        self._templates = templates
        self._next: dict[str, int] = {}

    def build(self, draft: NoteDraft) -> BondedNote:
        """Add one note, expected before, to the session and return it."""
        day = self._day(draft)
        key = draft.key
        declared = self._declared(draft)
        note = BondedNote(
            id=new_id(),
            internal_no=self._number(draft),
            record_no=key.record_no,
            ie_flag=key.ie_flag,
            goods_flag=key.goods_flag,
            supervision_mode=key.supervision_mode,
            transport_mode=key.transport_mode,
            entry_exit_customs=key.entry_exit_customs,
            declare_customs=key.declare_customs,
            trade_partner_country=key.trade_partner_country,
            note_flow_type=key.note_flow_type,
            application_no=key.application_no,
            linked_record_no=key.linked_record_no,
            linked_note_no=key.linked_note_no,
            partner=_common(draft, "partner"),
            transaction_mode=_common(draft, "transaction_mode"),
            trade_country=_common(draft, "trade_country"),
            contract_no=_common(draft, "contract_no"),
            invoice_no=_common(draft, "invoice_no"),
            bill_no=_common(draft, "bill_no"),
            packages=draft.packages,
            entered_on=day,
            declared_on=day,
            declaration_flag="1" if declared else "2",
            declaration_link_type="2" if declared else "",
            generate_declaration="1" if declared else "2",
            declaration_type=({"I": "1", "E": "2"}[key.ie_flag] if declared else ""),
            state="DRAFT",
            reason=draft.why + ("；件数请核对" if draft.packages_flagged else ""),
        )
        self._templates.complete(note)
        note.lines = [self._line(note, number, line) for number, line in enumerate(draft.lines, 1)]
        self._work.session.add(note)
        return note

    def _day(self, draft: NoteDraft) -> date:
        today = self._work.facts.today
        if not self._by_document:
            return today
        return max(self._dates[share.document_no] for line in draft.lines for share in line.shares)

    def expect(self, drafts: Sequence[NoteDraft]) -> None:
        """Draw the internal numbers ``{I|E}{yyMMdd}{4 digits}`` of all ``drafts`` at once (handbook 0.3)."""
        wanted = Counter(self._series(draft) for draft in drafts)
        self._next = {series: self._work.draw(f"bonded_note/{series}", count) for series, count in wanted.items()}

    def _series(self, draft: NoteDraft) -> str:
        return f"{draft.key.ie_flag}{self._day(draft):%y%m%d}"

    def _number(self, draft: NoteDraft) -> str:
        series = self._series(draft)
        number = self._next[series]
        self._next[series] += 1
        return f"{series}{number:04d}"

    def _declared(self, draft: NoteDraft) -> bool:
        key = draft.key
        row = effect_of(self._work.facts, key.supervision_mode, key.goods_flag, key.ie_flag)
        return row is None or row.details.get("declaration_required") != "no"

    def _line(self, note: BondedNote, number: int, draft: NoteLineDraft) -> NoteLine:
        imported = note.ie_flag == "I"
        line = NoteLine(
            id=new_id(),
            line_no=number,
            item_no=draft.item_no,
            part_no=draft.part_no,
            hs_code=draft.hs_code,
            name=draft.name,
            spec=draft.spec,
            dcl_unit=draft.dcl_unit.code,
            dcl_qty=draft.dcl_qty,
            legal_unit1=draft.legal_unit1.code if draft.legal_unit1 else "",
            legal_qty1=draft.legal1,
            legal_unit2=draft.legal_unit2.code if draft.legal_unit2 else "",
            legal_qty2=draft.legal2,
            currency=draft.currency,
            price=draft.price,
            total=draft.total,
            origin_country=draft.country if imported else "CHN",
            destination_country="CHN" if imported else draft.country,
            duty_mode=draft.duty_mode,
            uc_version=draft.uc_version,
            net_weight=draft.net_weight,
            gross_weight=draft.gross_weight,
            application_line_no=draft.application_line_no,
            row_mark="3",
            adjusted_min=draft.adjusted_min,
            reason=draft.why,
        )
        line.sources = [self._source(share) for share in draft.shares]
        return line

    def _source(self, share: SourceShare) -> NoteLineSource:
        return self._taking.take(share, NoteLineSource, dcl_share=half_up(share.dcl_qty, FACTOR_PLACES))


def _common(draft: NoteDraft, key: str) -> str:
    """Return what all source lines of a note say, "" where they differ: a note not split by it still knows it."""
    said = {getattr(share, key) for line in draft.lines for share in line.shares}
    return str(said.pop()) if len(said) == 1 else ""
