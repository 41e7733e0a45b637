"""closed periods refuse"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.engine.closed_periods import guards, lifting


revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.add_column('posting', sa.Column('corrects', sa.Date(), nullable=True))
    # On SQLite env.py lifts the triggers for the time of a migration and sets them again afterwards.
    for statement in guards(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Downgrade."""
    for statement in lifting(op.get_bind().dialect.name):
        op.execute(statement)
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.drop_column('corrects')
