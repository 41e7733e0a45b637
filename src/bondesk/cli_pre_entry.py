"""数据预录入 on the command line: what is ready is listed, or uploaded; what may have arrived before wants --again."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from bondesk import cli_output as output
from bondesk.base.errors import WrongCall
from bondesk.base.identity import Identity
from bondesk.engine import pre_entering, pre_entry_choice, records
from bondesk.engine.download_port import ChallengeSigner
from bondesk.engine.engine import Engine
from bondesk.engine.pre_entry_book import REFUSED


def add_pre_entry(verbs: Any) -> None:
    """Add the command to the parser's verbs."""
    sub = verbs.add_parser("pre-entry", help="数据预录入：上传没有标准报文、或接口不可用时的单据")
    sub.add_argument("way", help="方式：package 为资料包目录")
    sub.add_argument("key", nargs="?", default="", help="单证类型；不给则为没有标准报文的各类")
    sub.add_argument("numbers", nargs="*", help="单据编号；不给则为全部已审核的")
    sub.add_argument("--list", action="store_true", help="只列出，不上传")
    sub.add_argument("--interface-down", action="store_true", help="报文接口不可用：有标准报文的也预录入")
    sub.add_argument("--again", action="store_true", help="曾经上传过的再次上传")


def pre_enter(
    engine: Engine, identity: Identity, given: argparse.Namespace, card: Callable[[], ChallengeSigner]
) -> bool:
    """List or upload what is asked; False when something was not taken."""
    pre_entry_choice.require_any(engine.catalogue, identity)
    way = pre_entry_choice.way_of(engine, given.way)
    with engine.acting(identity) as act:
        if given.key:
            act.require(engine.catalogue.document(given.key), "send")
        freely = [one.key for one in pre_entry_choice.kinds(act.catalogue, identity) if one.freely]
        found = pre_entry_choice.candidates(act, [given.key] if given.key else freely)
        chosen = [(one.document_key, one.document_id) for one in found if not one.why_not]
        if given.numbers:
            document = engine.catalogue.document(given.key)
            chosen = [(document.key, records.load_numbered(act, document, one).id) for one in given.numbers]
    if given.list:
        for one in found:
            print_row(one.document_key, one.number, one.state, one.why_not or one.before)
        output.say(f"可预录入 {len(chosen)} 份")
        return True
    if not chosen:
        raise WrongCall("没有已审核、可以预录入的单据")
    source = way.open()
    if way.needs_card:
        source.sign_in(card())
    result = pre_entering.upload(
        engine, identity, source, way, chosen, _untold, despite=given.interface_down, again=given.again
    )
    for entry in result.entries:
        print_row(entry.document_key, entry.document_no, entry.word, entry.number, entry.reason or entry.place)
    output.say(f"上传完成：{result.counts}")
    return not any(entry.state == REFUSED for entry in result.entries)


def print_row(*cells: str) -> None:
    """Print one tab-separated row."""
    output.print_line("\t".join(cells).rstrip())


def _untold(_text: str, _done: int, _total: int) -> None:
    """The command line shows results, not progress."""
