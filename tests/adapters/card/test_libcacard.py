"""The CAC driver against a card that is not ours: the packaged libcacard with keys of NSS."""

from __future__ import annotations

import base64
import ctypes
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bondesk.adapters.card.certificate import is_signed, read_certificate

TESTS = Path(__file__).resolve().parents[2]


def missing() -> str:
    if shutil.which("certutil") is None:
        return "certutil is not installed (apt-get install libnss3-tools)"
    try:
        ctypes.CDLL("libcacard.so.0")
    except OSError:
        return "libcacard is not installed (apt-get install libcacard0)"
    return ""


@pytest.mark.skipif(bool(missing()), reason=missing() or "libcacard can run")
def test_the_packaged_card_signs(tmp_path: Path) -> None:
    password, noise = tmp_path / "password", tmp_path / "noise"
    password.write_text("12345678")
    noise.write_bytes(os.urandom(200))
    database = ("-d", f"sql:{tmp_path}", "-f", str(password))
    subprocess.run(["certutil", "-N", *database], check=True, capture_output=True)
    for number in "123":
        name = f"cert{number}"
        words = ["-s", f"CN={name}", "-n", name, "-x", "-t", "TCu,TCu,TCu", "-g", "2048", "-m", number]
        subprocess.run(["certutil", "-S", *database, "-z", str(noise), *words], check=True, capture_output=True)
    command = [sys.executable, "-m", "builders.packaged_cac", str(tmp_path), "12345678", "报关单报文"]
    paths = os.pathsep.join((str(TESTS), str(TESTS.parent / "src")))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONUTF8": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert "failure" not in found, found
    assert (found["driver"], found["holder"], found["algorithm"]) == ("cac", "cert1", "SHA256withRSA")
    assert (found["atr"], found["wrong"]) == ("3B7A18000073667465206364313434", "WrongPin")
    certificate = read_certificate(bytes.fromhex(found["certificate"]))
    assert is_signed(certificate, "报关单报文".encode(), base64.b64decode(found["value"]))
