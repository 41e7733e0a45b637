"""Login with the operator's card (ic-card 2.5, steps 2 to 5): password, signature of the challenge, validity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from bondesk.engine.card_port import CardInfo, CardSigner, Expected, Pin, refuse_unfit
from bondesk.engine.download_port import CardProof, ChallengeSigner


def challenge_signer(
    make: Callable[[], CardSigner],
    pin: Pin,
    *,
    last_try: bool = False,
    expected: Expected | None = None,
    seen: Callable[[CardInfo], None] = lambda _info: None,
) -> ChallengeSigner:
    """Return what answers one challenge with the card; ``pin`` is wiped however it ends.

    ``seen`` is told whose card it is before the password is used. Every ``CardFailure`` comes through.
    """

    def answer(challenge: bytes) -> CardProof:
        signer = make()
        try:
            info = signer.open()
            refuse_unfit(info, expected or Expected(), datetime.now(UTC))
            seen(info)
            signer.verify_pin(pin, last_try=last_try)
            return CardProof(info.certificate, signer.sign(challenge))
        finally:
            pin.wipe()
            signer.close()

    return answer
