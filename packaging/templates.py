"""Writes import_templates/ anew from the catalogue; a test fails when one is stale."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bondesk.app import load_codes, open_engine
from bondesk.engine import exporting
from bondesk.engine.engine import SYSTEM
from bondesk.settings import Home

TARGET = Path(__file__).resolve().parents[1] / "import_templates"


def main() -> int:
    """Write one workbook per document that can be imported."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(Home(Path(folder)))
        load_codes(engine)
        with engine.acting(SYSTEM) as act:
            for document in engine.catalogue.documents:
                if document.workbook is not None:
                    exporting.write_templates(act, document, TARGET / f"{document.key}.xlsx")
        engine.store.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
