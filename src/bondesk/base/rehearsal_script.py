"""The script of the rehearsal customs as data: what is answered to messages of a kind, and how it arrives. Pure.

A trainer writes it on the screen, a test in code, an implementer in a file; the counterpart plays it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

APPROVE, MANUAL, REJECT, FAIL, INSPECT, AMEND = "approve", "manual", "reject", "fail", "inspect", "amend"
NOW, DELAY, ON_CALL, LOSE, TWICE = "now", "delay", "on_call", "lose", "twice"

#: What customs may answer, and what it means to the clerk.
ANSWERS: Mapping[str, str] = {
    APPROVE: "批准",
    MANUAL: "先转人工审核，再批准",
    REJECT: "退单",
    FAIL: "退回（入库失败）",
    INSPECT: "布控查验后放行",
    AMEND: "结关后删单",
}
#: How the receipts of customs arrive; the import response of the Single Window itself always comes at once.
DELIVERIES: Mapping[str, str] = {
    NOW: "立即送达",
    DELAY: "延迟送达",
    ON_CALL: "等教员放出",
    LOSE: "丢失（可补发）",
    TWICE: "重复送达",
}
#: Kinds of messages by code, in the order of the screen.
KINDS: Mapping[str, str] = {
    "INV101": "核注清单",
    "DEC": "报关单",
    "EMS111": "账册",
    "EML111": "手册",
    "EMS101": "企业资质",
    "EMS121": "账册报核",
    "EML121": "手册报核",
}
_KNOWN = {REJECT, FAIL, APPROVE, MANUAL}
_REASONED = {REJECT, FAIL}
LONGEST_DELAY, LONGEST_REASON, MOST_TIMES = 3600, 255, 999


@dataclass(frozen=True, slots=True)
class Order:
    """What happens to the next ``left`` messages of ``kind`` (None = to all): an answer and how it arrives.

    ``seconds`` belongs to a delay, ``reason`` to a refusal.
    """

    kind: str
    answer: str = APPROVE
    delivery: str = NOW
    seconds: int = 0
    reason: str = ""
    left: int | None = None

    @property
    def told(self) -> str:
        """Return the order in one Chinese sentence."""
        times = "每一份" if self.left is None else f"接下来 {self.left} 份"
        reason = f"（{self.reason}）" if self.reason and self.answer in _REASONED else ""
        arrives = f"延迟 {self.seconds} 秒送达" if self.delivery == DELAY else DELIVERIES[self.delivery]
        return f"{times}{KINDS[self.kind]}：{ANSWERS[self.answer]}{reason}，回执{arrives}"


def answers_of(kind: str) -> tuple[str, ...]:
    """Return the answers customs has for a kind of message: goods are inspected and deleted on declarations."""
    more = {INSPECT, AMEND} if kind == "DEC" else set()
    return tuple(answer for answer in ANSWERS if answer in _KNOWN | more)


def needs_reason(answer: str) -> bool:
    """Tell whether an answer says why."""
    return answer in _REASONED


def problems_of_order(order: Order) -> list[str]:
    """Return what is wrong with an order, in Chinese; empty when it can be played."""
    if order.kind not in KINDS:
        return [f"不认识的单据“{order.kind}”，应为：{'、'.join(KINDS)}"]
    wrong = []
    if order.answer not in answers_of(order.kind):
        wrong.append(f"{KINDS[order.kind]}没有“{ANSWERS.get(order.answer, order.answer)}”这种答复")
    if order.delivery not in DELIVERIES:
        wrong.append(f"不认识的送达方式“{order.delivery}”，应为：{'、'.join(DELIVERIES)}")
    if order.delivery == DELAY and not 1 <= order.seconds <= LONGEST_DELAY:
        wrong.append(f"延迟须为1至{LONGEST_DELAY}秒")
    if order.answer in _REASONED and not order.reason.strip():
        wrong.append(f"“{ANSWERS[order.answer]}”须写明原因")
    if len(order.reason) > LONGEST_REASON:
        wrong.append(f"原因不能超过{LONGEST_REASON}个字")
    if order.left is not None and not 1 <= order.left <= MOST_TIMES:
        wrong.append(f"份数须为1至{MOST_TIMES}")
    return wrong


def next_order(orders: Sequence[Order], kind: str) -> Order:
    """Return what is ordered for the next message of ``kind``, approval at once when nothing is."""
    return next((one for one in orders if one.kind == kind), Order(kind))


def after_playing(orders: Sequence[Order], played: Order) -> tuple[Order, ...]:
    """Return the script once ``played`` was played: one time less, gone with the last."""
    found = []
    for place, one in enumerate(orders):
        if one != played or one.left is None:
            found.append(one)
            continue
        if one.left > 1:
            found.append(replace(one, left=one.left - 1))
        return (*found, *orders[place + 1 :])
    return tuple(found)


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """Receipts that have not arrived: of which message, when they will (None = when let go), or that they are lost."""

    key: str
    kind: str
    number: str
    due: datetime | None = None
    lost: bool = False


class RehearsalDesk(Protocol):
    """The counterpart's trainer side. Every method raises ``Refused`` (REH-01) on a folder not marked as rehearsal."""

    def script(self) -> tuple[Order, ...]:
        """Return the script; ``Refused`` (REH-02) when its file cannot be read."""

    def keep_script(self, orders: Sequence[Order]) -> None:
        """Take a new script over; ``Refused`` (REH-02) says what is wrong with an order."""

    def held(self) -> Sequence[HeldAnswer]:
        """Return what has not arrived, oldest first."""

    def let_go(self, keys: Sequence[str] = ()) -> int:
        """Let held receipts arrive (all that are not lost, or those named, lost ones too); return how many messages."""
