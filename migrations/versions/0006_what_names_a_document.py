"""what names a document"""

from __future__ import annotations

from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

#: (index, table, column): look-ups of 关联单据, each by company and one column.
INDEXES = (
    ('ix_bom_line_material', 'bom_line', 'material_part_no'),
    ('ix_bonded_note_line_part', 'bonded_note_line', 'part_no'),
    ('ix_bonded_note_record', 'bonded_note', 'record_no'),
    ('ix_bonded_note_partner', 'bonded_note', 'partner'),
    ('ix_source_document_partner', 'source_document', 'partner'),
)


def upgrade() -> None:
    """Upgrade."""
    for name, table, column in INDEXES:
        op.create_index(name, table, ['company_id', column], unique=False)


def downgrade() -> None:
    """Downgrade."""
    for name, table, _column in INDEXES:
        op.drop_index(name, table_name=table)
