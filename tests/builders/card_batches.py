"""A batch of plain texts signed one after the other, as the engine signs messages: the first failure ends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bondesk.engine.card_failures import CardFailure
from bondesk.engine.card_port import CardSigner, Pin, Signature


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch came to: the signatures in the order of the contents, and what stopped it, if anything."""

    total: int
    signatures: tuple[Signature, ...]
    stopped: CardFailure | None = None
    cancelled: bool = False

    @property
    def text(self) -> str:
        """Say how far it came."""
        done = f"共 {self.total} 份，已签名 {len(self.signatures)} 份"
        if self.stopped is not None:
            return f"{done}，其余未签名、未发送：{self.stopped}"
        return f"{done}，其余已按要求停止" if self.cancelled else done


def sign_batch(
    signer: CardSigner,
    contents: Sequence[bytes],
    pin: Pin,
    *,
    reader: str = "",
    last_try: bool = False,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Batch:
    """Open the card, verify once, sign one after the other; the first failure ends it, nothing is tried again.

    Card and password are let go at the end, however it ends; ``pin`` is wiped.
    """
    signatures: list[Signature] = []
    total = len(contents)
    try:
        signer.open(reader)
        signer.verify_pin(pin, last_try=last_try)
        for content in contents:
            if cancelled():
                return Batch(total, tuple(signatures), cancelled=True)
            signatures.append(signer.sign(content, heal=False))
            tell(len(signatures), total)
    except CardFailure as failure:
        return Batch(total, tuple(signatures), failure)
    finally:
        pin.wipe()
        signer.close()
    return Batch(total, tuple(signatures))
