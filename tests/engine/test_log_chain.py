"""The chain of the operation log: without gaps, append-only, and whatever is done to it behind our back shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bondesk.app import first_administrator, open_engine
from bondesk.areas.codes.partner import Partner
from bondesk.base.errors import Refused
from bondesk.base.log_chain import START, Verdict
from bondesk.base.operation_log import LogHead, OperationLog
from bondesk.base.options import read_options
from bondesk.base.steps import play
from bondesk.engine import history, records, scripts
from bondesk.engine.checking import run_checks
from bondesk.engine.drafts import LineDraft
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.list_export import export_steps
from bondesk.engine.query import Query
from bondesk.engine.store import open_store
from bondesk.settings import Home
from builders.office import PASSWORD, Office

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, home_on: Callable[[str], Home]) -> Iterator[Engine]:
    """A migrated company with an administrator and six partners, on each database."""
    opened = open_engine(home_on(request.param))
    first_administrator(opened, PASSWORD)
    for number in range(6):
        with opened.acting(SYSTEM) as act:
            act.session.add(Partner(code=f"P{number}", name=f"客户{number}", partner_type="C"))
    yield opened
    opened.store.dispose()


def verdict_of(engine: Engine) -> Verdict:
    """Walk along the chain."""
    with engine.acting(SYSTEM) as act:
        return history.verify_log(act)


def behind_the_back(engine: Engine, *statements: str) -> None:
    """Do what somebody with the database in his hands can do: the triggers go first."""
    with engine.store.sql.begin() as connection:
        if engine.store.is_sqlite:
            connection.execute(text("DROP TRIGGER IF EXISTS operation_log_no_update"))
            connection.execute(text("DROP TRIGGER IF EXISTS operation_log_no_delete"))
        else:
            connection.execute(text("DROP TRIGGER IF EXISTS operation_log_closed ON operation_log"))
        for statement in statements:
            connection.execute(text(statement))


def test_an_untouched_chain_holds(engine: Engine) -> None:
    found = verdict_of(engine)
    with engine.acting(SYSTEM) as act:
        seqs = act.session.scalars(select(OperationLog.seq).order_by(OperationLog.seq)).all()
        head = act.session.get(LogHead, 1)
        assert head is not None
        assert (list(seqs), head.count, head.hash) == (list(range(1, found.count + 1)), found.count, found.hash)
    assert (found.broken, found.count >= 6, found.hash != START) == (None, True, True)


@pytest.mark.parametrize("statement", ["UPDATE operation_log SET summary = 'x'", "DELETE FROM operation_log"])
def test_the_database_refuses_changes(engine: Engine, statement: str) -> None:
    with pytest.raises(Exception, match="append-only"), engine.store.sql.begin() as connection:
        connection.execute(text(statement))
    assert verdict_of(engine).broken is None


@pytest.mark.parametrize(
    ("statements", "broken"),
    [
        (["UPDATE operation_log SET user_name = '别人' WHERE seq = 3"], 3),
        (['UPDATE operation_log SET before = \'{"name": "x"}\' WHERE seq = 4'], 4),
        (["DELETE FROM operation_log WHERE seq = 2"], 2),
        (["DELETE FROM operation_log WHERE seq = 2", "UPDATE operation_log SET seq = seq - 1 WHERE seq = 3"], 2),
        (
            [
                "UPDATE operation_log SET seq = 900 WHERE seq = 3",
                "UPDATE operation_log SET seq = 3 WHERE seq = 4",
                "UPDATE operation_log SET seq = 4 WHERE seq = 900",
            ],
            3,
        ),
        (["UPDATE log_head SET hash = '" + "a" * 64 + "'"], "last"),
        (["DELETE FROM operation_log WHERE seq = (SELECT max(seq) FROM operation_log)"], "last"),
    ],
    ids=["changed", "changed values", "deleted", "closed up", "swapped", "head", "cut tail"],
)
def test_tampering_is_found_at_its_first_row(engine: Engine, statements: list[str], broken: int | str) -> None:
    whole = verdict_of(engine)
    behind_the_back(engine, *statements)
    assert verdict_of(engine).broken == (whole.count if broken == "last" else broken)
    with engine.acting(SYSTEM) as act:
        assert [finding.code for finding in run_checks(act, "CHK-06")] == ["CHK-06"]


def run(engine: Engine, key: str, file: Path) -> str:
    """Run one of the two scripts."""
    script = engine.catalogue.script(key)
    with engine.acting(SYSTEM) as act:
        return play(scripts.start(act, script, read_options(script.options, {"file": str(file)}))).text


def test_a_tail_cut_with_its_head_is_seen_by_the_checkpoint(engine: Engine, tmp_path: Path) -> None:
    kept = tmp_path / "point.json"
    run(engine, "export_log_checkpoint", kept)
    point = json.loads(kept.read_text(encoding="utf-8"))
    assert "增加 1 条" in run(engine, "compare_log_checkpoint", kept)
    with engine.acting(SYSTEM) as act:
        before = act.session.scalars(select(OperationLog.hash).where(OperationLog.seq == point["count"] - 2)).one()
    behind_the_back(
        engine,
        f"DELETE FROM operation_log WHERE seq > {point['count'] - 2}",
        f"UPDATE log_head SET count = {point['count'] - 2}, hash = '{before}'",
    )
    assert verdict_of(engine).broken is None, "the database alone cannot tell"
    with pytest.raises(Refused, match="末尾的记录被删除") as caught:
        run(engine, "compare_log_checkpoint", kept)
    assert caught.value.findings[0].code == "LOG-02"


def test_a_rewritten_chain_is_seen_by_the_checkpoint(engine: Engine, tmp_path: Path) -> None:
    kept = tmp_path / "point.json"
    run(engine, "export_log_checkpoint", kept)
    point = json.loads(kept.read_text(encoding="utf-8"))
    kept.write_text(json.dumps(point | {"hash": "b" * 64}), encoding="utf-8")
    with pytest.raises(Refused, match="LOG-02"):
        run(engine, "compare_log_checkpoint", kept)
    for wrong in ("", "[]", "{}", json.dumps(point | {"count": "1"})):
        kept.write_text(wrong, encoding="utf-8")
        with pytest.raises(Refused, match="LOG-03"):
            run(engine, "compare_log_checkpoint", kept)


def test_acts_at_the_same_time_neither_fork_nor_wait_for_each_other_forever(engine: Engine) -> None:
    """Eight threads, each with its own connection and document: every act is in the chain once."""
    before = verdict_of(engine).count
    stores = [open_store(engine.store.url) for _ in range(8)]

    def work(number: int) -> None:
        mine = replace(engine, store=stores[number % 8])
        for turn in range(5):
            with mine.acting(SYSTEM) as act:
                act.session.add(Partner(code=f"T{number}-{turn}", name="并发", partner_type="C"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    for store in stores:
        store.dispose()
    found = verdict_of(engine)
    assert (found.broken, found.count) == (None, before + 40)


def test_what_is_rolled_back_leaves_no_gap(engine: Engine) -> None:
    before = verdict_of(engine).count
    with pytest.raises(LookupError), engine.acting(SYSTEM) as act:
        act.session.add(Partner(code="X", name="没有", partner_type="C"))
        act.session.flush()
        raise LookupError
    with engine.acting(SYSTEM) as act:
        act.session.add(Partner(code="Y", name="有", partner_type="C"))
    found = verdict_of(engine)
    assert (found.broken, found.count) == (None, before + 1)


def test_one_row_per_document_and_act_with_its_lines(codes_office: Office) -> None:
    """A line changed, one put in, one taken out: one row under the document's number, told line by line."""
    document = codes_office.document("user_group")
    with codes_office.act() as act:
        draft = records.blank(act, document)
        draft.head |= {"code": "g1", "name": "组"}
        draft.lines["rights"] = [line_of("part", "view"), line_of("part", "edit"), line_of("bom", "view")]
        key = records.save(act, document, draft)
    with codes_office.act() as act:
        draft = records.open_draft(act, document, key)
        draft.head["name"] = "新组"
        del draft.lines["rights"][0]
        draft.lines["rights"][0].values["action"] = "delete"
        draft.lines["rights"].append(line_of("partner", "view"))
        records.save(act, document, draft)
    with codes_office.act() as act:
        newest, oldest = history.entries(act, "user_group", key)
        assert (oldest.action, len(oldest.after["#rights"])) == ("新增", 3)
        assert (newest.action, newest.document_no) == ("修改", "g1")
        assert "权限组名称：组 → 新组" in newest.summary
        assert "权限：修改 → 删除" in newest.summary
        assert "新增行：商业合作伙伴·查看" in newest.summary
        assert "删除行：料号档案·查看" in newest.summary
        assert "序号" not in newest.summary, "lines that only moved up are no news"
    with codes_office.act() as act:
        records.delete(act, document, key)
    with codes_office.act() as act:
        gone = history.entries(act, "user_group", key)[0]
        assert (gone.action, len(gone.before["#rights"]), gone.after) == ("删除", 3, {})


def line_of(module: str, action: str) -> LineDraft:
    """A right as a form holds it."""
    return LineDraft({"module": module, "action": action})


def test_exports_and_scripts_are_logged(codes_office: Office, tmp_path: Path) -> None:
    with codes_office.act() as act:
        play(export_steps(act, codes_office.document("partner"), Query(), tmp_path / "客户.xlsx"))
    codes_office.run("export_log_checkpoint", {"file": str(tmp_path)})
    with codes_office.act() as act:
        newest = act.session.scalars(select(OperationLog).order_by(OperationLog.seq.desc()).limit(2)).all()
        told = [(one.user_name, one.module, one.action, one.summary) for one in reversed(newest)]
        assert told[0] == ("制单员", "商业合作伙伴", "导出", "列表 0 行，文件 客户.xlsx")
        assert told[1][:3] == ("制单员", "日志查看", "导出日志校验点")
        assert act.session.scalar(select(func.count()).select_from(LogHead)) == 1
    assert len(list(tmp_path.glob("日志校验点_*.json"))) == 1


def test_coming_going_and_wrong_passwords_are_logged(codes_office: Office) -> None:
    """Known accounts by name; what a stranger typed is not kept, for it may be a password."""
    engine = codes_office.engine
    identity = engine.sign_in("zhidan", PASSWORD)
    engine.sign_out(identity)
    for account in ("zhidan", "my-secret-password"):
        with pytest.raises(Refused):
            engine.sign_in(account, "wrong")
    with codes_office.act() as act:
        rows = act.session.scalars(select(OperationLog).where(OperationLog.module == "登录").order_by(OperationLog.seq))
        told = [(one.user_name, one.action, one.document_no) for one in rows.all()[-4:]]
    assert told == [
        ("制单员", "登录", "zhidan"),
        ("制单员", "退出", "zhidan"),
        ("zhidan", "登录失败", "zhidan"),
        ("未知账号", "登录失败", "未知账号"),
    ]
