"""what a book counts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op



revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('basis', sa.String(length=32), server_default='', nullable=False))



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_column('basis')

