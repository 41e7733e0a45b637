"""Copies from a service that speaks the rehearsal customs' protocol.

Kinds are named by the code of their message there (INV101, DECMESSAGE …), copies are the messages themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from bondesk.adapters.rehearsal_service import RehearsalService
from bondesk.adapters.service_line import PATIENCE, ServiceLine
from bondesk.base.errors import Refused
from bondesk.base.findings import errors_in
from bondesk.engine.download_port import ChallengeSigner, CopyReader, DownloadWay, OfferedCopy, Tell


class _Listed(BaseModel):
    """A copy as the service lists it."""

    number: str
    day: date | None = None
    title: str = ""
    state: str = ""


_LIST, _KINDS = TypeAdapter(list[_Listed]), TypeAdapter(list[str])


class DownloadHttp:
    """The :class:`bondesk.engine.download_port.DownloadSource` of a service; ``address`` says where it is."""

    needs_card = True

    def __init__(
        self, reader: CopyReader, address: Callable[[], str], title: str = "演练海关", patience: int = PATIENCE
    ) -> None:
        """Ask the service when wanted; it may be silent for ``patience`` seconds."""
        self.title, self._reader = title, reader
        self._line = ServiceLine(address, title, "下载服务", patience)
        self._codes = {kind.code: kind.key for kind in reader.kinds() if kind.code}

    def sign_in(self, challenge_signer: ChallengeSigner | None) -> None:
        """Fetch a challenge, let the card sign it, exchange the answer for a login."""
        self._line.sign_in(challenge_signer)

    def kinds(self) -> Sequence[str]:
        """Return the kinds the service has and this program knows."""
        codes = self._line.read(_KINDS, self._line.get("/kinds"))
        return [self._codes[code] for code in codes if code in self._codes]

    def search(self, kind: str, begin: date, end: date, _tell: Tell) -> Sequence[OfferedCopy]:
        """Return what the service lists."""
        query = {"kind": self._code(kind), "begin": begin.isoformat(), "end": end.isoformat()}
        found = self._line.read(_LIST, self._line.get("/copies", query))
        return [OfferedCopy(kind, one.number, one.title, one.day, one.state, "") for one in found]

    def problems(self) -> Sequence[tuple[str, str]]:
        """Everything the service has is offered."""
        return ()

    def fetch(self, offered: OfferedCopy) -> Mapping[str, Any]:
        """Fetch and read one copy; ``Refused`` when the service does not have it (DOWN-07) or it cannot be read."""
        query = {"kind": self._code(offered.kind), "number": offered.number}
        content = self._line.get("/copy", query, (f"{self.title}已没有 {offered.number}", "DOWN-07"))
        (copy,) = self._reader.read(f"{offered.number}.xml", content, offered.kind)
        if errors_in(copy.findings):
            raise Refused(copy.findings)
        return copy.values

    def _code(self, kind: str) -> str:
        return next((code for code, key in self._codes.items() if key == kind), kind)


def rehearsal_way(root: Path, service: RehearsalService | None = None) -> DownloadWay:
    """Return the rehearsal customs as a source that can be chosen; its service starts when it is first asked."""
    asked = service or RehearsalService(root)
    told = "演练用：下载演练海关已批准的单据，须用IC卡登录"
    return DownloadWay(
        "rehearsal", "演练海关", told, True, False, lambda reader, _places: DownloadHttp(reader, asked.address)
    )
