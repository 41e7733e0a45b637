"""The IC card on the command line: what is in the reader, and signing with a password that is only ever typed in.

The password comes from the keyboard, unseen, or as the one line of standard input; there is no argument and no
environment variable for it, because both can be read by others.
"""

from __future__ import annotations

import getpass
import sys

from bondesk import cli_output as output
from bondesk.base.errors import WrongCall
from bondesk.base.identity import Identity
from bondesk.engine import message_signing, sending
from bondesk.engine.card_port import CardInfo, Pin, PinStatus
from bondesk.engine.engine import Engine
from bondesk.engine.sending import HandedOver

_HOW = "IC卡密码只从键盘（不显示）或标准输入的一行读取，不能写在命令行或环境变量中"


def show_card(engine: Engine, identity: Identity) -> None:
    """Print whose card is in; a ``CardFailure`` says what is wrong and what to do."""
    signer = engine.known_card().signer()
    try:
        for slot in signer.slots():
            output.say(f"读卡器 {slot.reader}")
        info, status = message_signing.fitting(engine, identity, signer)
    finally:
        signer.close()
    for label, text in _facts(info, status):
        output.print_line(f"{label}\t{text}")
    if warning := info.warning(message_signing.utc_now()):
        output.say(warning)


def _facts(info: CardInfo, status: PinStatus) -> list[tuple[str, str]]:
    tries = "已锁定" if status.blocked else "" if status.tries_left is None else f"还可尝试 {status.tries_left} 次"
    return [
        ("持卡人", info.holder),
        ("单位", f"{info.company} {info.company_code}".strip()),
        ("IC卡号", info.card_number),
        ("证书号", info.certificate_number),
        ("有效期至", f"{info.not_after:%Y-%m-%d}"),
        ("签名算法", info.algorithm),
        ("密码", tries),
    ]


def sign_and_hand_over(engine: Engine, identity: Identity, before: HandedOver) -> HandedOver:
    """Sign what hand-over left behind, then hand it over; what kept the rest is among the problems."""
    output.say(f"{before.unsigned} 份报文等待本机IC卡签名。{_HOW}")
    signer = engine.known_card().signer()
    try:
        info, status = message_signing.fitting(engine, identity, signer)
    finally:
        signer.close()
    if warning := info.warning(message_signing.utc_now()):
        output.say(warning)
    left = "" if status.tries_left is None else f"，还可尝试 {status.tries_left} 次"
    pin = typed_pin(f"{info.holder} {info.card_number} 的IC卡密码{left}：", "未签名的报文仍在发件箱中")
    signed = message_signing.sign_waiting(engine, identity, signer, pin)
    output.print_line(signed.text)
    after = sending.hand_over(engine, identity) if signed.numbers else before
    problems = [*before.problems, *signed.problems, *([str(signed.stopped)] if signed.stopped else [])]
    handed = before.handed + (after.handed if signed.numbers else 0)
    problems += after.problems if signed.numbers else ()
    return HandedOver(handed, tuple(dict.fromkeys(problems)), after.unsigned)


def typed_pin(question: str, otherwise: str) -> Pin:
    """Ask for the password; ``WrongCall`` when there is nobody to answer, with what is the case ``otherwise``."""
    if sys.stdin.isatty():
        typed = getpass.getpass(question)
    else:
        output.say(question)
        typed = sys.stdin.readline().rstrip("\r\n")
    if not typed:
        raise WrongCall(f"没有输入IC卡密码，{otherwise}。{_HOW}")
    return Pin(typed)
