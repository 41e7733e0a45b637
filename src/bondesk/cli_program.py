"""客户端程序更新 on the command line: look, download, install, go back; nobody signs in, the signature is trusted."""

from __future__ import annotations

import argparse
from typing import Any

from bondesk import cli_output as output
from bondesk.base.errors import Refused
from bondesk.base.program_release import ProgramUpdates


def add_program(verbs: Any) -> None:
    """Add the command to the parser's verbs."""
    sub = verbs.add_parser("update-program", help="客户端程序更新：下载并安装新版本")
    way = sub.add_mutually_exclusive_group()
    way.add_argument("--check", action="store_true", help="只查看有没有新版本")
    way.add_argument("--back", action="store_true", help="回到更新以前的版本")


def update_program(updates: ProgramUpdates, given: argparse.Namespace) -> None:
    """Do what is asked; ``Refused`` PROG-07 when there is nothing newer to install."""
    if given.back:
        output.print_line(f"下次启动时运行：{updates.back()}")
        output.say("数据结构已由新版本升级的，请先从数据目录的 backups 中恢复升级前的备份")
        return
    waiting = updates.downloaded()
    release = updates.newer() if waiting is None or given.check else waiting
    if release is None:
        output.print_line("没有新版本")
        return
    output.print_line(f"新版本\t{release.version}\t{release.published}\t{release.notes}".rstrip())
    if given.check:
        return
    if waiting is None:
        updates.download(release, _untold)
    installed = updates.install(_untold)
    output.print_line(f"已安装\t{installed.version}")
    output.say("下次启动时运行新版本；首次登录时升级数据结构，升级前自动备份")


def refuse_training(training: bool) -> None:
    """Refuse to update from within 练习, which runs the program of the real data."""
    if training:
        raise Refused("练习模式使用正式数据目录的程序，请在那里更新", "PROG-06")


def _untold(_done: int, _total: int) -> None:
    """The command line shows results, not progress."""
