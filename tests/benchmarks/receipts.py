"""Benchmark: ten thousand waiting receipts applied to 2,500 notes, beside reading and parsing the files with lxml.

Run on demand: ``python tests/benchmarks/receipts.py [notes] [--shuffled]``. Four receipts answer every note of five lines
(goal for 10,000: 60 s on two cores, the window never blocked longer than 0.1 s). The floor reads every file and parses
it. Nothing fails by the figures.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


LINES = 5
