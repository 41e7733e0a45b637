"""Which commands the list of a document offers: from its declaration, the user's rights and what is selected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from bondesk.base.documents import DocumentType
from bondesk.base.flow import Move
from bondesk.base.import_setting import ImportSetting
from bondesk.base.steps import Script
from bondesk.desktop.commands import MOVE_KEYS, Command, Commands
from bondesk.desktop.context import DeskContext
from bondesk.desktop.list_deeds import ListDeeds
from bondesk.desktop.list_exports import ListExports
from bondesk.desktop.list_head import ListHead
from bondesk.desktop.list_looks import ListLooks
from bondesk.desktop.list_selection import ListSelection
from bondesk.desktop.offered_scripts import NOT_ENABLED, OfferedScripts
from bondesk.desktop.report_jump import report_commands

SEND = "send"
_NOTHING = "请先在列表中选择"


class Reasons:
    """Why a command cannot run on what is selected; "" when it can."""

    def __init__(self, document: DocumentType, selection: ListSelection) -> None:
        """Judge the selection of the list of ``document``."""
        self._flow, self._selection = document.flow, selection

    def selected(self) -> str:
        """At least one row."""
        return "" if self._selection.size else _NOTHING

    def one(self) -> str:
        """Exactly one row."""
        size = self._selection.size
        return _NOTHING if not size else "一次只能选择一条" if size > 1 else ""

    def in_states(self, title: str, states: Collection[str]) -> str:
        """At least one row in one of ``states``: the others of a larger selection are refused one by one."""
        if not self._selection.size:
            return _NOTHING
        present = [row.state for row in self._selection.at_hand()]
        if not present or any(state in states for state in present):
            return ""
        words = "、".join(dict.fromkeys(self._flow.state(state).title for state in present))
        needed = "、".join(self._flow.state(state.key).title for state in self._flow.states if state.key in states)
        return f"状态为「{words}」，须为「{needed}」才能{title}"

    def editable(self, title: str) -> str:
        """At least one row the flow lets be changed."""
        if not self._flow.states:
            return self.selected()
        return self.in_states(title, [state.key for state in self._flow.states if state.editable])


def list_commands(
    context: DeskContext,
    document: DocumentType,
    selection: ListSelection,
    deeds: ListDeeds,
    looks: ListLooks,
    exports: ListExports,
    offered: OfferedScripts,
    *,
    refresh: Callable[[], object],
    head: ListHead,
) -> Commands:
    """Return what the user may ever do in the list of ``document``; what is not granted is left out."""
    reasons = Reasons(document, selection)

    def may(action: str) -> bool:
        return context.identity.may(document.key, action)

    commands = Commands()
    for command in (
        *_record_commands(document, may, deeds, reasons),
        *_flow_commands(document, may, deeds, reasons),
        *_script_commands(context, document, may, deeds, reasons, offered),
        *report_commands(context, document, selection, reasons.one, deeds.explain),
        *_file_commands(document, may, deeds, exports, reasons),
        Command("list.refresh", "刷新", "F5", refresh, group="view"),
        Command("list.copy_rows", "复制所选行", "Ctrl+C", deeds.copy_rows, reasons.selected, "rows"),
        Command("list.copy_bare", "复制所选行（不含标题）", "Ctrl+Shift+C", deeds.copy_bare, reasons.selected, "rows"),
        *_export_rows(may, exports, reasons),
        *_look_commands(looks, head),
    ):
        commands.add(command)
    return commands


May = Callable[[str], bool]


def _look_commands(looks: ListLooks, head: ListHead) -> Iterator[Command]:
    """What changes only what is seen; it has buttons of its own beside the search box."""
    yield Command("list.find", "查找", "Ctrl+F", head.find_text, group="hidden")
    yield Command("list.filters", "按列筛选", "Ctrl+L", head.open_filters, group="hidden")
    yield Command("list.conditions", "高级条件…", "Ctrl+Shift+F", head.open_conditions, group="look")
    yield Command("list.clear", "清除条件", "Ctrl+Shift+L", head.clear, group="hidden")
    yield Command("list.group", "分组", "Ctrl+G", looks.open_grouping, group="hidden")
    yield Command("list.views", "视图", "Ctrl+Shift+V", looks.open_views, group="hidden")
    yield Command("list.save_view", "保存视图", "Ctrl+Shift+S", looks.views.save, group="hidden")
    yield Command("list.sort", "按光标所在列排序", "Ctrl+Shift+O", looks.sort_here, group="hidden")
    yield Command("list.columns", "列设置…", "Ctrl+Shift+K", looks.set_up_columns, group="look")


def _record_commands(document: DocumentType, may: May, deeds: ListDeeds, reasons: Reasons) -> Iterator[Command]:
    makes = document.creatable and may("new")
    if makes:
        yield Command("list.new", "新增", "Ctrl+N", deeds.new, group="record")
    yield Command("list.open", "打开", "Return", deeds.open, reasons.selected, "record")
    if makes:
        yield Command("list.copy", "复制", "", deeds.copy, reasons.one, "record")
    # What neither a user nor a workbook can make again (customs codes, the enterprise) is not deleted from a list.
    if may("delete") and (document.creatable or document.workbook or document.flow.states):
        yield Command("list.delete", "删除", "Delete", deeds.delete, partial(reasons.editable, "删除"), "record")


def _flow_commands(document: DocumentType, may: May, deeds: ListDeeds, reasons: Reasons) -> Iterator[Command]:
    for order in document.flow.moves:
        if not may(order.key) or (order.key == SEND and document.message is None):
            continue
        run = deeds.send if order.key == SEND else partial(deeds.move, order)
        key = MOVE_KEYS.get(order.key, "")
        yield Command(f"list.move.{order.key}", order.title, key, run, _move_reason(reasons, order), "flow")


def _move_reason(reasons: Reasons, order: Move) -> Callable[[], str]:
    return lambda: reasons.in_states(order.title, order.sources)


def _script_commands(
    context: DeskContext,
    document: DocumentType,
    may: May,
    deeds: ListDeeds,
    reasons: Reasons,
    offered: OfferedScripts,
) -> Iterator[Command]:
    for script in context.engine.catalogue.scripts_of(document):
        if may(script.key):
            run = partial(deeds.run_script, script)
            why_not = _script_reason(reasons, script, offered)
            yield Command(f"list.script.{script.key}", script.title, "", run, why_not, "script")


def _script_reason(reasons: Reasons, script: Script, offered: OfferedScripts) -> Callable[[], str]:
    def why_not() -> str:
        if script not in offered:
            return NOT_ENABLED
        return reasons.in_states(script.title, script.when) if script.when else ""

    return why_not


def _export_rows(may: May, exports: ListExports, reasons: Reasons) -> Iterator[Command]:
    if may("export"):
        yield Command("list.export_rows", "导出选中行…", "", exports.ask_selected, reasons.selected, "rows")


def _file_commands(
    document: DocumentType, may: May, deeds: ListDeeds, exports: ListExports, reasons: Reasons
) -> Iterator[Command]:
    if document.of_customs and may("import"):
        yield Command("list.download", "下载", "", deeds.download, group="file")
    if document.workbook is not None and may("import"):
        yield Command("list.import", "导入", "", deeds.import_workbook, group="file")
    if document.from_message is not None and may("import"):
        yield Command("list.import_message", "导入报文…", "", deeds.messages.ask, group="more")
    if may("export"):
        yield Command("list.export", "导出", "Ctrl+E", exports.ask, group="file")
    if document.workbook is not None and may("import"):
        yield Command("list.template", "模板", "", deeds.template, group="file")
    if document.header is ImportSetting and may("export"):
        yield Command("list.setting_template", "导出模板", "", deeds.template_of_setting, reasons.one, "file")
