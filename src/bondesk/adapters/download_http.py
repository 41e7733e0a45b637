"""Copies from a service that speaks the rehearsal customs' protocol: JSON over HTTP, login by the card's answer.

Kinds are named by the code of their message there (INV101, DECMESSAGE …), copies are the messages themselves.
"""

from __future__ import annotations

import base64
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel, TypeAdapter, ValidationError

from bondesk.adapters.rehearsal_service import RehearsalService
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.findings import errors_in
from bondesk.engine.download_port import ChallengeSigner, CopyReader, DownloadWay, OfferedCopy, Tell

_PATIENCE = 20
_LONGEST_LIST, _LONGEST_COPY = 64 << 20, 64 << 20


class _Listed(BaseModel):
    """A copy as the service lists it."""

    number: str
    day: date | None = None
    title: str = ""
    state: str = ""


_TEXTS, _LIST = TypeAdapter(dict[str, str]), TypeAdapter(list[_Listed])
_KINDS = TypeAdapter(list[str])


class DownloadHttp:
    """The :class:`bondesk.engine.download_port.DownloadSource` of a service; ``address`` says where it is."""

    needs_card = True

    def __init__(
        self, reader: CopyReader, address: Callable[[], str], title: str = "演练海关", patience: int = _PATIENCE
    ) -> None:
        """Ask the service when wanted; it may be silent for ``patience`` seconds."""
        self.title, self._reader, self._address, self._patience = title, reader, address, patience
        self._token = ""
        self._codes = {kind.code: kind.key for kind in reader.kinds() if kind.code}
        # a service of this computer is not looked for behind a proxy
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def sign_in(self, challenge_signer: ChallengeSigner | None) -> None:
        """Fetch a challenge, let the card sign it, exchange the answer for a login."""
        if challenge_signer is None:
            raise OutsideFailure(f"{self.title}须用IC卡登录")
        random = self._texts(self._ask("/challenge", {})).get("random", "")
        if not random:
            raise OutsideFailure(f"{self.title}没有给出登录用的随机数")
        proof = challenge_signer(random.encode("ascii"))
        given = {
            "random": random,
            "certificate": base64.b64encode(proof.certificate).decode("ascii"),
            "algorithm": proof.signature.algorithm,
            "signature": proof.signature.base64,
        }
        self._token = self._texts(self._ask("/login", given)).get("token", "")

    def kinds(self) -> Sequence[str]:
        """Return the kinds the service has and this program knows."""
        codes = self._read(_KINDS, self._ask("/kinds"))
        return [self._codes[code] for code in codes if code in self._codes]

    def search(self, kind: str, begin: date, end: date, _tell: Tell) -> Sequence[OfferedCopy]:
        """Return what the service lists."""
        query = {"kind": self._code(kind), "begin": begin.isoformat(), "end": end.isoformat()}
        found = self._read(_LIST, self._ask("/copies", query=query))
        return [OfferedCopy(kind, one.number, one.title, one.day, one.state, "") for one in found]

    def problems(self) -> Sequence[tuple[str, str]]:
        """Everything the service has is offered."""
        return ()

    def fetch(self, offered: OfferedCopy) -> Mapping[str, Any]:
        """Fetch and read one copy; ``Refused`` when the service does not have it (DOWN-07) or it cannot be read."""
        query = {"kind": self._code(offered.kind), "number": offered.number}
        content = self._ask("/copy", query=query, missing=offered.number)
        (copy,) = self._reader.read(f"{offered.number}.xml", content, offered.kind)
        if errors_in(copy.findings):
            raise Refused(copy.findings)
        return copy.values

    def _code(self, kind: str) -> str:
        return next((code for code, key in self._codes.items() if key == kind), kind)

    def _ask(
        self,
        path: str,
        body: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        missing: str = "",
    ) -> bytes:
        address = f"{self._address()}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        content = json.dumps(body).encode("utf-8") if body is not None else None
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        try:
            with self._opener.open(urllib.request.Request(address, content, headers), timeout=self._patience) as answer:
                found: bytes = answer.read(_LONGEST_COPY + 1)
        except urllib.error.HTTPError as problem:
            self._turned(problem, missing)
        except (OSError, http.client.HTTPException) as problem:
            reason = getattr(problem, "reason", problem)
            away = "没有回应" if isinstance(reason, TimeoutError) else "连不上或已断开"
            raise OutsideFailure(f"{self.title}的下载服务{away}，请稍后继续") from problem
        if len(found) > _LONGEST_COPY:
            raise OutsideFailure(f"{self.title}给出的内容过大")
        return found

    def _turned(self, problem: urllib.error.HTTPError, missing: str) -> NoReturn:
        """Say why the service refused, in its own words where it gives some."""
        try:
            reason = _TEXTS.validate_json(problem.read(_LONGEST_LIST)).get("reason", "")
        except (ValidationError, OSError, http.client.HTTPException):
            reason = ""
        if missing and problem.code == http.HTTPStatus.NOT_FOUND:
            raise Refused(f"{self.title}已没有 {missing}", "DOWN-07") from problem
        raise OutsideFailure(reason or f"{self.title}的下载服务出错（{problem.code}），请稍后再试") from problem

    def _texts(self, content: bytes) -> Mapping[str, str]:
        found: Mapping[str, str] = self._read(_TEXTS, content)
        return found

    def _read(self, form: TypeAdapter[Any], content: bytes) -> Any:
        try:
            return form.validate_json(content)
        except ValidationError as problem:
            raise OutsideFailure(f"{self.title}的下载服务给出的内容读不懂") from problem


def rehearsal_way(root: Path) -> DownloadWay:
    """Return the rehearsal customs as a source that can be chosen; its service starts when it is first asked."""
    service = RehearsalService(root)
    told = "演练用：下载演练海关已批准的单据，须用IC卡登录"
    return DownloadWay(
        "rehearsal", "演练海关", told, True, False, lambda reader, _places: DownloadHttp(reader, service.address)
    )
