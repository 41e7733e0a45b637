"""Random operations on the real ledger against a plain one: after every step both say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.ledger_walk import CLOSING, opened
from builders.office import copy_of


@pytest.mark.parametrize("seed", [1, 2])
def test_a_random_walk(codes_template: Path, tmp_path: Path, seed: int) -> None:
    walk = opened(copy_of(codes_template, tmp_path / "home"), seed)
    walk.run(300)
    walk.engine.store.dispose()
    assert not CLOSING or walk.done["cycle closed"] + walk.done["counted cycle closed"] > 0
