"""Which driver takes a card: first the table of known ATRs, then SELECT of each application in the chosen order.

Nothing but SELECT is ever sent to a card nobody knows; a try of the password is never used up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bondesk.adapters.card.apdu import Channel
from bondesk.adapters.card.cac import CacDriver
from bondesk.adapters.card.driver import Driver
from bondesk.adapters.card.iso7816 import IsoDriver
from bondesk.adapters.card.piv import PivDriver


@dataclass(frozen=True, slots=True)
class KnownAtr:
    """An ATR, exact or under a mask (bits that are 0 in ``mask`` do not count; empty = exact), and its driver.

    ``driver`` "" means: nobody's, and no command may be sent to it.
    """

    atr: bytes
    driver: str
    mask: bytes = b""

    def fits(self, atr: bytes) -> bool:
        """Tell whether ``atr`` is this one."""
        if len(atr) != len(self.atr):
            return False
        mask = self.mask or b"\xff" * len(atr)
        return all(one & bits == other & bits for one, other, bits in zip(atr, self.atr, mask, strict=True))


#: The packaged software CAC; real ATRs are added where an office knows its cards.
KNOWN = (KnownAtr(bytes.fromhex("3B7A18000073667465206364313434"), "cac"),)


@dataclass(frozen=True, slots=True)
class Registry:
    """The drivers in the order of the settings, and the ATRs that name one at once."""

    drivers: Sequence[Driver] = (PivDriver(), CacDriver(), IsoDriver())
    known: Sequence[KnownAtr] = KNOWN

    def claim(self, atr: bytes, channel: Channel) -> Driver | None:
        """Return the driver whose application the card has; it is then selected."""
        named = next((one.driver for one in self.known if one.fits(atr)), None)
        if named == "":
            return None
        order = sorted(self.drivers, key=lambda driver: driver.name != named)
        return next((driver for driver in order if driver.select(channel)), None)
