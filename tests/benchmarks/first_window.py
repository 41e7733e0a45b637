"""Benchmark: the login window's first paint against a bare PySide6 window with the same modules imported.

Run on demand: ``python tests/benchmarks/first_window.py``. Whole processes, in turn, offscreen unless
QT_QPA_PLATFORM says otherwise. Goal: the median ratio at most 1.6.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

_PAINT = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
{imports}
class Watch:
    painted = False
app = QApplication(sys.argv)
{make}
window.show()
def look():
    if window.isVisible():
        app.quit()
timer = QTimer(); timer.timeout.connect(look); timer.start(0)
app.exec()
sys.stdout.flush()
import os
os._exit(0)
"""
_SAME = "import bondesk.desktop.login, bondesk.desktop.style, bondesk.desktop.application, bondesk.settings"
_BARE = _PAINT.format(imports=_SAME, make="window = QWidget(); window.resize(440, 390)")
_OURS = _PAINT.format(
    imports=_SAME,
    make=(
        "from bondesk.desktop.style import apply_style\n"
        "from bondesk.desktop.login import LoginWindow\n"
        "from bondesk.settings import Connection\n"
        "apply_style(app)\n"
        "window = LoginWindow([Connection(name='a'), Connection(name='b')], lambda connection: None)"
    ),
)


def seconds(program: str) -> float:
    """Return how long a fresh interpreter takes until its window is there."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        env={"QT_QPA_PLATFORM": "offscreen", **os.environ},
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - begin


def main() -> None:
    """Measure nine pairs and print them."""
    seconds(_BARE)
    ratios = []
    for _ in range(9):
        low, high = seconds(_BARE), seconds(_OURS)
        ratios.append(high / low)
        sys.stdout.write(f"login window {high:.3f} s, bare window {low:.3f} s, ratio {high / low:.2f}\n")
    sys.stdout.write(f"median ratio {statistics.median(ratios):.2f} (goal <= 1.6)\n")


if __name__ == "__main__":
    main()
