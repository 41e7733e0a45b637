"""Renders every screen of the demo company to PNG: ``python tests/screens.py [folder] [scale] [dark]``.

Works offscreen (or under a real screen when QT_QPA_PLATFORM says so); needs a CJK font. Two minutes at most.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.plugin=false")
sys.path.insert(0, str(Path(__file__).resolve().parent))


def main() -> None:
    """Render into ``build/screens`` or the folder given."""
    words = sys.argv[1:]
    dark = "dark" in words
    words = [word for word in words if word != "dark"]
    target = Path(words[0] if words else "build/screens")
    if len(words) > 1:
        os.environ["QT_SCALE_FACTOR"] = words[1]
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QWidget

    from bondesk.desktop import style
    from builders.screen_tour import tour

    target.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv)
    assert isinstance(app, QApplication)
    style.apply_style(app, style.DARK if dark else style.LIGHT)
    folder = Path(tempfile.mkdtemp())

    def shoot(widget: QWidget, name: str) -> None:
        QTest.qWait(150)  # sums and titles follow a moment later
        widget.grab().save(str(target / f"{name}.png"))
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()

    tour(folder, shoot)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
