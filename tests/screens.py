"""Renders every screen of the demo company to PNG: ``python tests/screens.py [folder] [scale]``.

Works offscreen (or under a real screen when QT_QPA_PLATFORM says so); needs a CJK font.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent))


def main() -> None:
    """Render into ``build/screens`` or the folder given."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/screens")
    if len(sys.argv) > 2:
        os.environ["QT_SCALE_FACTOR"] = sys.argv[2]
    from PySide6.QtWidgets import QApplication, QWidget

    from bondesk import demo
    from bondesk.app import open_engine
    from bondesk.desktop.style import apply_style
    from bondesk.settings import Home
    from builders.clerk import Clerk, wait_until

    target.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv)
    assert isinstance(app, QApplication)
    apply_style(app)
    folder = Path(tempfile.mkdtemp())
    home = Home(folder / "home")
    demo.prepare(home, None, lambda text: None).store.dispose()

    def shoot(widget: QWidget, name: str) -> None:
        app.processEvents()
        widget.grab().save(str(target / f"{name}.png"))
        sys.stdout.write(f"{name}\n")

    clerk = Clerk(home, lambda connection: open_engine(home, connection), shoot)
    clerk.sign_in(demo.ACCOUNT, demo.PASSWORD, wrong="wrong")
    window = clerk.window
    for document in window.context.engine.catalogue.documents:
        if document.single:
            window.open_module(f"list.{document.key}")
            wait_until(lambda: window.lane.idle, "the one document")
            shoot(window, f"form_{document.key}")
            continue
        page = clerk.list_of(document.key)
        shoot(window, f"list_{document.key}")
        if page.model.rowCount():
            clerk.open_form(document.key)
            wait_until(lambda: window.lane.idle, "the form's checks")
            shoot(window, f"form_{document.key}")
    clerk.run_script("bom", "generate_unit_consumption", {})
    clerk.run_script("source_document", "generate_notes", {"document_no": "IM2403001"})
    bad = folder / "part.xlsx"
    shutil.copy(Path(__file__).resolve().parents[1] / "import_templates" / "part.xlsx", bad)
    clerk.import_workbook("part", bad)
    status = clerk.report("material_status", {})
    shoot(window, "report_material_status")
    balance = next(n for n, column in enumerate(status.report.columns) if column.key == "balance")
    status.view.setCurrentIndex(status.model.index(12, balance))
    status._explain(status.model.index(12, balance))
    wait_until(lambda: status.panel.explanation is not None, "the explanation")
    shoot(window, "report_explained")
    clerk.report("item_ledger", {"item_no": 13})
    shoot(window, "report_item_ledger")
    clerk.leave()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
