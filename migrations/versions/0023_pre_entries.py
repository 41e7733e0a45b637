"""pre-entries"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('pre_entry',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('document_key', sa.String(length=32), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('document_no', sa.String(length=128), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('way', sa.String(length=32), nullable=False),
    sa.Column('way_title', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), server_default='uploading', nullable=False),
    sa.Column('number', sa.String(length=64), server_default='', nullable=False),
    sa.Column('place', sa.String(length=512), server_default='', nullable=False),
    sa.Column('reason', sa.String(length=512), server_default='', nullable=False),
    sa.Column('despite', sa.Boolean(), nullable=False),
    sa.Column('again', sa.Boolean(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('user_name', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_pre_entry')),
    sa.UniqueConstraint('company_id', 'document_key', 'document_id', 'turn', name='uq_pre_entry_turn'),
    sa.UniqueConstraint('company_id', 'key', name='uq_pre_entry_key')
    )
    with op.batch_alter_table('pre_entry', schema=None) as batch_op:
        batch_op.create_index('ix_pre_entry_at', ['company_id', 'created_at'], unique=False)



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('pre_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_pre_entry_at')

    op.drop_table('pre_entry')
