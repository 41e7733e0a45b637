"""inspections returns and fixed elements"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""

    op.create_table('inspection_record',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('declaration', sa.String(length=18), server_default='', nullable=False),
    sa.Column('noticed_at', sa.DateTime(), nullable=False),
    sa.Column('declaration_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('ie_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('declare_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('notice', sa.Text(), server_default='', nullable=False),
    sa.Column('kind', sa.String(length=64), server_default='', nullable=False),
    sa.Column('found', sa.String(length=4), server_default='', nullable=False),
    sa.Column('reason', sa.String(length=255), server_default='', nullable=False),
    sa.Column('handling', sa.String(length=255), server_default='', nullable=False),
    sa.Column('loss', ExactDecimal(2), nullable=True),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_inspection_record'))
    )
    with op.batch_alter_table('inspection_record', schema=None) as batch_op:
        batch_op.create_index('ix_inspection_record_key', ['company_id', 'declaration', 'noticed_at'], unique=True)
        batch_op.create_index('ix_inspection_record_time', ['company_id', 'noticed_at'], unique=False)

    op.create_table('return_record',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('declaration', sa.String(length=18), server_default='', nullable=False),
    sa.Column('noticed_at', sa.DateTime(), nullable=False),
    sa.Column('kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('declaration_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('ie_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('declare_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('notice', sa.Text(), server_default='', nullable=False),
    sa.Column('cause', sa.String(length=18), server_default='', nullable=False),
    sa.Column('responsible', sa.String(length=32), server_default='', nullable=False),
    sa.Column('handling', sa.String(length=255), server_default='', nullable=False),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_return_record'))
    )
    with op.batch_alter_table('return_record', schema=None) as batch_op:
        batch_op.create_index('ix_return_record_key', ['company_id', 'declaration', 'noticed_at'], unique=True)
        batch_op.create_index('ix_return_record_time', ['company_id', 'noticed_at'], unique=False)

    with op.batch_alter_table('element_name', schema=None) as batch_op:
        batch_op.add_column(sa.Column('own_text', sa.String(length=64), server_default='', nullable=False))




def downgrade() -> None:
    """Downgrade."""

    with op.batch_alter_table('element_name', schema=None) as batch_op:
        batch_op.drop_column('own_text')

    with op.batch_alter_table('return_record', schema=None) as batch_op:
        batch_op.drop_index('ix_return_record_time')
        batch_op.drop_index('ix_return_record_key')

    op.drop_table('return_record')
    with op.batch_alter_table('inspection_record', schema=None) as batch_op:
        batch_op.drop_index('ix_inspection_record_time')
        batch_op.drop_index('ix_inspection_record_key')

    op.drop_table('inspection_record')

