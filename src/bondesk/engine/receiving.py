"""The inbox: every file is known by its hash, applied once, in any order, or quarantined with a reason.

The content decides what a file is, not its name; only a failure of the client itself, which names no
document inside, is found by the stem of what was handed over. Files are taken in batches, each one transaction. A
file is moved out of the InBox only after its transaction is committed, so a crash in between means that it is seen
again and does nothing. What finds no document is tried once more behind all others, for receipts come in any order.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from bondesk.base.batches import batches
from bondesk.base.errors import Disconnected, OutsideFailure, Refused
from bondesk.base.identity import Identity
from bondesk.base.steps import Cancelled
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine
from bondesk.engine.linking import link_waiting
from bondesk.engine.ports import Arrival, Gateway
from bondesk.engine.receipt_applying import Opened, opened
from bondesk.engine.receipt_batch import AGAIN, Batch, quarantine, take_again, take_in, waiting_unknown
from bondesk.engine.tables import ReceiptFile

_log = logging.getLogger(__name__)
#: Files, and bytes, taken in one transaction: short enough for others to write in between.
BATCH, BATCH_BYTES = 100, 8 << 20
#: ``tell(done, total)``; may raise :class:`Cancelled` to stop between two batches.
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Received:
    """How many receipts told something new, what they said, how many files lie in quarantine.

    ``problems`` say which InBox could not be read or which file was left for the next time; ``taken`` counts the
    files dealt with, ``stopped`` that the user stopped before the end. ``changed`` names the document types touched,
    ``unclaimed`` counts the files that have come to lie in quarantine just now.
    """

    applied: int
    sentences: tuple[str, ...]
    quarantined: int
    problems: tuple[str, ...] = ()
    taken: int = 0
    stopped: bool = False
    changed: frozenset[str] = frozenset()
    unclaimed: int = 0


def receive(
    engine: Engine, identity: Identity, tell: Tell = lambda _done, _total: None, *, again: bool = True
) -> Received:
    """Apply every waiting receipt; ``again`` tries what was quarantined for want of its document once more.

    ``OutsideFailure`` when no folder is set up or nothing but failing folders was found.
    """
    gateway = engine.known_gateway()
    with engine.acting(identity) as act:
        act.require_exchange()
        before = quarantined(act)
    if engine.counterpart is not None:
        engine.counterpart()
    found = gateway.arrivals()
    if found.problems and not found.files:
        raise OutsideFailure("\n".join(found.problems))
    run = _Run(engine, identity, gateway, list(found.problems))
    stopped = False
    try:
        run.take_all(found.files, tell)
        if again or run.sentences:
            run.try_quarantined()
    except Cancelled:
        stopped = True
    with engine.acting(identity) as act:
        left = quarantined(act)
        if run.taken:
            link_waiting(act)
    return Received(
        len(run.sentences),
        tuple(run.sentences),
        left,
        tuple(dict.fromkeys(run.problems)),
        run.taken,
        stopped,
        frozenset(run.changed),
        max(0, left - before),
    )


def quarantined(act: Act) -> int:
    """Return how many receipts wait to be claimed."""
    mine = select(func.count()).select_from(ReceiptFile).where(ReceiptFile.company_id == act.company_id)
    return act.session.scalar(mine.where(ReceiptFile.state == "quarantined")) or 0


def _is_receipt(arrival: Arrival) -> bool:
    """Put import responses first, by their names: they teach the 统一编号. Nothing but speed hangs on it."""
    return arrival.name.startswith("Receipt")


class _Run:
    """One taking of receipts."""

    def __init__(self, engine: Engine, identity: Identity, gateway: Gateway, problems: list[str]) -> None:
        self._engine, self._identity, self._gateway = engine, identity, gateway
        self.problems = problems
        self.sentences: list[str] = []
        self.changed: set[str] = set()
        self.taken = 0

    def take_all(self, files: Sequence[Arrival], tell: Tell) -> None:
        """Take every complete file; then those that found no document, as long as that helps."""
        looked, waiting = 0, []
        tell(0, len(files))
        for batch, looked_now in self._batches(sorted(files, key=_is_receipt)):
            waiting += self._take(batch, last=False)
            looked += looked_now
            tell(looked - len(waiting), len(files))
        while waiting:
            left: list[Opened] = []
            for start in range(0, len(waiting), BATCH):
                left += self._take(waiting[start : start + BATCH], last=False)
                tell(looked - len(waiting) + start, len(files))
            if len(left) == len(waiting):
                break
            waiting = left
        for some in batches(waiting, BATCH):
            self._take(some, last=True)
        tell(len(files), len(files))

    def _batches(self, files: Sequence[Arrival]) -> Iterator[tuple[list[Opened], int]]:
        """Give the complete files with how many were looked at for them."""
        batch: list[Opened] = []
        looked = size = 0
        for arrival in files:
            looked += 1
            content = self._gateway.read(arrival)
            if content is None:
                continue
            batch.append(opened(self._engine, arrival, content))
            size += len(content)
            if len(batch) >= BATCH or size >= BATCH_BYTES:
                yield batch, looked
                batch, looked, size = [], 0, 0
        yield batch, looked

    def _take(self, batch: Sequence[Opened], *, last: bool) -> list[Opened]:
        """Take a batch in one transaction, one by one when that fails; return what found no document."""
        if not batch:
            return []
        try:
            with self._engine.acting(self._identity) as act:
                act.require_exchange()
                done = take_in(act, self._engine, batch, last)
        except Disconnected:
            raise
        except Exception as problem:
            if len(batch) > 1:
                return [left for one in batch for left in self._take([one], last=last)]
            self._leave(batch[0], problem)
            return []
        self._note(done)
        for arrival, state in done.settled:
            self._settle(arrival, quarantine=state == "quarantined")
        return done.waiting

    def _note(self, done: Batch) -> None:
        self.sentences += done.sentences
        self.changed |= set(done.touched)
        self.taken += len(done.settled)

    def _settle(self, arrival: Arrival, *, quarantine: bool) -> None:
        """Move a file away; where that is impossible it stays, and being known it does nothing the next time."""
        try:
            self._gateway.settle(arrival, quarantine)
        except OutsideFailure as problem:
            self.problems.append(str(problem))

    def _leave(self, one: Opened, problem: Exception) -> None:
        """Put a receipt that cannot be applied aside; what may be mended by waiting is left for the next time."""
        name = one.arrival.name
        passing = isinstance(problem, OutsideFailure) or (
            isinstance(problem, Refused) and any(finding.code == "CONFLICT" for finding in problem.findings)
        )
        if passing:
            self.problems.append(f"回执 {name} 暂时没有处理，下次再试：{problem}")
            return
        _log.error("receipt %s could not be applied", name, exc_info=problem)
        if isinstance(problem, Refused):
            reason = "；".join(finding.text for finding in problem.findings)
        else:
            reason = "处理时程序出错，详情已写入日志；可稍后重新读取或手工挂接"
        with self._engine.acting(self._identity) as act:
            quarantine(act, one, reason)
        self.taken += 1
        self._settle(one.arrival, quarantine=True)

    def try_quarantined(self) -> None:
        """Try the quarantined receipts again until none finds its document any more."""
        helped = True
        while helped:
            helped, after = False, 0
            while True:
                with self._engine.acting(self._identity) as act:
                    rows = waiting_unknown(act, after)
                    done = take_again(act, self._engine, rows)
                    claimed = [(row.folder, row.file_name) for row in rows if row.state == "applied"]
                self._note(done)
                for folder, name in claimed:
                    self._refile(folder, name)
                helped = helped or bool(claimed)
                if len(rows) < AGAIN:
                    break
                after = rows[-1].id

    def _refile(self, folder: str, name: str) -> None:
        try:
            self._gateway.refile(folder, name)
        except OutsideFailure as problem:
            self.problems.append(str(problem))
