"""From a drafted note to a stored one, with its links back to the source lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bondesk.areas.codes.effects import effect_of
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine, NoteLineSource
from bondesk.areas.notes.internal_numbers import InternalNumbers
from bondesk.areas.notes.merging import NoteLineDraft
from bondesk.areas.notes.note_templates import NoteTemplates
from bondesk.areas.notes.shares import SourceShare
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.areas.notes.source_taking import SourceTaking, kept_share
from bondesk.areas.notes.splitting import NoteDraft
from bondesk.base.facts import Work
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

    def numbers(self, drafts: Sequence[NoteDraft]) -> InternalNumbers:
        """Draw the numbers of all notes of the run."""
        return InternalNumbers(self._work, "bonded_note", ((one.key.ie_flag, self._day(one)) for one in drafts))

    def build(self, draft: NoteDraft, numbers: InternalNumbers) -> BondedNote:
        """Add one note to the session and return it."""
        day = self._day(draft)
        key = draft.key
        declared = self._declared(draft)
        note = BondedNote(
            id=new_id(),
            internal_no=numbers.next(key.ie_flag, day),
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
            partner=draft.common("partner"),
            transaction_mode=draft.common("transaction_mode"),
            trade_country=draft.common("trade_country"),
            contract_no=draft.common("contract_no"),
            invoice_no=draft.common("invoice_no"),
            bill_no=draft.common("bill_no"),
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

    def _declared(self, draft: NoteDraft) -> bool:
        key = draft.key
        row = effect_of(self._work.facts, key.supervision_mode, key.goods_flag, key.ie_flag)
        return row is None or row.details.get("declaration_required") != "no"

    def _line(self, note: BondedNote, number: int, draft: NoteLineDraft) -> NoteLine:
        line = NoteLine(
            id=new_id(),
            line_no=number,
            item_no=draft.item_no,
            uc_version=draft.uc_version,
            net_weight=draft.net_weight,
            application_line_no=draft.application_line_no,
            row_mark="3",
            adjusted_min=draft.adjusted_min,
            reason=draft.why,
            **draft.declared(note.ie_flag or ""),
        )
        line.sources = [self._source(share) for share in draft.shares]
        return line

    def _source(self, share: SourceShare) -> NoteLineSource:
        return self._taking.take(share, NoteLineSource, dcl_share=kept_share(share))
