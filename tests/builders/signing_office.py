"""An office whose declarations and notes the operator's card signs on this computer, with software cards for cards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select
from stdnum.cn import uscc

from bondesk.adapters.card.combined import proves
from bondesk.adapters.card.signer import ReaderSigner
from bondesk.adapters.card.terminal import Terminal
from bondesk.areas.setup.company import Company
from bondesk.base.operation_log import OperationLog
from bondesk.engine import message_signing, signing_kinds
from bondesk.engine.card_port import CardPort, CardSigner, Pin
from bondesk.engine.engine import SYSTEM
from bondesk.engine.message_signing import Signed
from bondesk.engine.tables import Outbox
from builders import dec_messages
from builders.card_certificates import CARD_NUMBER, COMPANY_CODE
from builders.office import Office
from builders.software_card import SoftwareTerminal

RIGHT, WRONG = "12345678", "87654321"
_CREDIT = f"91320000{COMPANY_CODE}"
CREDIT = _CREDIT + uscc.calc_check_digit(_CREDIT)


@dataclass
class SigningOffice:
    """The office and its reader."""

    office: Office
    terminal: Terminal

    @property
    def reader(self) -> SoftwareTerminal:
        """The reader, where it is one of this process."""
        assert isinstance(self.terminal, SoftwareTerminal)
        return self.terminal

    def sign(
        self,
        pin: str = RIGHT,
        *,
        last_try: bool = False,
        tell: Callable[[int, int], None] = lambda _done, _total: None,
        cancelled: Callable[[], bool] = lambda: False,
        signer: CardSigner | None = None,
    ) -> Signed:
        """Sign what waits as the clerk."""
        one, typed = signer or ReaderSigner(self.terminal), Pin(pin)
        engine, clerk = self.office.engine, self.office.clerk
        signed = message_signing.sign_waiting(
            engine, clerk, one, typed, last_try=last_try, tell=tell, cancelled=cancelled
        )
        assert len(typed) == 0, "the password is wiped however it ends"
        return signed

    def rows(self) -> list[tuple[str, str, str]]:
        """State, certificate and problem of every row of the outbox, oldest first."""
        with self.office.act(SYSTEM) as act:
            found = act.session.scalars(select(Outbox).order_by(Outbox.id))
            return [(row.state, row.certificate_no, row.problem) for row in found]

    def logged(self, action: str) -> list[OperationLog]:
        """The rows of the operation log that tell of ``action``."""
        with self.office.act(SYSTEM) as act:
            found = select(OperationLog).where(OperationLog.action == action).order_by(OperationLog.id)
            return list(act.session.scalars(found))

    def handed(self, folder: str = "Deccus001") -> list[Path]:
        """The files in the client's OutBox."""
        return sorted((self.office.client.parent / folder / "OutBox").iterdir())


def signing_office(office: Office, terminal: Terminal, *codes: str) -> SigningOffice:
    """Give the office a card and have it sign the messages ``codes`` here."""
    dec_messages.ready(office)
    port = CardPort(lambda: ReaderSigner(terminal), proves)
    made = replace(office, engine=replace(office.engine, card=port))
    with made.act(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.ic_card, company.declarant_credit_code = CARD_NUMBER, CREDIT
        signing_kinds.keep_kinds(act, frozenset(codes))
    return SigningOffice(made, terminal)


def three_declarations(office: Office) -> list[int]:
    """Three declarations in the outbox."""
    ids = [
        dec_messages.stored(office, dec_messages.declaration(internal_no=f"EX202501150000000{number}"))
        for number in (1, 2, 3)
    ]
    dec_messages.audited(office, ids)
    dec_messages.ordered(office, ids)
    return ids
