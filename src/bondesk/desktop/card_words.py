"""What the screens say of the card: a word for the status bar, and everything known of it as labelled texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bondesk.engine.card_failures import (
    CardBusy,
    CardFailure,
    CardReset,
    NoReader,
    ReaderSoftwareMissing,
    ServiceUnavailable,
    UnsupportedCard,
)
from bondesk.engine.card_port import CHINA, CardInfo, PinStatus, Slot
from bondesk.engine.card_worker import CardState

#: Failures as the few signs the status bar has room for, the particular before the general.
_SHORT: tuple[tuple[type[CardFailure], str], ...] = (
    (ReaderSoftwareMissing, "没有读卡组件"),
    (ServiceUnavailable, "读卡服务未运行"),
    (NoReader, "没有读卡器"),
    (UnsupportedCard, "卡不能识别"),
    (CardBusy, "卡被其他程序占用"),
    (CardReset, "卡没有响应，请拔插"),
)
DRIVERS = {
    "piv": "PIV 卡（PC/SC 读卡器）",
    "cac": "CAC 卡（PC/SC 读卡器）",
    "iso7816": "ISO 7816-8 卡（PC/SC 读卡器）",
    "eport": "电子口岸卡控件（本机服务）",
}


def in_short(state: CardState | None, at: datetime) -> tuple[str, str]:
    """Return what the status bar says, and in which tone."""
    if state is None:
        return "IC卡：正在检测…", "muted"
    if state.info is not None:
        return _card_in_short(state.info, state.pin, at)
    if state.failure is not None:
        word = next((word for kind, word in _SHORT if isinstance(state.failure, kind)), "读卡出错")
        quiet = isinstance(state.failure, ServiceUnavailable | NoReader)
        return f"IC卡：{word}", "muted" if quiet else "warn"
    return ("IC卡：未插卡" if state.slots else "IC卡：没有读卡器"), "muted"


def _card_in_short(info: CardInfo, pin: PinStatus | None, at: datetime) -> tuple[str, str]:
    name = info.holder or info.card_number or "已插卡"
    if pin is not None and pin.blocked:
        return f"IC卡：{name}（已锁定）", "bad"
    text, tone = validity(info, at)
    if tone == "good":
        return f"IC卡：{name}", "good"
    return f"IC卡：{name}（证书{text}）", tone


def reader(slot: Slot) -> str:
    """Name a reader and say whether a card is in it, where that shows."""
    return DRIVERS["eport"] if slot.asked else f"{slot.reader}（{'有卡' if slot.present else '空'}）"


def validity(info: CardInfo, at: datetime) -> tuple[str, str]:
    """Say how long the certificate holds, and in which tone."""
    if at > info.not_after:
        return "已过期", "bad"
    if at < info.not_before:
        return "尚未生效", "bad"
    days = info.days_left(at)
    return (f"还剩 {days} 天", "warn") if info.warning(at) else (f"有效，还剩 {days} 天", "good")


def tries(pin: PinStatus | None) -> tuple[str, str]:
    """Say how many tries the password has, and in which tone."""
    if pin is None:
        return "", "plain"
    if pin.blocked:
        return "已锁定，请到数据分中心解锁", "bad"
    if pin.tries_left is None:
        return "这张卡不提供剩余次数", "plain"
    if pin.last_try:
        return "只剩最后 1 次，再错卡将锁定", "bad"
    return f"还可尝试 {pin.tries_left} 次", "plain"


def facts(info: CardInfo, pin: PinStatus | None, at: datetime, wanted: str) -> Iterator[tuple[str, str, str, str]]:
    """Give (key, label, text, tone) of everything known of a card; ``wanted`` is the card number of the settings."""
    same = not wanted or wanted == info.card_number
    number = info.card_number or "卡未提供"
    if wanted:
        number += "（与参数设置一致）" if same else f"（与参数设置 {wanted} 不一致，不能签名）"
    state, tone = validity(info, at)
    ends = f"{_day(info.not_before)} 至 {_day(info.not_after)}，{state}"
    yield "holder", "持卡人", info.holder, "plain"
    yield "company", "单位", f"{info.company}　{info.company_code}".strip(), "plain"
    yield "number", "IC卡号", number, "plain" if same else "bad"
    yield "certificate", "证书号", info.certificate_number, "plain"
    yield "validity", "证书有效期", ends, "plain" if tone == "good" else tone
    yield "tries", "IC卡密码", *tries(pin)
    yield "algorithm", "签名算法", info.algorithm, "plain"
    yield "driver", "读卡方式", DRIVERS.get(info.driver, info.driver), "plain"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d}"


def what_to_do(state: CardState | None) -> str:
    """Say what is wrong and what to do, "" when a card can be used."""
    if state is None or state.info is not None:
        return ""
    if state.failure is not None:
        return str(state.failure)
    return str(NoReader()) if not state.slots else "读卡器里没有IC卡。请插入操作员IC卡，几秒钟内会自动识别。"
