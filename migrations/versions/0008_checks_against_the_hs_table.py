"""checks against the hs table"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('hs_check',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('check_no', sa.BigInteger(), nullable=False),
    sa.Column('checked_at', sa.DateTime(), nullable=True),
    sa.Column('compared', sa.BigInteger(), nullable=False),
    sa.Column('found', sa.BigInteger(), nullable=False),
    sa.Column('applied', sa.BigInteger(), nullable=False),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_hs_check'))
    )
    op.create_index('ix_hs_check_key', 'hs_check', ['company_id', 'check_no'], unique=True)
    op.create_table('hs_difference',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), server_default='', nullable=False),
    sa.Column('target', sa.String(length=32), server_default='', nullable=False),
    sa.Column('target_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.String(length=64), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('old', sa.Text(), server_default='', nullable=False),
    sa.Column('new', sa.Text(), server_default='', nullable=False),
    sa.Column('fate', sa.String(length=10), server_default='', nullable=False),
    sa.Column('filed', sa.Text(), server_default='', nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['hs_check.company_id', 'hs_check.id'], name=op.f('fk_hs_difference_hs_check'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_hs_difference'))
    )
    op.create_index('ix_hs_difference_header', 'hs_difference', ['company_id', 'header_id', 'line_no'], unique=False)


def downgrade() -> None:
    """Downgrade."""
    op.drop_index('ix_hs_difference_header', table_name='hs_difference')
    op.drop_table('hs_difference')
    op.drop_index('ix_hs_check_key', table_name='hs_check')
    op.drop_table('hs_check')
