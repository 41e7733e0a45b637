"""统计依据: whether a book counts notes or declarations; the enterprise says so, not customs (row 188)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bondesk.areas.accounts.book_model import BASES, BY_NOTE, Account
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.options import option
from bondesk.base.steps import Confirm, Outcome, Script, Steps

_WORDS = dict(BASES)


@dataclass(frozen=True, slots=True)
class BasisOptions:
    """What is counted from now on."""

    basis: str = option("统计依据", BY_NOTE, choices=BASES, help="金二用核注清单；旧模式手册、账册用报关单")


def basis_script(approved: DocumentType) -> Script:
    """Return the script of accounts or of handbooks; reports and 核销 of the chosen books follow it at once."""

    def run(work: Work, options: BasisOptions, selected: Sequence[int]) -> Steps:
        mine = select(Account).where(Account.company_id == work.company_id, Account.id.in_(list(selected)))
        books = [one for one in work.session.scalars(mine) if one.copy == "approved"]
        if not books:
            raise Refused(f"请先在列表中选中要设定统计依据的{approved.title}", "RPT-00")
        changing = [one for one in books if (one.basis or BY_NOTE) != options.basis]
        if not changing:
            return Outcome(f"所选{approved.title}已按{_WORDS[options.basis]}统计")
        numbers = "、".join(one.record_no for one in changing)
        told = f"{numbers} 改为按{_WORDS[options.basis]}统计？报表和核销的数量随即改变，单据不变"
        if not (yield Confirm("basis", told)):
            return Outcome("已取消，统计依据没有改变")
        for one in changing:
            one.basis = options.basis
        work.session.flush()
        return Outcome(f"{numbers} 现按{_WORDS[options.basis]}统计", {approved.key: [one.id for one in changing]})

    return Script(
        key=f"basis_of_{approved.key}",
        title="统计依据",
        document=approved.key,
        run=run,
        options=BasisOptions,
        help="金二的账册和手册统计核注清单，旧模式的统计报关单；同一本账册只用一种，两种从不相加。",
    )
