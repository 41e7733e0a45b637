"""corrections typed at import"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.add_column(sa.Column('corrections', sa.JSON(), server_default='{}', nullable=False))


def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.drop_column('corrections')
