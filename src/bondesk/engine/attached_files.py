"""Where attached bytes lie: once per company and content, kept as long as any document holds them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bondesk.base.attachment import AttachedFile, Attachment
from bondesk.base.documents import DocumentType
from bondesk.engine.act import Act


def files_of(act: Act, document: DocumentType, document_id: int) -> Sequence[Attachment]:
    """Return the attachments of a document, oldest first, whatever the rights."""
    statement = select(Attachment).where(
        Attachment.company_id == act.company_id,
        Attachment.document_key == document.key,
        Attachment.document_id == document_id,
    )
    return act.session.scalars(statement.order_by(Attachment.at, Attachment.id)).all()


def keep(act: Act, digest: str, content: bytes) -> None:
    """Store the bytes unless they are there; the row stays locked, so that nobody lets it go meanwhile."""
    table = AttachedFile.__table__
    dialect = postgresql if act.session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"company_id": act.company_id, "sha256": digest, "content": content}
    for _attempt in range(2):  # whoever holds the last reference may let go between the two statements
        act.session.execute(dialect.insert(table).values(values).on_conflict_do_nothing())
        if _lock(act, digest):
            return


def let_go(act: Act, digests: Sequence[str]) -> None:
    """Delete bytes nothing refers to; locked first, so that a file attached at this moment is seen."""
    for digest in digests:
        _lock(act, digest)
        holders = select(func.count()).select_from(Attachment)
        holders = holders.where(Attachment.company_id == act.company_id, Attachment.sha256 == digest)
        if not act.session.execute(holders).scalar_one():
            act.session.execute(
                delete(AttachedFile).where(AttachedFile.company_id == act.company_id, AttachedFile.sha256 == digest)
            )


def remove_all(act: Act, document: DocumentType, document_id: int) -> None:
    """Take every file of a document away, because the document itself goes."""
    rows = files_of(act, document, document_id)
    for row in rows:
        act.session.delete(row)
    if rows:
        act.session.flush()
        let_go(act, sorted({row.sha256 for row in rows}))


def _lock(act: Act, digest: str) -> bool:
    statement = select(AttachedFile.sha256).where(
        AttachedFile.company_id == act.company_id, AttachedFile.sha256 == digest
    )
    return act.session.execute(statement.with_for_update()).first() is not None
