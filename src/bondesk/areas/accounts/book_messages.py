"""Customs' own copies of accounts, handbooks and qualifications, read from their messages (reference 3 to 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bondesk.base.documents import MessageReading
from bondesk.base.message_reader import CopyReading
from bondesk.base.messages import Message

#: 执行标志 of the head as customs writes it → 海关执行标志 of goods lines, which books keep too (reference 10).
#: What neither stops nor allows anything there (未开始执行, 台帐未开出, 申请注销) leaves the mark as it is.
EMS_PAUSES = {"1": "1", "2": "2", "3": "4", "4": "5", "5": "6", "6": "7"}
EML_PAUSES = {"1": "1", "2": "2", "5": "3", "6": "4", "7": "5", "8": "6", "9": "7"}


def copy_reading(message: Message, header: type[Any], number: Any, pauses: Mapping[str, str]) -> MessageReading:
    """Return how the approved copy is read from the message that files it; ``number`` is the one customs gave."""
    return MessageReading(message, CopyReading(message, header, codes={"pause_mark": pauses}), (number,), replaces=True)
