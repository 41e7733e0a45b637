"""A stub of the local service of the E-port control, with a real key: its greeting, answers, error texts and silence."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from bondesk.adapters.card.certificate import digest, read_certificate
from builders.card_certificates import (
    CARD_NUMBER,
    COMPANY,
    COMPANY_CODE,
    certificate,
    rsa_key,
    sm2_certificate,
    sm2_key,
)
from builders.software_card import raw_rsa, sm2_signature

#: The password the stub's card takes.
RIGHT = "88888888"


class Service:
    """Answers like the service; ``errors`` by method, ``instead`` replaces an answer (None = silence)."""

    def __init__(self, *, rsa: bool = False) -> None:
        if rsa:
            key = rsa_key(1024)
            self.der = certificate(key)
            info = read_certificate(self.der)
            self.sign: Callable[[bytes], bytes] = lambda text: raw_rsa(
                key, b"\x00\x01" + b"\xff" * (128 - 35 - 3) + b"\x00" + digest(info, text)
            )
        else:
            private, point = sm2_key()
            self.der = sm2_certificate(point, private)
            known = read_certificate(self.der)
            self.sign = lambda text: sm2_signature(private, digest(known, text))
        self.number = read_certificate(self.der).number
        self.errors: dict[str, list[str]] = {}
        self.instead: dict[str, Callable[[dict[str, Any]], str | None]] = {}
        self.greeting = json.dumps({"_id": 0, "_method": "open", "_status": "00"})
        self.asked: list[str] = []
        self.server: Server = serve(self.talk, "127.0.0.1", 0)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.server.socket.getsockname()[1]}"

    def end(self) -> None:
        self.server.shutdown()
        self.thread.join(10)

    def talk(self, line: ServerConnection) -> None:
        line.send(self.greeting)
        try:
            for raw in line:
                request = json.loads(raw)
                method = request["_method"].removeprefix("cus-sec_")
                self.asked.append(method)
                answer = self.instead.get(method, self.answer)(request)
                if answer is not None:
                    line.send(answer)
        except ConnectionClosed:
            return

    def answer(self, request: dict[str, Any]) -> str:
        method = request["_method"].removeprefix("cus-sec_")
        errors = self.errors.get(method, [])
        if method == "SpcVerifyPIN" and request["args"]["passwd"] != RIGHT:
            errors = ["[安全模块]口令校验失败:密码错误"]
        data = {
            "SpcGetSignCertAsPEM": [base64.b64encode(self.der).decode()],
            "SpcGetCardID": [CARD_NUMBER],
            "SpcGetCertNo": [self.number],
            "SpcGetEntName": [COMPANY],
            "SpcGetEntID": [COMPANY_CODE],
        }.get(method, [])
        if method == "SpcSignDataAsPEM" and not errors:
            value = self.sign(request["args"]["inData"].encode())
            data = [base64.b64encode(value).decode(), self.number]
        held = {"Result": not errors, "Data": [] if errors else data, "Error": errors}
        return json.dumps({"_id": request["_id"], "_method": request["_method"], "_status": "00", "_args": held})
