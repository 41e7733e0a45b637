"""导出日志校验点 and 核对校验点: a small file kept elsewhere shows what the database alone cannot.

Whoever may write the database can cut the end of the log off and mend the head row; a count and a hash that
were carried away before tell of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bondesk.areas.setup.company import company_of
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.facts import Work
from bondesk.base.file_words import reason_of
from bondesk.base.log_chain import START, Verdict, hash_at, verify
from bondesk.base.operation_log import LogHead
from bondesk.base.options import option
from bondesk.base.steps import Outcome, Progress, Script, Steps, Table

_KIND = "bondesk-log-checkpoint"


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """Where the checkpoint lies."""

    file: str = option("校验点文件", "", help="完整路径；导出时可只填文件夹，文件名按日期取")


def export_checkpoint(work: Work, options: CheckpointFile, _selected: Sequence[int]) -> Steps:
    """Check the whole chain, then write how long it is, how it ends and when."""
    yield Progress(0, 2, "核对操作日志")
    verdict = verify(work.session, work.company_id)
    _require_whole(verdict)
    yield Progress(1, 2, "写出校验点")
    target = _target(options.file, work.now())
    content = {
        "kind": _KIND,
        "company_id": work.company_id,
        "company": company_of(work.facts).name or "",
        "count": verdict.count,
        "hash": verdict.hash,
        "at": work.now().isoformat(),
    }
    try:
        partial = target.with_name(f"{target.name}.part")
        partial.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        os.replace(partial, target)
    except OSError as problem:
        raise OutsideFailure(f"校验点文件 {target} 写不进去：{reason_of(problem)}") from problem
    return Outcome(f"已写出日志校验点：{verdict.count} 条，文件 {target}。请另存到本机以外", tables=(_table(content),))


def compare_checkpoint(work: Work, options: CheckpointFile, _selected: Sequence[int]) -> Steps:
    """Refuse (LOG-01) when the chain does not hold, or is not the one the checkpoint was taken of (LOG-02)."""
    yield Progress(0, 2, "读取校验点")
    kept = _read(options.file)
    if kept["company_id"] != work.company_id:
        raise Refused(f"校验点属于另一家企业（{kept.get('company', '')}）", "LOG-03")
    yield Progress(1, 2, "核对操作日志")
    verdict = verify(work.session, work.company_id)
    _require_whole(verdict)
    count, taken = kept["count"], str(kept["at"]).replace("T", " ")
    if verdict.count < count:
        text = f"校验点（{taken}）时有 {count} 条操作日志，现在只有 {verdict.count} 条：末尾的记录被删除"
        raise Refused(text, "LOG-02")
    if hash_at(work.session, work.company_id, count) != kept["hash"]:
        raise Refused(f"前 {count} 条操作日志与校验点（{taken}）不同：日志被改写过", "LOG-02")
    head = work.session.get(LogHead, work.company_id)
    now = {"count": verdict.count, "hash": head.hash if head else START, "at": work.now().isoformat()}
    text = f"操作日志完整：与 {taken} 的校验点（{count} 条）一致，此后增加 {verdict.count - count} 条"
    return Outcome(text, tables=(_table(kept | now),))


def _require_whole(verdict: Verdict) -> None:
    if verdict.broken is not None:
        raise Refused(verdict.reason, "LOG-01")


def _target(given: str, now: datetime) -> Path:
    if not given.strip():
        raise Refused("请填写校验点文件的路径", "LOG-03")
    path = Path(given.strip()).expanduser()
    return path / f"日志校验点_{now:%Y%m%d_%H%M%S}.json" if path.is_dir() else path


def _read(given: str) -> dict[str, Any]:
    if not given.strip():
        raise Refused("请填写校验点文件的路径", "LOG-03")
    path = Path(given.strip()).expanduser()
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise OutsideFailure(f"校验点文件 {path} 读不出来：{reason_of(problem)}") from problem
    except ValueError:
        kept = None
    fits = isinstance(kept, dict) and kept.get("kind") == _KIND and isinstance(kept.get("count"), int)
    if not fits or not isinstance(kept.get("hash"), str) or "at" not in kept or "company_id" not in kept:
        raise Refused(f"{path.name} 不是日志校验点文件", "LOG-03")
    found: dict[str, Any] = kept
    return found


def _table(content: dict[str, Any]) -> Table:
    shown = (("条数", content["count"]), ("时间", content["at"].replace("T", " ")), ("结尾散列值", content["hash"]))
    return Table("日志校验点", ("项目", "内容"), shown)


EXPORT_CHECKPOINT = Script(
    key="export_log_checkpoint",
    title="导出日志校验点",
    document="operation_log",
    run=export_checkpoint,
    options=CheckpointFile,
    help="把操作日志的条数与结尾散列值写成小文件；定期导出并存到别处，日志末尾被删除时才看得出。",
)
COMPARE_CHECKPOINT = Script(
    key="compare_log_checkpoint",
    title="核对校验点",
    document="operation_log",
    run=compare_checkpoint,
    options=CheckpointFile,
    help="核对全部操作日志，并与以前导出的校验点比较。",
)
