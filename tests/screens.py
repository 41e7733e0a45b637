"""Renders every screen of the demo company to PNG: ``python tests/screens.py [folder] [scale] [dark] [stop …]``.

A stop is a method of the tour (``matching``, ``reports``, ``card``); without any every screen is rendered.
Works offscreen (or under a real screen when QT_QPA_PLATFORM says so); needs a CJK font. Three minutes at most.
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
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/screens")
    words = sys.argv[2:]
    dark = "dark" in words
    scale = next((word for word in words if word[0].isdigit()), "")
    if scale:
        os.environ["QT_SCALE_FACTOR"] = scale
    from PySide6.QtWidgets import QApplication, QWidget

    from bondesk.desktop import style
    from builders.clerk import pause
    from builders.screen_tour import tour

    target.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv)
    assert isinstance(app, QApplication)
    style.apply_style(app, style.DARK if dark else style.LIGHT)
    folder = Path(tempfile.mkdtemp())

    def shoot(widget: QWidget, name: str) -> None:
        pause(150)  # sums and titles follow a moment later
        widget.grab().save(str(target / f"{name}.png"))
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()

    tour(folder, shoot, [word for word in words if word not in ("dark", scale)])
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
