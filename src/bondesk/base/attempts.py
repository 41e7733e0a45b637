"""Wrong passwords in a row, and how long the next try has to wait (AUTH-05). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bondesk.base.errors import Refused

#: Wrong passwords nobody has to wait for, and the longest wait in seconds.
FREE_TRIES, LONGEST_WAIT = 3, 300
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Failures:
    """How many wrong passwords in a row an account has seen, and when the last one was typed."""

    count: int = 0
    last: datetime | None = None

    def once_more(self, now: datetime) -> Failures:
        """Return what is kept after one more wrong password."""
        return Failures(self.count + 1, now)

    def delay(self) -> int:
        """Return the seconds between the last failure and the next try: 2, 4, 8 … from the third failure on.

        >>> [Failures(count).delay() for count in (0, 2, 3, 4, 5, 10, 11, 500)]
        [0, 0, 2, 4, 8, 256, 300, 300]
        """
        doublings = self.count - FREE_TRIES + 1
        return 0 if doublings < 1 else min(1 << min(doublings, 16), LONGEST_WAIT)

    def wait(self, now: datetime) -> int:
        """Return the seconds still to wait; a clock that was put back never makes it longer than the delay."""
        if self.last is None:
            return 0
        left = -((now - self.last - self.delay() * _SECOND) // _SECOND)
        return max(0, min(left, self.delay()))


class TryLater(Refused):
    """A sign-in refused with a wait: ``seconds`` from now the next try is looked at, because of ``reason``."""

    def __init__(self, reason: str, code: str, seconds: int) -> None:
        """Carry the reason, its code and the wait."""
        super().__init__(self.sentence(reason, seconds), code)
        self.reason, self.seconds = reason, seconds

    @staticmethod
    def sentence(reason: str, seconds: int) -> str:
        """Say reason and wait in one sentence.

        >>> TryLater.sentence("密码已连续输错 3 次", 2)
        '密码已连续输错 3 次，请等 2 秒后再试'
        """
        return f"{reason}，请等 {seconds} 秒后再试"
