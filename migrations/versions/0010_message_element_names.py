"""message element names"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('message_names',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('message_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('active', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_message_names'))
    )
    with op.batch_alter_table('message_names', schema=None) as batch_op:
        batch_op.create_index('ix_message_names_key', ['company_id', 'message_code'], unique=True)

    op.create_table('element_name',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('group_name', sa.String(length=64), server_default='', nullable=False),
    sa.Column('element', sa.String(length=64), server_default='', nullable=False),
    sa.Column('label', sa.String(length=64), server_default='', nullable=False),
    sa.Column('confidence', sa.String(length=10), server_default='', nullable=False),
    sa.Column('own_name', sa.String(length=64), server_default='', nullable=False),
    sa.Column('sent', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['message_names.company_id', 'message_names.id'], name=op.f('fk_element_name_message_names'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_element_name'))
    )
    with op.batch_alter_table('element_name', schema=None) as batch_op:
        batch_op.create_index('ix_element_name_header', ['company_id', 'header_id', 'line_no'], unique=False)



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('element_name', schema=None) as batch_op:
        batch_op.drop_index('ix_element_name_header')

    op.drop_table('element_name')
    with op.batch_alter_table('message_names', schema=None) as batch_op:
        batch_op.drop_index('ix_message_names_key')

    op.drop_table('message_names')
