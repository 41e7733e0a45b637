"""The operation log: written by the flush, with what was and what is (handbook 18)."""

from __future__ import annotations

from typing import Any

from bondesk.areas.setup.users import User, set_password
from bondesk.base.operation_log import OperationLog
from bondesk.engine import history, records
from bondesk.engine.drafts import LineDraft
from bondesk.engine.engine import SYSTEM
from builders.office import DEMO, Office


def log_of(office: Office, key: str, document_id: int) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """The log of a document, oldest first."""
    with office.act() as act:
        found = history.entries(act, key, document_id)
        return [(one.user_name, one.action, one.before, one.after) for one in reversed(found)]


def test_life_of_a_partner(codes_office: Office) -> None:
    """新增, 修改 with before and after, 删除 with what is gone, by whom."""
    document = codes_office.document("partner")
    with codes_office.act() as act:
        draft = records.blank(act, document)
        draft.head |= {"code": "K1", "name": "旧名", "partner_type": "C"}
        key = records.save(act, document, draft)
    with codes_office.act(codes_office.auditor) as act:
        draft = records.open_draft(act, document, key)
        draft.head["name"] = "新名"
        records.save(act, document, draft)
    with codes_office.act() as act:
        records.delete(act, document, key)
    made, changed, gone = log_of(codes_office, "partner", key)
    assert made[:2] == ("制单员", "新增")
    assert (made[2], made[3]["name"]) == ({}, "旧名")
    assert changed == ("审核员", "修改", {"name": "旧名"}, {"name": "新名"})
    assert gone[:2] == ("制单员", "删除")
    assert (gone[2]["name"], gone[3]) == ("新名", {})


def test_summary_is_read_by_a_clerk(codes_office: Office) -> None:
    """A change is told as label: before → after, under the document's number."""
    document = codes_office.document("partner")
    with codes_office.act() as act:
        draft = records.blank(act, document)
        draft.head |= {"code": "K1", "name": "旧名", "partner_type": "C"}
        key = records.save(act, document, draft)
    with codes_office.act() as act:
        records.load(act, document, key).contact = "张三"
    with codes_office.act() as act:
        newest = history.entries(act, "partner", key)[0]
        assert (newest.document_no, newest.summary) == ("K1", "联系人：空 → 张三")


def test_saving_without_a_change_logs_none(codes_office: Office) -> None:
    """Opening and saving again is no change."""
    document = codes_office.document("partner")
    with codes_office.act() as act:
        draft = records.blank(act, document)
        draft.head |= {"code": "K1", "name": "名", "partner_type": "C"}
        key = records.save(act, document, draft)
    with codes_office.act() as act:
        records.save(act, document, records.open_draft(act, document, key))
    assert [entry[1] for entry in log_of(codes_office, "partner", key)] == ["新增"]


def test_lines_and_moves_are_logged(factory_office: Office) -> None:
    """A changed line is found in its document's log; so are states."""
    (number,) = factory_office.notes("IM2401001")
    document = factory_office.document("bonded_note")
    note = factory_office.note(number)
    with factory_office.act() as act:
        draft = records.open_draft(act, document, note.id)
        draft.lines["lines"][0].values["remark"] = "改过"
        records.save(act, document, draft)
    factory_office.audit([number])
    told = log_of(factory_office, "bonded_note", note.id)
    line = str(note.lines[0].id)
    changed = {"#lines": {line: {"line_no": 1, "remark": "改过"}}}
    assert ("制单员", "修改", {"#lines": {line: {"line_no": 1, "remark": ""}}}, changed) in told
    (audited,) = [entry for entry in told if entry[3].get("state") == "AUDITED"]
    assert (audited[0], audited[2]["state"]) == ("审核员", "DRAFT")


def test_imports_are_logged_with_their_file(masters_office: Office) -> None:
    """Every imported document names the workbook it came from."""
    ids = masters_office.bring("source_document", DEMO / "source_document_export.xlsx").changed["source_document"]
    assert len(ids) == 61
    for document_id in ids:
        ((user, action, _, after),) = log_of(masters_office, "source_document", document_id)
        assert (user, action, after["文件"]) == ("制单员", "导入", "source_document_export.xlsx")


def test_rolled_back_acts_are_not_logged(codes_office: Office) -> None:
    """The log says what happened, not what was tried."""
    with codes_office.act(SYSTEM) as act:
        before = len(act.facts.find(OperationLog))
    try:
        with codes_office.act() as act:
            draft = records.blank(act, codes_office.document("partner"))
            draft.head |= {"code": "K1", "name": "名", "partner_type": "C"}
            records.save(act, codes_office.document("partner"), draft)
            raise LookupError
    except LookupError:
        pass
    with codes_office.act(SYSTEM) as act:
        assert len(act.facts.find(OperationLog)) == before


def test_passwords_never_reach_the_log(codes_office: Office) -> None:
    """Neither the password nor its hash is logged."""
    with codes_office.act(SYSTEM) as act:
        user = act.facts.one(User, account="zhidan")
        assert user is not None
        set_password(user, "very-secret-word")
        user.name = "新姓名"
    with codes_office.act(SYSTEM) as act:
        whole = str([(one.before, one.after, one.summary) for one in act.facts.find(OperationLog)])
    assert "argon2" not in whole
    assert "very-secret-word" not in whole
    assert "新姓名" in whole


def test_rights_are_told_in_the_words_of_the_screen(codes_office: Office) -> None:
    """A granted action is a module and an action a reader knows, never their keys."""
    document = codes_office.document("user_group")
    with codes_office.act() as act:
        draft = records.blank(act, document)
        draft.head |= {"code": "G1", "name": "制单组"}
        draft.lines["rights"] = [LineDraft({"line_no": 1, "module": "part", "action": "view"})]
        key = records.save(act, document, draft)
    with codes_office.act() as act:
        draft = records.open_draft(act, document, key)
        draft.lines["rights"][0].values["action"] = "edit"
        for number, (module, action) in enumerate((("item_ledger", "view"), ("*", "*"), ("gone", "view")), 2):
            draft.lines["rights"].append(LineDraft({"line_no": number, "module": module, "action": action}))
        records.save(act, document, draft)
    with codes_office.act() as act:
        changed, made = history.entries(act, "user_group", key)
        told = [(one.label, one.before, one.after) for one in history.changes_of(act, changed.id)]
        assert told == [
            ("权限", "查看", "修改"),
            ("新增行", "空", "料件明细账·查看"),
            ("新增行", "空", "全部权限"),
            ("新增行", "空", "模块 gone，操作 view"),
        ]
        assert "料件明细账·查看" in changed.summary
        assert "item_ledger" not in changed.summary
        assert "料号档案·查看" in [one.after for one in history.changes_of(act, made.id)]
