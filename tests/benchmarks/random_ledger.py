"""Random operations on the real ledger against a plain one, many and long: ``python tests/benchmarks/random_ledger.py``.

``[steps] [seed …]`` (10,000 steps, seeds 11 to 15). A walk that fails says seed and step, so it can be run again. The
database lies in a folder of its own; every step is compared, everything is looked at again every 500 steps and whenever
the balances were rebuilt. Nothing fails by the clock.
"""

from __future__ import annotations

import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

WHOLE = 500


def walked(path: Path, template: Path, seed: int, steps: int) -> dict[str, Any]:
    """Walk once; return what was done and how fast."""
    ledger_walk, office = import_module("builders.ledger_walk"), import_module("builders.office")
    walk = ledger_walk.opened(office.copy_of(template, path / f"seed{seed}"), seed, WHOLE)
    start, spent = time.perf_counter(), time.process_time()
    walk.run(steps)
    took, used = time.perf_counter() - start, time.process_time() - spent
    walk.engine.store.dispose()
    speed = {"steps/s": round(steps / took), "steps/s of one processor": round(steps / used), "postings": walk.rows}
    return {**ledger_walk.told(walk), **speed}


def main() -> None:
    """Walk every seed and print what was done."""
    given = [int(one) for one in sys.argv[1:]]
    steps, seeds = given[0] if given else 10_000, given[1:] or list(range(11, 16))
    with tempfile.TemporaryDirectory(prefix="bondesk-walk-") as folder:
        template = Path(folder) / "codes"
        import_module("builders.office").found_codes(template)
        for seed in seeds:
            told = walked(Path(folder), template, seed, steps)
            print("  ".join(f"{key} {value}" for key, value in told.items()), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    main()
