"""The line to the database as screens see it: away or there again, told from whichever thread notices it."""

from __future__ import annotations

from collections.abc import Callable

from bondesk.base.errors import Disconnected

Told = Callable[[Disconnected | None], object]


class Line:
    """``away`` from a failed act to the next one that works; watchers are told of both."""

    def __init__(self) -> None:
        """Start with a line that works."""
        self.away = False
        self._watchers: list[Told] = []

    def watch(self, told: Told) -> Callable[[], None]:
        """Tell ``told`` of every break (the failure) and every return (None); the answer ends it."""
        self._watchers.append(told)
        return lambda: self._watchers.remove(told)

    def broke(self, failure: Disconnected) -> None:
        """Tell that the database could not be reached."""
        self.away = True
        self._tell(failure)

    def works(self) -> None:
        """Tell that it answers again, if it was away."""
        if self.away:
            self.away = False
            self._tell(None)

    def _tell(self, failure: Disconnected | None) -> None:
        for told in list(self._watchers):
            told(failure)
