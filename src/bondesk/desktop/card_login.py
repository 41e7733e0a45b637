"""Login at a service with the operator's card: the password is asked for, the card's own thread signs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from bondesk.desktop.card_desk import CardDesk, desk_of
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act
from bondesk.desktop.jobs import sentence_of
from bondesk.desktop.pin_dialog import PinDialog
from bondesk.desktop.remote_work import Way
from bondesk.engine.card_login import challenge_signer
from bondesk.engine.card_port import CardSigner, Pin
from bondesk.engine.download_port import CardProof, ChallengeSigner

_NO_CARD = "本程序没有读卡功能，不能用IC卡登录；请改用不需要IC卡的来源或方式"
Then = Callable[[ChallengeSigner], object]
#: Asks for the card: (context, way, what gets the answer to a challenge, what is told a refusal, over what).
Login = Callable[[DeskContext, Way, Then, Callable[[str], object], QWidget], object]


def ask_card(context: DeskContext, way: Way, then: Then, refused: Callable[[str], object], parent: QWidget) -> None:
    """Ask for the password of the card; ``then`` gets what answers the challenge of ``way``.

    It must be the card 参数设置 names, where that names one.
    """
    desk = desk_of(context)
    if desk is None or desk.worker is None:
        refused(_NO_CARD)
        return
    known: CardDesk = desk

    def entered(pin: Pin, remember: bool) -> None:
        if remember:
            known.remember(pin.copied())
        in_act(
            context,
            parent,
            lambda act: act.catalogue.sender(act.facts),
            lambda sender: then(challenge_signer(lambda work: _on_card(known, work), pin, sender=sender)),
            lambda problem: refused(sentence_of(problem)),
        )

    dialog = PinDialog(known, f"用IC卡登录「{way.title}」", parent)
    dialog.entered.connect(entered)
    dialog.open()


def _on_card(desk: CardDesk, work: Callable[[CardSigner], CardProof]) -> CardProof:
    """Wait, on the thread of the service, for the thread that owns the card."""
    assert desk.worker is not None
    return desk.worker.ask(work).result()
