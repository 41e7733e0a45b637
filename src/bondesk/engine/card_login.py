"""Login with the operator's card (ic-card 2.5, steps 2 to 5): password, signature of the challenge, validity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from bondesk.base.messages import Sender
from bondesk.engine.card_port import CardSigner, Expected, Pin, refuse_unfit
from bondesk.engine.download_port import CardProof, ChallengeSigner
from bondesk.engine.message_signing import expected_of

#: Runs work on the thread that owns the card and returns its answer.
OnCard = Callable[[Callable[[CardSigner], CardProof]], CardProof]


def challenge_signer(
    on_card: OnCard, pin: Pin, *, sender: Sender | None = None, last_try: bool = False
) -> ChallengeSigner:
    """Return what answers one challenge with the card; ``pin`` is wiped however it ends.

    With a ``sender`` it must be the card 参数设置 names. Every ``CardFailure`` comes through.
    """

    def answer(challenge: bytes) -> CardProof:
        def work(signer: CardSigner) -> CardProof:
            try:
                info = signer.open()
                refuse_unfit(info, expected_of(sender, info) if sender else Expected(), datetime.now(UTC))
                signer.verify_pin(pin, last_try=last_try)
                return CardProof(info.certificate, signer.sign(challenge))
            finally:
                signer.close()

        try:
            return on_card(work)
        finally:
            pin.wipe()

    return answer
