"""Messages nobody knows the outcome of, named for who handed over: only a person settles them, in 发件箱."""

from __future__ import annotations

from sqlalchemy import select

from bondesk.base.identity import Identity
from bondesk.engine.engine import Engine
from bondesk.engine.tables import Outbox


def newly_unknown(engine: Engine, identity: Identity, waiting: frozenset[int]) -> list[str]:
    """Say which of the messages that waited (ids of the outbox) have an unknown outcome now, oldest first."""
    if not waiting:
        return []
    with engine.acting(identity) as act:
        mine = select(Outbox.id, Outbox.document_no).where(Outbox.company_id == act.company_id)
        unknown = act.session.execute(mine.where(Outbox.state == "unknown").order_by(Outbox.id)).all()
    return [
        f"{number} 的报文结果不明：交付中断，客户端目录中找不到该文件。请在「单一窗口 → 发件箱」中核实"
        for row_id, number in unknown
        if row_id in waiting
    ]
