"""The command line of interchange 2, over the same engine calls as the screens.

Standard output is data, standard error is messages. Exit codes: 0 done, 1 refused with findings,
2 wrong call, 3 outside failure. No traceback ever reaches the user; it goes to the log.
"""

from __future__ import annotations

import argparse
import getpass
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bondesk import cli_output as output
from bondesk.app import first_administrator, load_codes, open_engine
from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.file_words import reason_of
from bondesk.base.findings import errors_in
from bondesk.base.identity import Identity
from bondesk.base.options import read_options
from bondesk.base.steps import Amounts, Ask, Choose, Confirm, Preview, Progress, Step, play, proposed_answer
from bondesk.cli_card import show_card, sign_and_hand_over, typed_pin
from bondesk.cli_pre_entry import add_pre_entry, pre_enter
from bondesk.cli_program import add_program, refuse_training, update_program
from bondesk.cli_rehearsal import add_rehearsal, rehearse
from bondesk.cli_secrets import with_secrets
from bondesk.engine import (
    checking,
    code_updating,
    download_runs,
    downloading,
    exporting,
    import_format,
    importing,
    list_export,
    message_import,
    records,
    reporting,
    scripts,
    sending,
)
from bondesk.engine.card_login import challenge_signer
from bondesk.engine.condition_words import SIGNS, read_conditions
from bondesk.engine.download_port import ChallengeSigner
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.query import Query
from bondesk.engine.receiving import receive
from bondesk.program_updates import updates_of
from bondesk.settings import Home, default_home

_log = logging.getLogger(__name__)
DONE, REFUSED, WRONG, OUTSIDE = 0, 1, 2, 3


_WHERE = "field=value"
_WAYS = {"": "", "申报": "1", "暂存": "0"}
_SIGNS = f"条件，可写多个，须同时满足；比较符：{' '.join(SIGNS)}（~ 为包含，!~ 为不包含）"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise WrongCall(f"命令不正确：{message}\n{self.format_usage()}")


class _Verb(_Parser):
    """A verb whose options may stand before, between and behind its words."""

    _mixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Read options wherever they stand; the reading itself asks this again."""
        if self._mixing:
            return super().parse_known_args(args, namespace)
        self._mixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixing = False


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = _Parser(prog="bondesk", description="保税台 — 加工贸易关务管理")
    top.add_argument("--home", type=Path, help="数据目录")
    top.add_argument("--connection", default="", help="数据连接名称")
    top.add_argument("--user", default="", help="用户账号")
    verbs = top.add_subparsers(dest="command", required=True, parser_class=_Verb)
    verbs.add_parser("init", help="建立数据目录与第一个管理员")
    demo = verbs.add_parser("demo", help="演示企业")
    demo.add_argument("--headless", action="store_true")
    demo.add_argument("--from", dest="source", type=Path, help="另一组工作簿所在目录")
    practise = verbs.add_parser("training", help="练习模式")
    practise.add_argument("--prepare", action="store_true", help="只准备练习数据，不打开窗口")
    template = _with_key(verbs.add_parser("template", help="导入模板"))
    template.add_argument("--out", type=Path, required=True)
    bring = _with_key(verbs.add_parser("import", help="导入工作簿"))
    bring.add_argument("file", type=Path)
    bring.add_argument("--accepted-only", action="store_true", help="只导入无误的单据")
    bring.add_argument("--refused", type=Path, metavar="FILE", help="未导入的行及原因写到此工作簿")
    listing = _with_key(verbs.add_parser("list", help="列出单证"))
    listing.add_argument("--where", action="append", default=[], nargs="+", metavar=_WHERE, help=_SIGNS)
    listing.add_argument("--format", choices=("csv", "json"), default="csv")
    export = _with_key(verbs.add_parser("export", help="导出列表"))
    export.add_argument("out", type=Path)
    export.add_argument(
        "--layout", default="", help="导出设置中的格式名称，或「导入格式」（可修改后再导入）；不给则为列表的默认列"
    )
    export.add_argument("--where", action="append", default=[], nargs="+", metavar=_WHERE, help=_SIGNS)
    run = verbs.add_parser("run", help="执行功能")
    run.add_argument("action")
    run.add_argument("--set", action="append", default=[], nargs="+", metavar="name=value")
    run.add_argument("--answers", type=Path)
    for verb, title in (("audit", "审核"), ("unaudit", "取消审核")):
        _with_key(verbs.add_parser(verb, help=title)).add_argument("numbers", nargs="+")
    send = verbs.add_parser("send", help="发送；本机IC卡签名的报文会询问IC卡密码（键盘或标准输入，不接受参数）")
    send.add_argument("key", nargs="?")
    send.add_argument("numbers", nargs="*")
    ways = tuple(way for way in _WAYS if way)
    send.add_argument("--way", choices=ways, default="", help="这一次的申报方式；不给则按企业基本信息")
    verbs.add_parser("card", help="读卡器中的IC卡：持卡人、卡号、证书、剩余次数")
    verbs.add_parser("receive", help="接收回执")
    add_pre_entry(verbs)
    add_rehearsal(verbs)
    _reports(verbs)
    _updates(verbs)
    _downloads(verbs)
    check = verbs.add_parser("check", help="运行全部检查")
    check.add_argument("code", nargs="?", default="", help="只运行这一项，如 CHK-01")
    verbs.add_parser("describe", help="声明了什么").add_argument("key", nargs="?")
    return top


def _with_key(sub: argparse.ArgumentParser) -> argparse.ArgumentParser:
    sub.add_argument("key")
    return sub


def _reports(verbs: Any) -> None:
    report = _with_key(verbs.add_parser("report", help="报表"))
    report.add_argument("--set", action="append", default=[], nargs="+", metavar="name=value")
    report.add_argument("--format", choices=("csv", "json", "xlsx", "pdf"), default="csv")
    report.add_argument("--out", type=Path)
    explain = _with_key(verbs.add_parser("explain", help="解释一个数字"))
    explain.add_argument("row")
    explain.add_argument("column")
    explain.add_argument("--set", action="append", default=[], nargs="+", metavar="name=value")


def _updates(verbs: Any) -> None:
    update = verbs.add_parser("update-codes", help="安装海关参数更新包")
    update.add_argument("file", type=Path, nargs="?", help="更新包；不给则取更新来源中最新的")
    add_program(verbs)


def _downloads(verbs: Any) -> None:
    download = verbs.add_parser("download", help="下载海关正式单据")
    download.add_argument("way", help="来源：files 为单一窗口导出的文件")
    download.add_argument("places", nargs="*", help="导出的文件或所在目录")
    download.add_argument("--kind", action="append", default=[], help="单证类型，可写多个；不给则为全部")
    download.add_argument("--from", dest="begin", type=_day, help="开始日期；不给则为一个月前")
    download.add_argument("--to", dest="end", type=_day, help="结束日期；不给则为今天")
    download.add_argument("--list", action="store_true", help="只列出，不下载")
    download.add_argument("--resume", action="store_true", help="先继续上次没有完成的下载")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise WrongCall(f"日期 {text} 不能识别，请写成 2024-03-31") from problem


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    try:
        given = parser().parse_args(arguments)
        home = Home(given.home.resolve()) if given.home else default_home()
        output.log_to(home.log_file)
        return _COMMANDS[given.command](home, given)
    except Refused as refusal:
        output.findings(refusal.findings)
        return REFUSED
    except WrongCall as wrong:
        output.say(str(wrong))
        return WRONG
    except OutsideFailure as failure:
        _log.warning("outside failure", exc_info=failure)
        output.say(str(failure))
        return OUTSIDE
    except KeyboardInterrupt:
        output.say("已取消")
        return REFUSED
    except Exception as problem:  # the last net: a traceback never reaches the user
        _log.exception("unexpected failure")
        output.say(f"程序出错：{type(problem).__name__}。详情见日志 {output.log_place()}")
        return OUTSIDE


def signed_in(home: Home, given: argparse.Namespace) -> tuple[Engine, Identity]:
    """Open the connection and sign in: password from BONDESK_PASSWORD or asked; none for the demo company."""
    if not given.connection and not home.database_file.exists() and not home.settings_file.exists():
        raise WrongCall(f"数据目录 {home.path} 还没有初始化，请先运行 bondesk init 或 bondesk demo")
    engine = open_engine(home, home.connection(given.connection))
    account = given.user or "admin"
    password = os.environ.get("BONDESK_PASSWORD")
    if home.read().demo and password is None:
        with engine.acting(SYSTEM) as act:
            return engine, engine.catalogue.users.identity(act.facts, account)
    if password is None:
        if not sys.stdin.isatty():
            raise WrongCall("需要密码：请设置环境变量 BONDESK_PASSWORD")
        password = getpass.getpass(f"用户 {account} 的密码：")
    return engine, engine.sign_in(account, password)


def pairs(groups: Sequence[Sequence[str]]) -> dict[str, str]:
    """Read ``name=value`` words; ``WrongCall`` names a word without ``=``."""
    found = {}
    for word in (word for group in groups for word in group):
        name, equals, value = word.partition("=")
        if not equals:
            raise WrongCall(f"“{word}”不是 名称=值 的写法")
        found[name] = value
    return found


def options_from(options: type[Any], groups: Sequence[Sequence[str]]) -> Any:
    """Read ``--set name=value``; an unknown name or value is a wrong call."""
    try:
        return read_options(options, with_secrets(options, pairs(groups)))
    except Refused as refusal:
        raise WrongCall(str(refusal)) from refusal


def _init(home: Home, given: argparse.Namespace) -> int:
    password = os.environ.get("BONDESK_PASSWORD")
    if password is None:
        if not sys.stdin.isatty():
            raise WrongCall("需要管理员密码：请设置环境变量 BONDESK_PASSWORD")
        password = getpass.getpass("管理员密码：")
    home.write(home.read())
    engine = open_engine(home, home.connection(given.connection))
    codes = load_codes(engine)
    first_administrator(engine, password, given.user or "admin")
    output.say(f"已建立数据目录 {home.path}，载入海关参数 {sum(codes.values())} 条，管理员 {given.user or 'admin'}")
    return DONE


def _demo(home: Home, given: argparse.Namespace) -> int:
    from bondesk import demo

    if given.headless:
        demo.run_headless(home, given.source, output.print_line)
        return DONE
    demo.prepare(home, given.source, output.say)
    from bondesk.window import run_window

    return run_window(home, demo.ACCOUNT, demo.PASSWORD)


def _training(home: Home, given: argparse.Namespace) -> int:
    from bondesk import demo, training

    if given.prepare or not training.is_prepared(home):
        training.prepare(home, lambda room: demo.prepare(room, None, output.print_line).store.dispose())
    if given.prepare:
        return DONE
    from bondesk.window import run_window

    return run_window(training.training_home(home), demo.ACCOUNT, demo.PASSWORD)


def _template(home: Home, given: argparse.Namespace) -> int:
    engine, identity = signed_in(home, given)
    with engine.acting(identity) as act:
        exporting.write_templates(act, engine.catalogue.document(given.key), given.out)
    output.say(f"已写出模板 {given.out}")
    return DONE


def _import(home: Home, given: argparse.Namespace) -> int:
    engine, identity = signed_in(home, given)
    document = engine.catalogue.document(given.key)
    if not given.file.is_file():
        raise WrongCall(f"没有文件 {given.file}")
    if given.refused and not given.accepted_only:
        raise WrongCall("--refused 须与 --accepted-only 一起使用")
    with engine.acting(identity) as act:
        if message_import.takes(document, given.file):
            steps = message_import.import_message_steps(act, document, given.file)
        else:
            steps = importing.import_steps(
                act, document, given.file, accepted_only=given.accepted_only, refused_to=given.refused
            )
        outcome = play(steps, _quietly)
    output.findings(outcome.findings)
    output.print_line(outcome.text)
    return REFUSED if errors_in(outcome.findings) else DONE


def _quietly(step: Step) -> Any:
    if isinstance(step, Progress) and step.text:
        output.progress(step)
    return proposed_answer(step)


def _list(home: Home, given: argparse.Namespace) -> int:
    engine, identity = signed_in(home, given)
    document = engine.catalogue.document(given.key)
    conditions = read_conditions(word for group in given.where for word in group)
    with engine.acting(identity) as act:
        output.listing(act, document, Query(conditions), given.format)
    return DONE


def _export(home: Home, given: argparse.Namespace) -> int:
    engine, identity = signed_in(home, given)
    document = engine.catalogue.document(given.key)
    conditions = read_conditions(word for group in given.where for word in group)
    with engine.acting(identity) as act:
        query = Query(conditions)
        if given.layout == "导入格式":
            steps = import_format.import_format_steps(act, document, query, given.out)
        else:
            steps = list_export.export_steps(act, document, query, given.out, given.layout)
        output.print_line(play(steps, _quietly).text)
    return DONE


def answered_from(path: Path | None) -> Callable[[Step], Any]:
    """Return how an unattended run answers: by the step's key from the file, else what is proposed."""
    if path is None:
        return _quietly
    try:
        answers = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise WrongCall(f"答案文件 {path} 读不出来：{problem}") from problem
    if not isinstance(answers, dict):
        raise WrongCall(f"答案文件 {path} 应是一个对象：步骤名 → 答案")

    def answer(step: Step) -> Any:
        if isinstance(step, Progress) or step.key not in answers:
            return _quietly(step)
        return read_answer(step, answers[step.key])

    return answer


def read_answer(step: Step, given: Any) -> Any:
    """Turn a JSON answer into what ``step`` expects; ``WrongCall`` when it does not fit."""
    match step:
        case Ask():
            if not isinstance(given, dict):
                raise WrongCall(f"步骤 {step.key} 的答案应是一个对象")
            return read_options(type(step.value), given)
        case Choose():
            if not isinstance(given, list):
                raise WrongCall(f"步骤 {step.key} 的答案应是一个列表")
            first = {str(row[0]): row_id for row, row_id in zip(step.table.rows, step.ids, strict=True)}
            unknown = [str(word) for word in given if str(word) not in first]
            if unknown:
                raise WrongCall(f"步骤 {step.key} 没有 {'、'.join(unknown)}")
            return tuple(first[str(word)] for word in given)
        case Amounts():
            return _amounts(step, given)
        case Preview() | Confirm():
            return bool(given)
        case Progress():
            return None


def _amounts(step: Amounts, given: Any) -> dict[Any, Decimal]:
    """Read ``{row: amount}``; rows not named take what is proposed, or what ``*`` says (0 = nothing)."""
    if not isinstance(given, dict):
        raise WrongCall(f"步骤 {step.key} 的答案应是一个对象：行 → {step.heading}")
    named = {str(row[0]): row_id for row, row_id in zip(step.table.rows, step.ids, strict=True)}
    unknown = [name for name in given if name not in named and name != "*"]
    if unknown:
        raise WrongCall(f"步骤 {step.key} 没有 {'、'.join(unknown)}")
    try:
        amounts = {name: Decimal(str(value)) for name, value in given.items()}
    except ArithmeticError as problem:
        raise WrongCall(f"步骤 {step.key} 的{step.heading}应是数字") from problem
    others: dict[Any, Decimal] = proposed_answer(step)
    if "*" in amounts:
        others = dict.fromkeys(step.ids, amounts.pop("*"))
    return others | {named[name]: amount for name, amount in amounts.items()}


def _run(home: Home, given: argparse.Namespace) -> int:
    engine, identity = signed_in(home, given)
    script = engine.catalogue.script(given.action)
    with engine.acting(identity) as act:  # who may not run it is not asked for its secrets
        act.require(engine.catalogue.document(script.document), script.key)
    options = options_from(script.options, given.set)
    with engine.acting(identity) as act:
        outcome = play(scripts.start(act, script, options), answered_from(given.answers))
    output.findings(outcome.findings)
    output.print_line(outcome.text)
    return DONE


def _move(home: Home, given: argparse.Namespace) -> int:
    engine, identity = signed_in(home, given)
    document = engine.catalogue.document(given.key)
    with engine.acting(identity) as act:
        act.require(document, given.command)
        for number in given.numbers:
            header = records.load_numbered(act, document, number)
            output.findings(records.move(act, document, header.id, given.command))
            output.print_line(f"{number} {document.flow.state(header.state).title}")
    return DONE


def _send(home: Home, given: argparse.Namespace) -> int:
    engine, identity = signed_in(home, given)
    engine.known_gateway()
    wanted = [d for d in engine.catalogue.documents if d.message and given.key in (None, d.key)]
    if not wanted:
        raise WrongCall(f"{given.key} 没有可发送的报文")
    with engine.acting(identity) as act:
        for document in wanted:
            ids = sending.audited(act, document, given.numbers)
            for number in sending.order(act, document, ids, way=_WAYS[given.way]):
                output.print_line(f"{number} 待发送")
    result = sending.hand_over(engine, identity)
    if result.unsigned:
        result = sign_and_hand_over(engine, identity, result)
    output.print_line(f"已交给单一窗口客户端 {result.handed} 份")
    for problem in result.problems:
        output.say(problem)
    return OUTSIDE if result.problems else DONE


def _card(home: Home, given: argparse.Namespace) -> int:
    show_card(*signed_in(home, given))
    return DONE


def _receive(home: Home, given: argparse.Namespace) -> int:
    engine, identity = signed_in(home, given)
    result = receive(engine, identity)
    for sentence in result.sentences:
        output.print_line(sentence)
    output.print_line(f"已处理回执 {result.applied} 份，待查 {result.quarantined} 份")
    return DONE


def _report(home: Home, given: argparse.Namespace) -> int:
    engine, identity = signed_in(home, given)
    report = engine.catalogue.report(given.key)
    options = options_from(report.options, given.set)
    with engine.acting(identity) as act:
        table = reporting.run_at_once(act, report, options)
        output.findings(table.findings)
        output.report(act, report, table, given.format, given.out, options)
    return DONE


def _explain(home: Home, given: argparse.Namespace) -> int:
    engine, identity = signed_in(home, given)
    report = engine.catalogue.report(given.key)
    options = options_from(report.options, given.set)
    with engine.acting(identity) as act:
        output.print_line(reporting.explain(act, report, options, given.row, given.column).as_text())
    return DONE


def _update_codes(home: Home, given: argparse.Namespace) -> int:
    """Apply a package; nobody signs in, for the signature of the package is what is trusted (row 182)."""
    engine = open_engine(home, home.connection(given.connection))
    try:
        content = given.file.read_bytes() if given.file else code_updating.fetch(engine, _untold)
    except OSError as problem:
        raise OutsideFailure(f"更新包 {given.file} 读不出来：{reason_of(problem)}") from problem
    prepared = code_updating.prepare(engine, content, _untold)
    if prepared.changes is None:
        output.print_line(f"海关参数 {prepared.package.version} 已经安装，没有变化")
        return DONE
    applied = code_updating.apply(engine, prepared, _untold)
    for one in applied.changes.tables:
        output.print_line(f"{one.title} 新增 {one.added}，修改 {one.changed}，停用 {one.closed}")
    if applied.rechecked is not None:
        output.print_line(applied.rechecked.sentence)
    if applied.recheck_problem:
        output.print_line(f"商品编码校验没有完成：{applied.recheck_problem}")
    output.say(f"已安装海关参数 {applied.version}")
    return DONE


def _update_program(home: Home, given: argparse.Namespace) -> int:
    refuse_training(home.read().training)
    update_program(updates_of(home), given)
    return DONE


def _download(home: Home, given: argparse.Namespace) -> int:
    """Download everything of a range; what is refused is told with its reason (rows 184, 185)."""
    engine, identity = signed_in(home, given)
    downloading.require_any(engine.catalogue, identity)
    way = downloading.way_of(engine, given.way)
    with engine.acting(identity) as act:
        waiting = [run for run in download_runs.unfinished(act) if run.way == way.key] if given.resume else []
    source = downloading.open_source(engine, way.key, given.places or (waiting[0].places if waiting else ()))
    if way.needs_card:
        source.sign_in(_challenge_signer(engine, "什么也没有下载"))
    for run in waiting:
        output.downloaded(downloading.go_on(engine, identity, source, run.id, _untold))
    end = given.end or engine.clock().date()
    begin = given.begin or end - timedelta(days=31)
    kinds = given.kind or [kind.key for kind in downloading.allowed_kinds(engine.catalogue, identity)]
    found = downloading.look(engine, identity, source, kinds, begin, end, _untold)
    for what, why in found.problems:
        output.say(f"没有列出 {what}：{why}")
    if given.list or not found.offered:
        output.offered(found)
        return DONE
    with engine.acting(identity) as act:
        run_id = download_runs.begin_run(act, way, given.places, begin, end, found.offered)
    ended = downloading.go_on(engine, identity, source, run_id, _untold)
    output.downloaded(ended)
    return REFUSED if any(item.outcome == download_runs.REFUSED for item in ended.items) else DONE


def _pre_entry(home: Home, given: argparse.Namespace) -> int:
    engine, identity = signed_in(home, given)
    whole = pre_enter(engine, identity, given, lambda: _challenge_signer(engine, "什么也没有上传"))
    return DONE if whole else REFUSED


def _challenge_signer(engine: Engine, otherwise: str) -> ChallengeSigner:
    """Ask for the password of the card; it is only ever typed in."""
    signer = engine.known_card().signer()
    with engine.acting(SYSTEM) as act:
        sender = act.catalogue.sender(act.facts)
    pin = typed_pin("IC卡密码：", otherwise)
    return challenge_signer(lambda work: work(signer), pin, sender=sender)


def _untold(_text: str, _done: int, _total: int) -> None:
    """The command line shows results, not progress."""


def _check(home: Home, given: argparse.Namespace) -> int:
    engine, identity = signed_in(home, given)
    with engine.acting(identity) as act:
        found = checking.run_checks(act, given.code.upper())
    output.findings(found)
    count = 1 if given.code else len(checking.all_checks(engine.catalogue))
    output.print_line(f"检查 {count} 项，问题 {len(found)} 个")
    return REFUSED if found else DONE


def _describe(_home: Home, given: argparse.Namespace) -> int:
    from bondesk.areas.index import CATALOGUE

    output.describe(CATALOGUE, given.key)
    return DONE


def _rehearsal(home: Home, given: argparse.Namespace) -> int:
    engine, _identity = signed_in(home, given)
    shown, said = rehearse(engine, given)
    output.print_line(shown)
    if said:
        output.say(said)
    return DONE


_COMMANDS: dict[str, Callable[[Home, argparse.Namespace], int]] = {
    "download": _download,
    "pre-entry": _pre_entry,
    "update-codes": _update_codes,
    "update-program": _update_program,
    "init": _init,
    "demo": _demo,
    "training": _training,
    "template": _template,
    "import": _import,
    "list": _list,
    "export": _export,
    "run": _run,
    "audit": _move,
    "unaudit": _move,
    "send": _send,
    "card": _card,
    "receive": _receive,
    "rehearsal": _rehearsal,
    "report": _report,
    "explain": _explain,
    "check": _check,
    "describe": _describe,
}
