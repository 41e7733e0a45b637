"""signing by the operator's card"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op



revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    with op.batch_alter_table('company', schema=None) as batch_op:
        batch_op.add_column(sa.Column('signed_here', sa.String(length=255), server_default='', nullable=False))

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('certificate_no', sa.String(length=64), server_default='', nullable=False))



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_column('certificate_no')

    with op.batch_alter_table('company', schema=None) as batch_op:
        batch_op.drop_column('signed_here')

