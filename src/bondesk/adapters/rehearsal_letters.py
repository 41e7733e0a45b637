"""The script of the rehearsal customs in its folder, and the receipts it holds back, loses or sends twice.

Both lie beside the client's folders in files of their own, each written in one rename, so that another program on
the same folder plays the same script.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock

from bondesk.base.errors import Refused
from bondesk.base.findings import error
from bondesk.base.rehearsal_script import (
    AMEND,
    APPROVE,
    DELAY,
    INSPECT,
    LOSE,
    MANUAL,
    NOW,
    ON_CALL,
    TWICE,
    HeldAnswer,
    Order,
    after_playing,
    next_order,
    problems_of_order,
)

MARKER = "演练.bondesk"
SCRIPT, HELD, HELD_FOLDER = "演练脚本.json", "rehearsal_held.json", "RehearsalHeld"


def is_rehearsal(root: Path) -> bool:
    """Tell whether a client folder is marked as rehearsal."""
    return (root / MARKER).is_file()


def require_rehearsal(root: Path) -> None:
    """Refuse (REH-01) a folder that is not marked."""
    if not is_rehearsal(root):
        raise Refused(f"目录 {root} 不是演练目录（没有 {MARKER}），演练海关拒绝运行", "REH-01")


@dataclass(frozen=True, slots=True)
class Turn:
    """The turn of one message: what is ordered for it (by the script, if ``scripted``), and where it came from.

    One that was only ``kept`` at the Single Window (暂存) is answered by customs once the trainer lets it: that is when
    somebody has declared it there.
    """

    order: Order
    form: Path
    stem: str
    scripted: bool
    kept: bool = False

    @property
    def delivery(self) -> str:
        """Return how the receipts of customs arrive."""
        return ON_CALL if self.kept and self.order.delivery in {NOW, TWICE} else self.order.delivery

    @property
    def later(self) -> Path:
        """Return the folder of what customs itself answers."""
        return self.form / "InBox" if self.delivery == NOW else self.form / HELD_FOLDER / self.stem

    @property
    def manual(self) -> bool:
        """Tell whether customs looks at the message by hand first."""
        return self.order.answer == MANUAL and not self.kept

    @property
    def refusal(self) -> str:
        """Return why the message is refused, "" when it is not."""
        return "" if self.order.answer in {APPROVE, MANUAL, INSPECT, AMEND} else self.order.reason


class Letters:
    """The :class:`bondesk.base.rehearsal_script.RehearsalDesk` of one folder."""

    def __init__(self, root: Path, clock: Callable[[], datetime] = datetime.now) -> None:
        """Work in the client's ``root``; delays are counted by ``clock``."""
        self._root, self._clock = root, clock

    def locked(self) -> AbstractContextManager[Any]:
        """Keep every other program on this folder out; ``Refused`` (REH-01) when the folder is not marked."""
        require_rehearsal(self._root)
        return FileLock(self._root / ".rehearsal.lock", timeout=30)

    def script(self) -> tuple[Order, ...]:
        """Return the script."""
        require_rehearsal(self._root)
        path = self._root / SCRIPT
        try:
            orders = tuple(_order_of(one) for one in json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return ()
        except (ValueError, TypeError, OSError) as problem:
            raise Refused(
                f"演练脚本 {path} 读不出来，请在「演练海关」中重新保存或删除它：{problem}", "REH-02"
            ) from None
        _require_playable(orders)
        return orders

    def keep_script(self, orders: Sequence[Order]) -> None:
        """Take a new script over."""
        _require_playable(orders)
        with self.locked():
            self._write(SCRIPT, [asdict(one) for one in orders])

    def turn(self, form: Path, stem: str, kind: str, *, kept: bool = False) -> Turn:
        """Return the turn of a message, ``kept`` when it is 暂存; nothing is played yet."""
        script = self.script()
        order = next_order(script, kind)
        return Turn(order, form, stem, order in script, kept)

    def play(self, turn: Turn, number: str) -> None:
        """Deliver what was written in a turn as its order says, and strike the order."""
        order = turn.order
        if turn.delivery == TWICE:
            self._deliver_twice(turn)
        elif turn.delivery != NOW and turn.later.is_dir():
            due = self._clock() + timedelta(seconds=order.seconds) if turn.delivery == DELAY else None
            told: dict[str, Any] = {"kind": order.kind, "number": number, "due": due.isoformat() if due else ""}
            told |= {"form": turn.form.name, "lost": turn.delivery == LOSE}
            self._write(HELD, self._read_held() | {turn.stem: told})
        if turn.scripted:
            self._write(SCRIPT, [asdict(one) for one in after_playing(self.script(), order)])

    @staticmethod
    def _deliver_twice(turn: Turn) -> None:
        for path in sorted(turn.later.iterdir()) if turn.later.is_dir() else ():
            again = turn.form / "InBox" / f"{path.stem}2{path.suffix}"
            shutil.copyfile(path, again.with_suffix(".tmp"))
            os.replace(again.with_suffix(".tmp"), again)
            os.replace(path, turn.form / "InBox" / path.name)
        shutil.rmtree(turn.later, ignore_errors=True)

    def held(self) -> Sequence[HeldAnswer]:
        """Return what has not arrived."""
        require_rehearsal(self._root)
        return [_held_of(stem, one) for stem, one in self._read_held().items()]

    def let_go(self, keys: Sequence[str] = ()) -> int:
        """Let held receipts arrive."""
        with self.locked():
            return self._release([one.key for one in self.held() if (one.key in keys if keys else not one.lost)])

    def release_due(self) -> int:
        """Let arrive what is due; called with the lock held."""
        return self._release([one.key for one in self.held() if one.due is not None and one.due <= self._clock()])

    def _release(self, stems: Sequence[str]) -> int:
        kept = self._read_held()
        for stem in stems:
            form = self._root / kept[stem]["form"]
            for path in sorted((form / HELD_FOLDER / stem).glob("*.xml")):
                os.replace(path, form / "InBox" / path.name)
            shutil.rmtree(form / HELD_FOLDER / stem, ignore_errors=True)
            del kept[stem]
        if stems:
            self._write(HELD, kept)
        return len(stems)

    def _read_held(self) -> dict[str, Any]:
        path = self._root / HELD
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return kept

    def _write(self, name: str, value: Any) -> None:
        fresh = self._root / f"{name}.new"
        fresh.write_text(json.dumps(value, ensure_ascii=False, indent=2), encoding="utf-8")
        os.replace(fresh, self._root / name)


def _order_of(written: Any) -> Order:
    order = Order(**written)
    texts = (order.kind, order.answer, order.delivery, order.reason)
    whole = (order.seconds, 0 if order.left is None else order.left)
    if any(type(one) is not str for one in texts) or any(type(one) is not int for one in whole):
        raise TypeError(f"值的类型不对：{written}")
    return order


def _held_of(stem: str, told: dict[str, Any]) -> HeldAnswer:
    due = datetime.fromisoformat(told["due"]) if told["due"] else None
    return HeldAnswer(stem, told["kind"], told["number"], due, told["lost"])


def _require_playable(orders: Sequence[Order]) -> None:
    told = [(place, text) for place, one in enumerate(orders, 1) for text in problems_of_order(one)]
    found = [error("REH-02", f"第 {place} 条：{text}") for place, text in told]
    if found:
        raise Refused(found)
