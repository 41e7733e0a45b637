"""consumption standards"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('consumption_standard',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('product_hs', sa.String(length=10), server_default='', nullable=False),
    sa.Column('material_hs', sa.String(length=10), server_default='', nullable=False),
    sa.Column('ceiling', ExactDecimal(9), nullable=False),
    sa.Column('basis', sa.String(length=255), server_default='', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_consumption_standard'))
    )
    op.create_index('ix_consumption_standard_key', 'consumption_standard', ['company_id', 'product_hs', 'material_hs'], unique=True)


def downgrade() -> None:
    """Downgrade."""
    op.drop_index('ix_consumption_standard_key', table_name='consumption_standard')
    op.drop_table('consumption_standard')
