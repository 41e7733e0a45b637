"""A process that signs in, types into a form and then waits to be killed; run by ``test_crash_restoring``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtWidgets import QApplication

from bondesk.app import open_engine
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.style import apply_style
from bondesk.settings import Home
from builders.clerk import Clerk, pause, wait_until
from builders.keys import KEY, press, type_in


def main() -> None:
    """Type a partner with one unreadable date, and say so when it is on the disk."""
    app = QApplication(sys.argv)
    apply_style(app)
    home = Home(Path(sys.argv[1]))
    clerk = Clerk(home, lambda connection: open_engine(home, connection))
    clerk.sign_in("admin", "secret-1")
    window = clerk.window
    window.activateWindow()
    window.open_document(window.context.engine.catalogue.document("source_document"), None)
    page = window.pages.current()
    assert isinstance(page, FormPage)
    wait_until(lambda: page._ready and window.lane.idle, "the form")
    page.body.header.focus_first()
    type_in("IM-CRASH")
    press(KEY.Key_Return)
    type_in("2024-02-3x")
    for _ in range(20):
        press(KEY.Key_Return)
        if page.body.grids["lines"].view.hasFocus():
            break
    for text in ("CAP-1", "12.50"):
        type_in(text)
        press(KEY.Key_Return)
    wait_until(lambda: any(home.path.rglob("drafts/*/*/*.json")), "the file")
    while "12.5" not in next(home.path.rglob("drafts/*/*/*.json")).read_text(encoding="utf-8"):
        pause(100)
    sys.stdout.write("typed\n")
    sys.stdout.flush()
    pause(120_000)


if __name__ == "__main__":
    main()
