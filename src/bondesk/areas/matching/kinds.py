"""What 对碰 knows of notes and of declarations: their numbers, what is overwritten, what is compared (handbook 7.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bondesk.areas.declarations.declaration_face import IMPORTED
from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.base.flow import AUDITED_AND_SENT, DECLARED_AND_RELEASED, Flow

#: What customs' copy of a declaration says in words of its own: our name, marks and remarks are not compared.
_OURS = frozenset({"domestic_name", "marks", "remark"})
_N, _NL, _D, _DL = BondedNote, NoteLine, Declaration, DeclarationLine
#: A line customs does not have: it stays, and counts no more.
STRUCK = "2"


@dataclass(frozen=True)
class MatchKind:
    """A kind of document that is matched.

    ``draft`` and ``formal`` are document keys; ``number`` is what a draft is called by, ``first`` and ``second``
    the numbers of R1 and R2. ``heads`` and ``lines`` are overwritten, ``compared`` and ``compared_lines`` are what
    the declared document is checked by. ``marked`` lines can be struck out and added, so that the ledger follows
    what customs has. ``gone`` are the values of void and deleted papers; ``posts`` tells whether a head moves the
    ledger. ``words`` are customs' own words for the state of ``flow``.
    """

    draft: str
    formal: str
    title: str
    header: type[Any]
    line: type[Any]
    number: Any
    first: Any
    second: Any
    heads: tuple[Any, ...]
    lines: tuple[Any, ...]
    compared: tuple[Any, ...]
    compared_lines: tuple[Any, ...]
    marked: bool
    gone: tuple[tuple[str, str], ...]
    posts: Callable[[Mapping[str, Any]], bool]
    flow: Flow
    words: frozenset[str]

    @property
    def head_keys(self) -> tuple[str, ...]:
        """Return the overwritten head attributes."""
        return tuple(one.key for one in self.heads)

    @property
    def line_keys(self) -> tuple[str, ...]:
        """Return the overwritten line attributes, the mark that strikes a line out included."""
        return (*(one.key for one in self.lines), *(("row_mark",) if self.marked else ()))


def _note_posts(head: Mapping[str, Any]) -> bool:
    return head["state"] == "APPROVED" and head["writeoff_mark"] in {"1", "2", "3"}


_LINE_FIGURES = ("item_no", "hs_code", "dcl_qty", "legal_qty1", "legal_qty2", "price", "total")
_OVERWRITTEN = (*_LINE_FIGURES, "origin_country", "destination_country")
_SAID = ("name", "spec", "dcl_unit", "legal_unit1", "legal_unit2", "currency", "duty_mode", "uc_version")

NOTES = MatchKind(
    draft="bonded_note",
    formal="bonded_note_formal",
    title="核注清单对碰",
    header=_N,
    line=_NL,
    number=_N.internal_no,
    first=_N.bond_no,
    second=_N.seq_no,
    heads=(
        _N.bond_no,
        _N.seq_no,
        _N.declaration_seq_no,
        _N.declaration_no,
        _N.declared_on,
        _N.state,
        _N.list_state,
        _N.writeoff_mark,
        _N.writeoff_mode,
        _N.packages,
    ),
    lines=tuple(getattr(_NL, key) for key in _OVERWRITTEN),
    compared=(
        _N.bond_no,
        _N.seq_no,
        _N.declaration_no,
        _N.record_no,
        _N.ie_flag,
        _N.goods_flag,
        _N.supervision_mode,
        _N.declared_on,
        _N.transport_mode,
        _N.entry_exit_customs,
        _N.declare_customs,
        _N.trade_partner_country,
        _N.transaction_mode,
        _N.trade_country,
        _N.packages,
        _N.application_no,
        _N.linked_record_no,
        _N.linked_note_no,
    ),
    compared_lines=tuple(
        getattr(_NL, key)
        for key in (*_OVERWRITTEN, *_SAID, "part_no", "net_weight", "gross_weight", "declaration_line_no")
    ),
    marked=True,
    gone=(("state", "VOID"), ("list_state", "3")),
    posts=_note_posts,
    flow=AUDITED_AND_SENT,
    words=frozenset({"list_state"}),
)

DECLARATIONS = MatchKind(
    draft="declaration",
    formal="declaration_formal",
    title="报关单对碰",
    header=_D,
    line=_DL,
    number=_D.internal_no,
    first=_D.declaration_no,
    second=_D.seq_no,
    heads=(
        _D.declaration_no,
        _D.seq_no,
        _D.pre_entry_no,
        _D.note_no,
        _D.note_seq_no,
        _D.declared_on,
        _D.entry_exit_date,
        _D.state,
        _D.customs_state,
        _D.packages,
        _D.gross_weight,
        _D.net_weight,
    ),
    lines=tuple(getattr(_DL, key) for key in _OVERWRITTEN),
    compared=(_D.declaration_no, _D.seq_no, *(one for one in IMPORTED if one.key not in _OURS)),
    compared_lines=tuple(getattr(_DL, key) for key in (*_OVERWRITTEN, *_SAID, "part_no", "domestic_district")),
    marked=False,
    gone=(("state", "VOID"), ("state", "DELETED")),
    posts=lambda _head: False,
    flow=DECLARED_AND_RELEASED,
    words=frozenset({"customs_state"}),
)
KINDS = (NOTES, DECLARATIONS)


def kind_of(document_key: str) -> MatchKind:
    """Return the kind a draft or a formal copy is matched as; ``KeyError`` when it is not."""
    for kind in KINDS:
        if document_key in (kind.draft, kind.formal):
            return kind
    raise KeyError(document_key)
