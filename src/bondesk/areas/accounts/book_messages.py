"""Customs' own copies of accounts, handbooks and qualifications, read from their messages (reference 3 to 5)."""

from __future__ import annotations

from typing import Any

from bondesk.base.documents import MessageReading
from bondesk.base.message_reader import CopyReading
from bondesk.base.messages import Message


def copy_reading(message: Message, header: type[Any], number: Any) -> MessageReading:
    """Return how the approved copy is read from the message that files it; ``number`` is the one customs gave."""
    return MessageReading(message, CopyReading(message, header), (number,), replaces=True)
