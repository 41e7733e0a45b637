"""goods against the hs table"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

_KNOWN = (('hs_seen', sa.String(length=10)), ('hs_name', sa.String(length=255)), ('supervision_condition', sa.String(length=64)), ('hs_elements', sa.Text()))


def _text(name: str, kind: sa.types.TypeEngine[str]) -> sa.Column[str]:
    return sa.Column(name, kind, server_default='', nullable=False)


def upgrade() -> None:
    """Upgrade."""
    with op.batch_alter_table('part', schema=None) as batch_op:
        batch_op.add_column(_text('destination', sa.String(length=4)))
    for table in ('part', 'merged_item'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, kind in _KNOWN:
                batch_op.add_column(_text(name, kind))


def downgrade() -> None:
    """Downgrade."""
    for table in ('part', 'merged_item'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, _ in _KNOWN:
                batch_op.drop_column(name)
    with op.batch_alter_table('part', schema=None) as batch_op:
        batch_op.drop_column('destination')
