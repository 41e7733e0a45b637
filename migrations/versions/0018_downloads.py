"""downloads"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op



revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('download_item',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('run_id', sa.BigInteger(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('document_key', sa.String(length=32), nullable=False),
    sa.Column('number', sa.String(length=128), nullable=False),
    sa.Column('title', sa.String(length=255), server_default='', nullable=False),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('customs_state', sa.String(length=64), server_default='', nullable=False),
    sa.Column('mark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('outcome', sa.String(length=16), server_default='', nullable=False),
    sa.Column('reason', sa.String(length=512), server_default='', nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=True),
    sa.Column('taken_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_download_item'))
    )
    with op.batch_alter_table('download_item', schema=None) as batch_op:
        batch_op.create_index('ix_download_item_run', ['company_id', 'run_id', 'place'], unique=True)

    op.create_table('download_run',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('way', sa.String(length=32), nullable=False),
    sa.Column('title', sa.String(length=64), nullable=False),
    sa.Column('places', sa.JSON(), server_default='[]', nullable=False),
    sa.Column('begin', sa.Date(), nullable=False),
    sa.Column('end', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=16), server_default='running', nullable=False),
    sa.Column('problem', sa.String(length=512), server_default='', nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('user_name', sa.String(length=64), nullable=False),
    sa.Column('started_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_download_run'))
    )
    with op.batch_alter_table('download_run', schema=None) as batch_op:
        batch_op.create_index('ix_download_run_state', ['company_id', 'state'], unique=False)



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('download_run', schema=None) as batch_op:
        batch_op.drop_index('ix_download_run_state')

    op.drop_table('download_run')
    with op.batch_alter_table('download_item', schema=None) as batch_op:
        batch_op.drop_index('ix_download_item_run')

    op.drop_table('download_item')
