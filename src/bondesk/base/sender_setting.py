"""参数设置: what sending needs to know of the operator, asked once before the first message (requirement 1.7.1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bondesk.base.facts import Facts, Work
from bondesk.base.options import option, options_of

DECLARE_WAYS = (("0", "暂存"), ("1", "直接申报"))


@dataclass(frozen=True, slots=True)
class SenderSetting:
    """The four answers; 暂存 leaves the data in the Single Window, 直接申报 declares at once."""

    customs_code: str = option("企业海关编码", "", help="10 位海关注册编码，必填")
    credit_code: str = option("组织机构代码", "", help="18 位统一社会信用代码，必填")
    ic_card: str = option("操作员IC卡号", "", help="必填")
    declare_way: str = option("报文申报方式", "1", choices=DECLARE_WAYS, help="暂存：只存入单一窗口，不申报")

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the labels of required answers that are still empty."""
        needed = ("customs_code", "credit_code", "ic_card")
        labels = {entry.key: entry.label for entry in options_of(SenderSetting)}
        return tuple(labels[key] for key in needed if not getattr(self, key).strip())


class SenderBook(Protocol):
    """Where the answers are kept; ``document`` is the key of the document they stand in."""

    @property
    def document(self) -> str:
        """Return the document key."""

    def setting(self, facts: Facts) -> SenderSetting:
        """Return what is known."""

    def keep(self, setting: SenderSetting, work: Work) -> None:
        """Keep the answers; ``Refused`` says what customs would not take."""

    def keep_signing(self, codes: frozenset[str], work: Work) -> None:
        """Keep the codes of the messages the operator's card signs on this computer; the client signs the rest."""
