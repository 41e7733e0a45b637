"""The rehearsal customs' service over a real socket: who is turned away hears why."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from bondesk.adapters.rehearsal_service import RehearsalService
from bondesk.adapters.service_line import ServiceLine
from bondesk.base.errors import OutsideFailure


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RehearsalService]:
    made = RehearsalService(tmp_path)
    yield made
    made.stop()


def test_a_package_turned_away_before_it_is_read_is_answered_all_the_same(service: RehearsalService) -> None:
    content = b"x" * (8 << 20)  # more than any socket holds, so that the service answers while it is still coming
    for _ in range(10):
        with pytest.raises(OutsideFailure, match="登录已过期"):
            ServiceLine(service.address, "演练海关", "预录入服务").send(
                "/pre-entry", {"key": "bonded_note"}, io.BytesIO(content), len(content), "PRE-01"
            )
