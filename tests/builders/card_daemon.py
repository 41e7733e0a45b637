"""A real PC/SC daemon with virtual readers, started by the tests and stopped by its own process id.

There can be one per machine, so a lock is held while ours runs. Where none can run, ``why_not`` says why.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from filelock import FileLock

SOCKET = Path("/run/pcscd/pcscd.comm")
DRIVERS = ("/usr/lib/pcsc/drivers/serial/libifdvpcd.so", "/usr/local/lib/pcsc/drivers/serial/libifdvpcd.so")
LOCK = FileLock(Path(tempfile.gettempdir()) / "card-daemon-tests.lock", timeout=300)


def why_not() -> str:
    """Say why no daemon can run here, or "" when it can."""
    if os.name == "nt":
        return "PC/SC tests need Linux with pcscd and the virtual reader"
    if shutil.which("pcscd") is None:
        return "pcscd is not installed (apt-get install pcscd vsmartcard-vpcd)"
    if driver() is None:
        return "the virtual reader is not installed (apt-get install vsmartcard-vpcd)"
    if os.geteuid() != 0:
        return "pcscd must be started as root"
    try:
        import smartcard.scard  # noqa: F401
    except ImportError:
        return "pyscard is not installed (pip install '.[card]'; needs gcc, swig, libpcsclite-dev)"
    return ""


def foreign_daemon() -> str:
    """Say that another daemon has the machine, or "". Ask only while holding ``LOCK``."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        try:
            line.connect(str(SOCKET))
        except OSError:
            return ""
    return "another pcscd runs on this machine; its readers are not ours to use"


def driver() -> str | None:
    return next((path for path in DRIVERS if Path(path).exists()), None)


class Daemon:
    """pcscd with two virtual readers, or with none at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _two_free_ports()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, readers: bool = True) -> None:
        settings = self.folder / ("readers" if readers else "no-readers")
        settings.mkdir(exist_ok=True)
        if readers:
            (settings / "virtual").write_text(
                f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x{self.port:X}\nLIBPATH {driver()}\n'
                f"CHANNELID 0x{self.port:X}\n"
            )
        command = ["pcscd", "--foreground", "--config", str(settings)]
        help_text = subprocess.run(["pcscd", "--help"], capture_output=True, text=True, check=False)
        if "disable-polkit" in help_text.stdout + help_text.stderr:
            command.append("--disable-polkit")
        with (self.folder / "pcscd.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        ends = time.monotonic() + 15
        while foreign_daemon() == "":
            if self.process.poll() is not None or time.monotonic() > ends:
                log_text = (self.folder / "pcscd.log").read_text(errors="replace")
                self.stop()
                raise RuntimeError(f"pcscd did not start: {log_text[-500:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the one we started; harder when it does not go by itself."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.process = None


def _two_free_ports() -> int:
    """The virtual reader takes a port and, for its second slot, the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("0.0.0.0", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("0.0.0.0", port + 1))
            except OSError:
                continue
            return int(port)
