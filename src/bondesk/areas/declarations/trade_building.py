"""From a drafted declaration of general trade to a stored one, with what it takes of the source lines (row 132)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bondesk.areas.declarations.arithmetic import head_totals
from bondesk.areas.declarations.declaration import derive_declaration
from bondesk.areas.declarations.declaration_heads import Heads
from bondesk.areas.declarations.declaration_lines import DeclarationLine, DeclarationLineSource
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.internal_numbers import InternalNumbers
from bondesk.areas.notes.merging import NoteLineDraft
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.areas.notes.source_taking import SourceTaking
from bondesk.areas.notes.splitting import NoteDraft
from bondesk.base.facts import Work
from bondesk.base.formal_copy import DRAFT
from bondesk.base.records import new_id

_WORDS = (("清单", "报关单"), ("按项号合并", "按商品合并"), ("、项号", ""), ("项号、", ""))


def worded(text: str) -> str:
    """Say of declarations what the splitting says of notes.

    >>> worded("2 行合并：料号、项号、商品编码 相同（按项号合并）"), worded("因清单已满 50 行")
    ('2 行合并：料号、商品编码 相同（按商品合并）', '因报关单已满 50 行')
    """
    for old, new in _WORDS:
        text = text.replace(old, new)
    return text


class TradeBuilder:
    """Stores the declarations of one run; each source line's used quantity grows by what is taken."""

    def __init__(
        self,
        work: Work,
        documents: Sequence[SourceDocument],
        derivations: Mapping[int, str],
        heads: Heads,
        numbers: InternalNumbers,
    ) -> None:
        """Build declarations from ``documents``; ``derivations`` say how each line was converted."""
        self._work, self._heads, self._numbers = work, heads, numbers
        self._taking = SourceTaking(documents, derivations)

    def build(self, draft: NoteDraft) -> Declaration:
        """Add one declaration to the session and return it."""
        key = draft.key
        declaration = Declaration(
            id=new_id(),
            copy=DRAFT,
            state="DRAFT",
            internal_no=self._numbers.next(key.ie_flag, self._work.facts.today),
            ie_flag=key.ie_flag,
            supervision_mode=key.supervision_mode,
            transport_mode=key.transport_mode,
            entry_exit_customs=key.entry_exit_customs,
            declare_customs=key.declare_customs,
            trade_partner_country=key.trade_partner_country,
            trade_country=key.trade_country or "",
            partner=key.partner or "",
            transaction_mode=key.transaction_mode or "",
            contract_no=draft.common("contract_no")[:32],
            bill_no=draft.common("bill_no")[:32],
            licence_no=draft.common("licence_no")[:32],
            packages=draft.packages,
            reason=worded(draft.why) + ("；件数请核对" if draft.packages_flagged else ""),
        )
        own = self._heads.line_values()
        declaration.lines = [self._line(key.ie_flag, number, line, own) for number, line in enumerate(draft.lines, 1)]
        weights = dict(head_totals({}, {"lines": [vars(line) for line in declaration.lines]}))
        weights.pop("packages", None)
        for name, value in weights.items():
            setattr(declaration, name, value)
        declaration.not_recomputed = declaration.net_weight is None or declaration.gross_weight is None
        self._heads.complete(declaration)
        derive_declaration(declaration, self._work.facts)
        self._work.session.add(declaration)
        return declaration

    def _line(self, ie_flag: str, number: int, draft: NoteLineDraft, own: Mapping[str, str]) -> DeclarationLine:
        values = draft.declared(ie_flag) | {"net_weight": draft.net_weight or None, "reason": worded(draft.why)}
        line = DeclarationLine(id=new_id(), line_no=number, **{**values, **own})
        line.sources = [self._taking.take(share, DeclarationLineSource) for share in draft.shares]
        return line
