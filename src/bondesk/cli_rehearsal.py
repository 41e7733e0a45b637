"""The rehearsal customs on the command line: its script shown, replaced or emptied, and held receipts let go."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.file_words import reason_of
from bondesk.base.rehearsal_script import Order, RehearsalDesk
from bondesk.engine.engine import Engine


def add_rehearsal(verbs: Any) -> None:
    """Add the command to the parser's verbs."""
    sub = verbs.add_parser("rehearsal", help="演练海关的脚本与未送达的回执")
    sub.add_argument("--file", type=Path, help="换成此文件中的脚本（JSON）")
    sub.add_argument("--clear", action="store_true", help="清空脚本")
    sub.add_argument("--release", nargs="*", metavar="NUMBER", help="放出回执；给出单据编号则只放出（或补发）这些")


def rehearse(engine: Engine, given: argparse.Namespace) -> tuple[str, str]:
    """Do what is asked; return (the script and what is held as JSON, what was done in a sentence).

    ``Refused`` REH-01 where no rehearsal customs stands behind the folder.
    """
    desk = engine.rehearsal
    if desk is None:
        raise Refused("客户端目录没有演练标记，这里没有演练海关", "REH-01")
    said = []
    if given.file or given.clear:
        desk.keep_script(_read(given.file) if given.file else ())
        said.append("脚本已保存")
    if given.release is not None:
        said.append(f"已放出 {_let_go(desk, given.release)} 份单据的回执")
    held = [asdict(one) | {"due": one.due.isoformat() if one.due else ""} for one in desk.held()]
    told = {"orders": [asdict(one) for one in desk.script()], "held": held}
    return json.dumps(told, ensure_ascii=False, indent=2), "；".join(said)


def _let_go(desk: RehearsalDesk, numbers: list[str]) -> int:
    if not numbers:
        return desk.let_go()
    keys = [one.key for one in desk.held() if one.number in numbers]
    if missing := [number for number in numbers if number not in {one.number for one in desk.held()}]:
        raise WrongCall(f"没有未送达的回执：{'、'.join(missing)}")
    return desk.let_go(keys)


def _read(path: Path) -> tuple[Order, ...]:
    try:
        return tuple(Order(**one) for one in json.loads(path.read_text(encoding="utf-8")))
    except OSError as problem:
        raise OutsideFailure(f"脚本 {path} 读不出来：{reason_of(problem)}") from problem
    except (ValueError, TypeError) as problem:
        raise WrongCall(f"脚本 {path} 应是一个列表，每条写明 kind、answer、delivery：{problem}") from problem
