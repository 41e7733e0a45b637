"""One document, one declaration: everything generic follows from a frozen ``DocumentType``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bondesk.base.change import ChangePath
from bondesk.base.explanation import Explanation
from bondesk.base.facts import Facts, Work
from bondesk.base.fields import Field, field_of
from bondesk.base.findings import Finding
from bondesk.base.flow import KEPT, Flow
from bondesk.base.following import HeadFill
from bondesk.base.formal_copy import FORMAL
from bondesk.base.linking import Awaits
from bondesk.base.messages import Message, ReadMessage
from bondesk.base.workbooks import WorkbookPlan

Rule = Callable[[Any, Facts], Iterable[Finding]]
#: A rule over a stored head, given the work (which also reads the ledger): rows may be read from the database.
StoredRule = Callable[[Any, Any], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Group:
    """A titled group of head fields on the form; groups with a ``tab`` stand on a page of their own by that title."""

    title: str
    attributes: tuple[Any, ...]
    tab: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return the fields of the group, in order."""
        return tuple(field_of(attribute) for attribute in self.attributes)


def group(title: str, *attributes: Any, tab: str = "") -> Group:
    """Declare a form group."""
    return Group(title, attributes, tab)


@dataclass(frozen=True, slots=True)
class Offer:
    """A line that can be chosen instead of typed.

    ``path`` holds the titles of the branches it hangs under, ``title`` its own; ``values`` are what the
    line gets, and what tells whether a line is already there. One that ``covers`` grants all others too.
    """

    path: tuple[str, ...]
    title: str
    values: Mapping[str, Any]
    covers: bool = False


#: (catalogue, facts, head values) → what may be chosen, in order.
Offers = Callable[[Any, Facts, Mapping[str, Any]], Sequence[Offer]]


#: (head values, line values, key of the cell just typed, facts) → values for cells of the line that are still empty.
Fill = Callable[[Mapping[str, Any], Mapping[str, Any], str, Facts], Mapping[str, Any]]
#: (head values, line values, key of the cell just typed, the line before, facts) → cells that change with it;
#: ``Unreadable`` = the typed value is none: its text stays beside the old value.
Recompute = Callable[[Mapping[str, Any], Mapping[str, Any], str, Mapping[str, Any], Facts], Mapping[str, Any]]
#: (head values, lines by table key) → head values that follow from the lines; pure.
Totals = Callable[[Mapping[str, Any], Mapping[str, Sequence[Mapping[str, Any]]]], Mapping[str, Any]]
#: Related documents of one kind that are listed; one more is read to tell whether there are more.
MOST_RELATED = 50
#: A selection a button makes among the offers of a branch: its title, and which offers it takes.
Quick = tuple[str, Callable[[Offer], bool]]


@dataclass(frozen=True, slots=True)
class Related:
    """A document that belongs to another one: where it is, its number, and why it belongs."""

    document_key: str
    document_id: int
    number: str
    why: str


@dataclass(frozen=True, slots=True)
class Repair:
    """A computation offered on marked lines: its title, and the cells it gives a line ({} = nothing to do)."""

    title: str
    cells: Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class LineTable:
    """A grid of lines on the form: the relationship it edits, its columns, values every line gets.

    ``key`` names the table in findings and workbooks; ``title`` is the tab's text. ``fixed`` sets
    discriminating attributes (goods_flag of account materials) on new lines. ``offers`` lists lines
    that can be chosen; with ``ticked`` the form shows them as a tree of ticks instead of a grid, ``quick``
    are its buttons beside 全部 and 清除. ``windowed`` lines may be any number: forms show them through a window and
    store them row by row, drafts do not carry them.
    ``fill`` proposes the rest of a line when a cell named in ``fills`` was
    typed; only empty cells take what it proposes. ``fills`` names the cells that follow from each, so that Enter
    passes over them. ``recompute`` says which cells, empty or not, change after one named in ``recomputes``;
    ``repair`` is offered on marked lines.
    ``computed``: its rows are the program's; cells may be typed, rows neither added, moved nor taken away.
    ``told(values, name_of)`` writes a whole line in words for the log; "" where it cannot.
    """

    key: str
    title: str
    relation: Any
    columns: tuple[Any, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    offers: Offers | None = None
    ticked: bool = False
    quick: tuple[Quick, ...] = ()
    windowed: bool = False
    fill: Fill | None = None
    fills: Mapping[str, frozenset[str]] = field(default_factory=dict)
    told: Callable[[Mapping[str, Any], Callable[[str, str], str]], str] | None = None
    computed: bool = False
    recompute: Recompute | None = None
    recomputes: frozenset[str] = frozenset()
    repair: Repair | None = None

    @property
    def model(self) -> type[Any]:
        """Return the mapped class of the lines."""
        model: type[Any] = self.relation.property.mapper.class_
        return model

    @property
    def attribute_key(self) -> str:
        """Return the name of the relationship attribute on the head."""
        key: str = self.relation.key
        return key

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return the fields of the columns, in order."""
        return tuple(field_of(attribute) for attribute in self.columns)


@dataclass(frozen=True, slots=True)
class MessageReading:
    """How a file of a message becomes a document: ``read(message, code)`` gives the head with its lines, not stored,
    and what cannot be read; ``code(table, text)`` turns old codes into the present ones.

    ``keys`` are the attributes that name one document, any of which is enough; a document found by one is replaced
    when ``replaces`` is set (formal copies), else the file is refused.
    """

    message: Message
    read: Callable[[ReadMessage, Callable[[str, str], str | None]], tuple[Any, Sequence[Finding]]]
    keys: tuple[Any, ...]
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A kind of document.

    ``number`` lists the attributes that name one document (its business key within the company);
    ``rules`` run on save or audit as the flow says and on import; ``posts(document, facts)`` gives the
    postings it should have; ``trace(line_id, work)`` explains one of its lines down to source lines and
    workbook cells.
    ``derive(document, facts)`` fills what the program computes, before the rules see the document.
    ``removed(document, lines, work)`` runs before lines go (all of them when the document is deleted or
    voided), to release what they used or to refuse.
    ``required_code`` is the code of a finding about an empty required field.
    ``creatable`` is False for documents that only scripts or imports make.
    ``related(document, work)`` names documents that belong to this one beyond what its references say, at
    most :data:`MOST_RELATED` and one more of a kind.
    ``attachment_kinds`` are the (code, title) an attached file may have. ``template_by`` are the head
    attributes (direction, mode) that decide which 默认模板 fit; empty = the document has no templates.
    ``totals(facts)`` gives what computes head values from the lines after every change of them and on import; None
    where the enterprise does not want it.
    ``before_send(document, work)`` is asked once more before 发送, with the ledger at hand; of its errors those
    whose code is ``forcible`` may be overridden by the right 强制发送, with a reason.
    ``change`` is set for what customs approves: copies, drafts and versions on one path.
    ``single``: a company has exactly one, opened without a list, never made, copied or deleted by hand.
    ``opens_locked``: its form is grey until 修改 is ordered, and again after a save.
    ``yielding(document, work)`` gives the (key, document) whose postings give way to this one's: they are
    brought up to date whenever this one is posted.
    ``lines_apart``: ``derive`` fills a line from nothing but its own values, so that what rules as you type
    found out about a line holds until that line is typed into.
    ``guard(work)`` is asked before a save or deletion and returns what looks at the result and may refuse it.
    ``stored_rules`` take the place of ``rules`` where the document is stored and its windowed rows stay in the
    database: at 审核 and before 发送; rows were derived when each was stored.
    ``dated`` lists the head attributes that may date the document, the first filled one counts: its codes have to be
    valid on that day. Without it they have to be valid today.
    ``fill`` proposes head values that follow from one named in ``fills``, as lines are filled.
    ``moved(document, move, work)`` follows a move of the flow (审核, 取消审核, 作废) through other documents.
    ``from_message`` is set when message files can be imported as documents of the kind.
    ``downloaded`` is the place of what customs has approved in the order copies are downloaded; 0 = after the others.
    ``awaits``: it names another document that may come later, and says whether that is here (待关联).
    ``typed_in``: not every office takes its message, so that it may be pre-entered (数据预录入) at any time.
    """

    key: str
    title: str
    area: str
    header: type[Any]
    number: tuple[Any, ...]
    list_columns: tuple[Any, ...]
    form: tuple[Group, ...]
    lines: tuple[LineTable, ...] = ()
    flow: Flow = KEPT
    rules: tuple[Rule, ...] = ()
    workbook: WorkbookPlan | None = None
    message: Message | None = None
    posts: Callable[[Any, Facts], Sequence[Any]] | None = None
    trace: Callable[[int, Work], Explanation] | None = None
    defaults: Callable[[Facts], Mapping[str, Any]] = lambda _facts: {}
    variant: Mapping[str, Any] = field(default_factory=dict)
    removed: Callable[[Any, Sequence[Any], Work], None] | None = None
    derive: Callable[[Any, Facts], None] | None = None
    required_code: str = "REQ-01"
    creatable: bool = True
    help: str = ""
    related: Callable[[Any, Work], Sequence[Related]] | None = None
    attachment_kinds: tuple[tuple[str, str], ...] = (("file", "附件"),)
    template_by: tuple[Any, ...] = ()
    totals: Callable[[Facts], Totals | None] | None = None
    change: ChangePath | None = None
    before_send: tuple[Callable[[Any, Any], Iterable[Finding]], ...] = ()
    forcible: frozenset[str] = frozenset()
    single: bool = False
    lines_apart: bool = False
    opens_locked: bool = False
    guard: Callable[[Work], Callable[[], None]] | None = None
    stored_rules: tuple[StoredRule, ...] = ()
    fill: HeadFill | None = None
    fills: Mapping[str, frozenset[str]] = field(default_factory=dict)
    yielding: Callable[[Any, Work], Sequence[tuple[str, Any]]] | None = None
    from_message: MessageReading | None = None
    moved: Callable[[Any, str, Work], None] | None = None
    dated: tuple[Any, ...] = ()
    downloaded: int = 0
    typed_in: bool = False
    awaits: Awaits | None = None

    @property
    def list_fields(self) -> tuple[Field, ...]:
        """Return the fields of the list columns, in order."""
        return tuple(field_of(attribute) for attribute in self.list_columns)

    @property
    def head_fields(self) -> tuple[Field, ...]:
        """Return all fields of the form's groups, in order."""
        return tuple(entry for part in self.form for entry in part.fields)

    @property
    def typed_lines(self) -> tuple[LineTable, ...]:
        """Return the line tables a draft carries."""
        return tuple(table for table in self.lines if not table.windowed)

    @property
    def of_customs(self) -> bool:
        """Tell whether the documents are customs' own: formal copies, and the approved copies of a change path."""
        return self.variant.get("copy") == FORMAL or (self.change is not None and self.change.approved == self.key)

    @property
    def windowed(self) -> bool:
        """Tell whether any lines are shown through a window and stored row by row."""
        return any(table.windowed for table in self.lines)

    def line_table(self, key: str) -> LineTable:
        """Return the line table named ``key``; ``KeyError`` when there is none."""
        for table in self.lines:
            if table.key == key:
                return table
        raise KeyError(key)

    def number_of(self, document: Any) -> str:
        """Write the business number of ``document`` as one text (parts joined by ``/``)."""
        return "/".join(str(getattr(document, part.key)) for part in self.number)


#: Rights every document has beside its flow's moves and its scripts.
BASIC_RIGHTS: tuple[tuple[str, str], ...] = (
    ("view", "查看"),
    ("new", "新增"),
    ("edit", "修改"),
    ("delete", "删除"),
    ("import", "导入"),
    ("export", "导出"),
)
