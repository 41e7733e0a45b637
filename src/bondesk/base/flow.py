"""The life of a document, said once: states, moves between them, what each allows (handbook 0.4). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class State:
    """A state with its Chinese word and the tone a screen paints it in (always beside the word).

    ``rank`` orders states by how far customs has gone: a receipt never moves a document to a lower one.
    """

    key: str
    title: str
    tone: str = "plain"
    editable: bool = False
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """A move the user may order, with the right it needs; ``checked`` runs the rules first."""

    key: str
    title: str
    sources: frozenset[str]
    target: str
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """States and moves of a kind of document.

    ``closed`` kinds are never edited; ``checked_on_save`` refuses a save with errors (masters), while
    drafts may be saved unfinished; ``head_on_save``: but not without the required boxes of their head.
    """

    key: str
    states: tuple[State, ...] = ()
    moves: tuple[Move, ...] = ()
    checked_on_save: bool = False
    closed: bool = False
    head_on_save: bool = False
    _index: dict[str, State] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the states once."""
        self._index.update({state.key: state for state in self.states})

    @property
    def first(self) -> str:
        """Return the state a new document has ("" when the kind has no states)."""
        return self.states[0].key if self.states else ""

    def state(self, key: str) -> State:
        """Return the state named ``key``; ``KeyError`` when there is none."""
        return self._index[key]

    def editable(self, key: str) -> bool:
        """Tell whether a document in state ``key`` may be edited and deleted."""
        return not self.closed and (not self.states or self._index[key].editable)

    def move(self, key: str) -> Move | None:
        """Return the move named ``key``, if the flow has it."""
        return next((move for move in self.moves if move.key == key), None)


#: Masters: no states, always editable, checked on every save.
KEPT = Flow("kept", checked_on_save=True)

#: Handed to customs by another way than our message: typed in, or uploaded (数据预录入).
PRE_ENTERED = "PREENTERED"
#: Given to customs one way or the other, and not decided on yet.
UNDER_WAY = ("SENDING", "SENT", PRE_ENTERED, "ACCEPTED")

#: Records only the program writes.
READ_ONLY = Flow("read_only", closed=True)

_DRAFT = State("DRAFT", "暂存草稿", "plain", editable=True)
_AUDITED = State("AUDITED", "已审核", "info", rank=1)
_VOID = State("VOID", "作废", "muted", rank=9)
_PRE_ENTERED = State(PRE_ENTERED, "已预录入", "info", rank=3)

#: The common life cycle of what is declared to customs (handbook 0.4).
AUDITED_AND_SENT = Flow(
    "audited_and_sent",
    states=(
        _DRAFT,
        _AUDITED,
        State("SENDING", "待发送", "info", rank=2),
        State("SENT", "已发送", "info", rank=3),
        _PRE_ENTERED,
        State("ACCEPTED", "海关入库", "warn", rank=4),
        State("APPROVED", "已审批", "good", rank=6),
        State("REJECTED", "退单", "bad", editable=True, rank=5),
        _VOID,
    ),
    moves=(
        Move("audit", "审核", frozenset({"DRAFT", "REJECTED"}), "AUDITED", checked=True),
        Move("unaudit", "取消审核", frozenset({"AUDITED"}), "DRAFT"),
        Move("send", "发送", frozenset({"AUDITED"}), "SENDING"),
        Move("void", "作废", frozenset({"DRAFT", "REJECTED"}), "VOID"),
    ),
)

#: Documents checked by a second person but never sent: ERP documents.
AUDITED = Flow(
    "audited",
    states=(_DRAFT, _AUDITED, _VOID),
    moves=(
        Move("audit", "审核", frozenset({"DRAFT"}), "AUDITED", checked=True),
        Move("unaudit", "取消审核", frozenset({"AUDITED"}), "DRAFT"),
        Move("void", "作废", frozenset({"DRAFT"}), "VOID"),
    ),
)

#: The life of a declaration (handbook 6.5): ours until it is sent, then what customs says, the furthest of it.
DECLARED_AND_RELEASED = Flow(
    "declared_and_released",
    states=(
        _DRAFT,
        _AUDITED,
        State("SENDING", "待发送", "info", rank=2),
        State("SENT", "已发送", "info", rank=3),
        _PRE_ENTERED,
        State("UPLOADED", "已上传", "info", rank=4),
        State("FAILED", "申报失败", "bad", editable=True, rank=5),
        State("DECLARED", "已申报", "warn", rank=6),
        State("PENDING", "挂起", "warn", rank=7),
        State("REVIEW", "重审", "warn", rank=8),
        State("EXAMINED", "审结", "info", rank=9),
        State("TAXDUE", "待缴税", "warn", rank=10),
        State("INSPECT", "查验", "warn", rank=11),
        State("GUARANTEE", "担保放行", "good", rank=12),
        State("RELEASED", "放行", "good", rank=13),
        State("CLEARED", "结关", "good", rank=14),
        State("RETURNED", "退单", "bad", editable=True, rank=15),
        State("DELETED", "删单", "muted", rank=16),
        State("VOID", "作废", "muted", rank=17),
    ),
    moves=(
        Move("audit", "审核", frozenset({"DRAFT", "FAILED", "RETURNED"}), "AUDITED", checked=True),
        Move("unaudit", "取消审核", frozenset({"AUDITED"}), "DRAFT"),
        Move("send", "发送", frozenset({"AUDITED"}), "SENDING"),
        Move("void", "作废", frozenset({"DRAFT", "FAILED", "RETURNED"}), "VOID"),
    ),
)

#: 仓单 (handbook 12.1): used ones are locked by the document they went into.
STOCK = Flow(
    "stock",
    states=(State("DRAFT", "新增", "plain", editable=True), _AUDITED, State("USED", "已使用", "good", rank=2), _VOID),
    moves=AUDITED.moves,
)

#: 盘点 (handbook 12.2): a confirmed count is locked by the 报核 or 短溢表 that used it.
COUNTED = Flow(
    "counted",
    states=(
        State("DRAFT", "录入", "plain", editable=True),
        State("CONFIRMED", "已确认", "info", rank=1),
        State("LOCKED", "已锁定", "good", rank=2),
    ),
    moves=(
        Move("audit", "确认", frozenset({"DRAFT"}), "CONFIRMED", checked=True),
        Move("unaudit", "取消确认", frozenset({"CONFIRMED"}), "DRAFT"),
    ),
)

#: 内购发票 (handbook 13): deducting is ordered by the 核销, never by hand; what it used is locked by it.
DEDUCTED = Flow(
    "deducted",
    states=(
        State("DRAFT", "未抵扣", "plain", editable=True),
        State("PART", "部分抵扣", "info", rank=1),
        State("USED", "已抵扣", "good", rank=2),
    ),
    checked_on_save=True,
)

#: 短溢表 (handbook 12.3): a computed result; once audited it holds the stocktakes it was read from.
RECKONED = Flow(
    "reckoned",
    states=(State("DRAFT", "新增", "plain", editable=True), _AUDITED, _VOID),
    moves=AUDITED.moves,
)

#: 报核 (handbook 8.7): what customs has verified closes the notes of its cycle.
VERIFIED = Flow(
    "verified",
    states=(
        State("DRAFT", "未报核", "plain", editable=True),
        _AUDITED,
        State("SENDING", "待发送", "info", rank=2),
        State("SENT", "已发送", "info", rank=3),
        _PRE_ENTERED,
        State("ACCEPTED", "海关受理", "warn", rank=4),
        State("REJECTED", "退单", "bad", editable=True, rank=5),
        State("APPROVED", "已核销", "good", rank=6),
        _VOID,
    ),
    moves=AUDITED_AND_SENT.moves,
)


def formal_copy_of(flow: Flow) -> Flow:
    """Return the flow of what customs has of a kind of document: the same states, nothing to order or edit."""
    return Flow(f"{flow.key}_formal", states=flow.states, closed=True)
