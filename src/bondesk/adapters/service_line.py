"""The line to a service that speaks the rehearsal customs' protocol: JSON over HTTP, login by the card's answer."""

from __future__ import annotations

import base64
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import IO, Any, NoReturn

from pydantic import TypeAdapter, ValidationError

from bondesk.base.errors import OutsideFailure, Refused
from bondesk.engine.download_port import ChallengeSigner

PATIENCE = 20
LONGEST = 64 << 20
_TEXTS = TypeAdapter(dict[str, str])


class ServiceLine:
    """Asks one service and reads its answers; ``what`` is what a sentence calls it, like 下载服务."""

    def __init__(self, address: Callable[[], str], title: str, what: str, patience: int = PATIENCE) -> None:
        """Ask ``address()`` when wanted; it may be silent for ``patience`` seconds."""
        self._address, self._title, self._what, self._patience = address, title, what, patience
        self._token = ""
        # a service of this computer is not looked for behind a proxy
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def sign_in(self, challenge_signer: ChallengeSigner | None) -> None:
        """Fetch a challenge, let the card sign it, exchange the answer for a login."""
        if challenge_signer is None:
            raise OutsideFailure(f"{self._title}须用IC卡登录")
        random = self.texts(self.post("/challenge", {})).get("random", "")
        if not random:
            raise OutsideFailure(f"{self._title}没有给出登录用的随机数")
        proof = challenge_signer(random.encode("ascii"))
        given = {
            "random": random,
            "certificate": base64.b64encode(proof.certificate).decode("ascii"),
            "algorithm": proof.signature.algorithm,
            "signature": proof.signature.base64,
        }
        self._token = self.texts(self.post("/login", given)).get("token", "")

    def post(self, path: str, body: Mapping[str, str]) -> bytes:
        """Post an object and return the answer."""
        return self._ask(path, json.dumps(body).encode("utf-8"), {"Content-Type": "application/json"})

    def get(self, path: str, query: Mapping[str, str] | None = None, absent: tuple[str, str] | None = None) -> bytes:
        """Return what lies at a path; ``absent`` is sentence and code of the ``Refused`` when there is nothing."""
        return self._ask(_with(path, query), None, {}, {http.HTTPStatus.NOT_FOUND: absent} if absent else None)

    def send(self, path: str, query: Mapping[str, str], content: IO[bytes], size: int, code: str) -> bytes:
        """Send a file; what the service does not take is ``Refused`` with ``code`` and its own reason."""
        headers = {"Content-Type": "application/zip", "Content-Length": str(size)}
        return self._ask(_with(path, query), content, headers, {http.HTTPStatus.UNPROCESSABLE_ENTITY: ("", code)})

    def _ask(
        self,
        path: str,
        content: bytes | IO[bytes] | None,
        headers: Mapping[str, str],
        refusals: Mapping[int, tuple[str, str]] | None = None,
    ) -> bytes:
        headers = {**headers, "Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(f"{self._address()}{path}", content, headers)
        try:
            with self._opener.open(request, timeout=self._patience) as answer:
                found: bytes = answer.read(LONGEST + 1)
        except urllib.error.HTTPError as problem:
            self._turned(problem, refusals or {})
        except (OSError, http.client.HTTPException) as problem:
            reason = getattr(problem, "reason", problem)
            away = "没有回应" if isinstance(reason, TimeoutError) else "连不上或已断开"
            raise OutsideFailure(f"{self._title}的{self._what}{away}，请稍后继续") from problem
        if len(found) > LONGEST:
            raise OutsideFailure(f"{self._title}给出的内容过大")
        return found

    def _turned(self, problem: urllib.error.HTTPError, refusals: Mapping[int, tuple[str, str]]) -> NoReturn:
        """Say why the service refused, in its own words where it gives some."""
        try:
            reason = _TEXTS.validate_json(problem.read(LONGEST)).get("reason", "")
        except (ValidationError, OSError, http.client.HTTPException):
            reason = ""
        if problem.code in refusals:
            text, code = refusals[problem.code]
            raise Refused(text or reason or f"{self._title}没有收下，也没有说明原因", code) from problem
        raise OutsideFailure(reason or f"{self._title}的{self._what}出错（{problem.code}），请稍后再试") from problem

    def texts(self, content: bytes) -> Mapping[str, str]:
        """Read an answer that is an object of texts."""
        found: Mapping[str, str] = self.read(_TEXTS, content)
        return found

    def read(self, form: TypeAdapter[Any], content: bytes) -> Any:
        """Read an answer of a form; ``OutsideFailure`` when it is none."""
        try:
            return form.validate_json(content)
        except ValidationError as problem:
            raise OutsideFailure(f"{self._title}的{self._what}给出的内容读不懂") from problem


def _with(path: str, query: Mapping[str, str] | None) -> str:
    return path + (f"?{urllib.parse.urlencode(query)}" if query else "")
