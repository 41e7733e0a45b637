"""shortage tables and the reason a stocktake was unlocked"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('shortage_overage',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('internal_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=10), server_default='', nullable=False),
    sa.Column('opening_day', sa.Date(), nullable=True),
    sa.Column('outsourced', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('transit', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('direct', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('domestic', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('without_unmade', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('tolerance', ExactDecimal(9), nullable=False),
    sa.Column('price', sa.String(length=10), server_default='', nullable=False),
    sa.Column('vat_rate', ExactDecimal(9), nullable=False),
    sa.Column('short_items', sa.BigInteger(), nullable=False),
    sa.Column('over_items', sa.BigInteger(), nullable=False),
    sa.Column('short_value', ExactDecimal(2), nullable=True),
    sa.Column('tax_total', ExactDecimal(2), nullable=True),
    sa.Column('computed_at', sa.DateTime(), nullable=True),
    sa.Column('fingerprint', sa.String(length=32), server_default='', nullable=False),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('state', sa.String(length=16), server_default='DRAFT', nullable=False),
    sa.Column('audited_by', sa.BigInteger(), nullable=True),
    sa.Column('audited_at', sa.DateTime(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_shortage_overage'))
    )
    with op.batch_alter_table('shortage_overage', schema=None) as batch_op:
        batch_op.create_index('ix_shortage_overage_book', ['company_id', 'record_no', 'day'], unique=False)
        batch_op.create_index('ix_shortage_overage_key', ['company_id', 'internal_no'], unique=True)

    op.create_table('shortage_material',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('spec', sa.String(length=512), server_default='', nullable=False),
    sa.Column('unit', sa.String(length=4), server_default='', nullable=False),
    sa.Column('verdict', sa.String(length=4), server_default='', nullable=False),
    sa.Column('difference', ExactDecimal(5), nullable=False),
    sa.Column('rate', ExactDecimal(4), nullable=True),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('incoming', ExactDecimal(5), nullable=False),
    sa.Column('consumed', ExactDecimal(5), nullable=False),
    sa.Column('booked', ExactDecimal(5), nullable=False),
    sa.Column('material', ExactDecimal(5), nullable=False),
    sa.Column('product', ExactDecimal(5), nullable=False),
    sa.Column('semi_product', ExactDecimal(5), nullable=False),
    sa.Column('outsourced', ExactDecimal(5), nullable=False),
    sa.Column('in_transit', ExactDecimal(5), nullable=False),
    sa.Column('defective', ExactDecimal(5), nullable=False),
    sa.Column('domestic', ExactDecimal(5), nullable=False),
    sa.Column('counted', ExactDecimal(5), nullable=False),
    sa.Column('delivered_not_transferred', ExactDecimal(5), nullable=False),
    sa.Column('transferred_not_delivered', ExactDecimal(5), nullable=False),
    sa.Column('received_not_transferred', ExactDecimal(5), nullable=False),
    sa.Column('transferred_not_received', ExactDecimal(5), nullable=False),
    sa.Column('shipped_not_declared', ExactDecimal(5), nullable=False),
    sa.Column('declared_not_shipped', ExactDecimal(5), nullable=False),
    sa.Column('arrived_not_declared', ExactDecimal(5), nullable=False),
    sa.Column('declared_not_arrived', ExactDecimal(5), nullable=False),
    sa.Column('gap_total', ExactDecimal(5), nullable=False),
    sa.Column('price', ExactDecimal(4), nullable=True),
    sa.Column('value', ExactDecimal(2), nullable=True),
    sa.Column('duty_rate', ExactDecimal(9), server_default='0', nullable=False),
    sa.Column('duty', ExactDecimal(2), nullable=True),
    sa.Column('vat', ExactDecimal(2), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['shortage_overage.company_id', 'shortage_overage.id'], name=op.f('fk_shortage_material_shortage_overage'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_shortage_material'))
    )
    with op.batch_alter_table('shortage_material', schema=None) as batch_op:
        batch_op.create_index('ix_shortage_material_header', ['company_id', 'header_id', 'line_no'], unique=False)
        batch_op.create_index('ix_shortage_material_item', ['company_id', 'header_id', 'item_no'], unique=False)

    op.create_table('shortage_stocktake',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('stocktake_id', sa.BigInteger(), nullable=False),
    sa.Column('count_date', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('warehouse', sa.String(length=32), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['shortage_overage.company_id', 'shortage_overage.id'], name=op.f('fk_shortage_stocktake_shortage_overage'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_shortage_stocktake'))
    )
    with op.batch_alter_table('shortage_stocktake', schema=None) as batch_op:
        batch_op.create_index('ix_shortage_stocktake_header', ['company_id', 'header_id', 'line_no'], unique=False)

    with op.batch_alter_table('stocktake', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unlock_reason', sa.String(length=255), server_default='', nullable=False))



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('stocktake', schema=None) as batch_op:
        batch_op.drop_column('unlock_reason')

    with op.batch_alter_table('shortage_stocktake', schema=None) as batch_op:
        batch_op.drop_index('ix_shortage_stocktake_header')

    op.drop_table('shortage_stocktake')
    with op.batch_alter_table('shortage_material', schema=None) as batch_op:
        batch_op.drop_index('ix_shortage_material_item')
        batch_op.drop_index('ix_shortage_material_header')

    op.drop_table('shortage_material')
    with op.batch_alter_table('shortage_overage', schema=None) as batch_op:
        batch_op.drop_index('ix_shortage_overage_key')
        batch_op.drop_index('ix_shortage_overage_book')

    op.drop_table('shortage_overage')
