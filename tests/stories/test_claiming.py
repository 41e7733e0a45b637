"""Receipts claimed by hand: customs answers only what it was given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bondesk.base.errors import Refused
from bondesk.engine import claiming
from builders.office import Office

FOREIGN = (
    "<CommonResponeMessage><SeqNo>202400000000000777</SeqNo><EtpsPreentNo>OTHER-1</EtpsPreentNo>"
    "<DealFlag>0</DealFlag></CommonResponeMessage>"
)


def test_a_receipt_is_never_given_to_what_was_never_sent(factory_office: Office) -> None:
    """Audited is not sent, and ordered is not handed over: shown last with the reason, refused whoever asks."""
    office = factory_office
    (number,), (other,) = office.notes("IM2401001")[:1], office.notes("IM2401002")[:1]
    office.audit([number, other])
    office.order([other])
    office.hand_over()
    (office.client / "InBox" / "foreign.xml").write_text(FOREIGN, encoding="utf-8")
    assert office.receive().quarantined == 1
    reader = office.engine.receipts
    with office.act() as act:
        (waiting,) = claiming.waiting_receipts(act)
        found = claiming.claimants(act, reader, waiting.id, number[:4])
        told = {one.number: one.why_not for one in found}
        assert (told[number], told[other]) == ("从未发送", "")
        assert [bool(one.why_not) for one in found] == sorted(bool(one.why_not) for one in found)
        never = next(one for one in found if one.number == number)
        with pytest.raises(Refused, match="从未发送"):
            claiming.attach(act, reader, waiting.id, replace(never, why_not=""), "试")
        (sent,) = [one for one in found if one.number == other]
        claiming.attach(act, reader, waiting.id, sent, "外部系统重发，已核对")
    assert office.note(other).seq_no == "202400000000000777"
