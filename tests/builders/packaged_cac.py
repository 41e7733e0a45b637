"""Signs with the packaged software CAC (libcacard) in a process of its own; prints what came of it as JSON.

``python -m builders.packaged_cac FOLDER PASSWORD TEXT``: FOLDER is an NSS key database with cert1, cert2, cert3.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

from bondesk.adapters.card.signer import ReaderSigner
from bondesk.engine.card_failures import CardFailure
from bondesk.engine.card_port import Pin, Slot


class PackagedCard:
    """Terminal and connection at once: there is one reader with one card."""

    def __init__(self, folder: str) -> None:
        self.library = ctypes.CDLL("libcacard.so.0")
        for name in ("vcard_emul_options", "vreader_get_reader_by_name"):
            getattr(self.library, name).restype = ctypes.c_void_p
        options = f'db="sql:{folder}" use_hw=no soft=(,Virtual Reader,CAC,,cert1,cert2,cert3)'.encode()
        if self.library.vcard_emul_init(ctypes.c_void_p(self.library.vcard_emul_options(options))):
            raise RuntimeError("libcacard did not start")
        self.reader = ctypes.c_void_p(self.library.vreader_get_reader_by_name(b"Virtual Reader"))
        self.atr = b""
        self.connect("")

    def slots(self) -> tuple[Slot, ...]:
        return (Slot("Virtual Reader", True, self.atr),)

    def connect(self, reader: str) -> PackagedCard:
        atr, size = ctypes.create_string_buffer(64), ctypes.c_int(64)
        self.library.vreader_power_on(self.reader, atr, ctypes.byref(size))
        self.atr = atr.raw[: size.value]
        return self

    def begin(self) -> None: ...

    def end(self) -> None: ...

    def close(self, *, leave: bool = False) -> None:
        self.library.vreader_power_off(self.reader)

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        answer, size = ctypes.create_string_buffer(300), ctypes.c_int(300)
        self.library.vreader_xfr_bytes(self.reader, bytes(command), len(command), answer, ctypes.byref(size))
        raw = answer.raw[: size.value]
        return raw[:-2], int.from_bytes(raw[-2:], "big")


def main() -> None:
    folder, password, text = sys.argv[1:]
    card = PackagedCard(folder)
    signer = ReaderSigner(card)
    found: dict[str, Any] = {"atr": card.atr.hex().upper()}
    try:
        info = signer.open()
        found |= {"driver": info.driver, "holder": info.holder, "algorithm": info.algorithm}
        try:
            signer.verify_pin(Pin("00000000"))
        except CardFailure as failure:
            found["wrong"] = type(failure).__name__
        signer.verify_pin(Pin(password))
        found["value"] = signer.sign(text.encode()).base64
        found["certificate"] = info.certificate.hex()
    except CardFailure as failure:
        found["failure"] = f"{type(failure).__name__} {failure.detail}"
    signer.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
