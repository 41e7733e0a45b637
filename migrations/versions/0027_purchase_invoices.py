"""purchase invoices, and what they deduct of the shortfall of a handbook; stored 手册核销 get their 欠数"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('purchase_invoice',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('invoice_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('invoice_date', sa.Date(), nullable=False),
    sa.Column('supplier', sa.String(length=32), server_default='', nullable=False),
    sa.Column('amount', ExactDecimal(2), server_default='0', nullable=False),
    sa.Column('tax', ExactDecimal(2), server_default='0', nullable=False),
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
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_purchase_invoice'))
    )
    with op.batch_alter_table('purchase_invoice', schema=None) as batch_op:
        batch_op.create_index('ix_purchase_invoice_date', ['company_id', 'invoice_date'], unique=False)
        batch_op.create_index('ix_purchase_invoice_key', ['company_id', 'invoice_no'], unique=True)
        batch_op.create_index('ix_purchase_invoice_supplier', ['company_id', 'supplier'], unique=False)

    op.create_table('handbook_deduction',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=False),
    sa.Column('invoice_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('invoice_date', sa.Date(), nullable=False),
    sa.Column('supplier', sa.String(length=32), server_default='', nullable=False),
    sa.Column('part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('quantity', ExactDecimal(5), nullable=False),
    sa.Column('erp_unit', sa.String(length=10), server_default='', nullable=False),
    sa.Column('item_qty', ExactDecimal(5), nullable=False),
    sa.Column('available', ExactDecimal(5), nullable=False),
    sa.Column('used', ExactDecimal(5), server_default='0', nullable=False),
    sa.Column('unused', ExactDecimal(5), server_default='0', nullable=False),
    sa.Column('invoice_id', sa.BigInteger(), nullable=False),
    sa.Column('invoice_line_id', sa.BigInteger(), nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['handbook_verification.company_id', 'handbook_verification.id'], name=op.f('fk_handbook_deduction_handbook_verification'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_handbook_deduction'))
    )
    with op.batch_alter_table('handbook_deduction', schema=None) as batch_op:
        batch_op.create_index('ix_handbook_deduction_header', ['company_id', 'header_id', 'line_no'], unique=False)
        batch_op.create_index('ix_handbook_deduction_invoice', ['company_id', 'invoice_line_id'], unique=False)

    op.create_table('purchase_invoice_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('quantity', ExactDecimal(5), nullable=False),
    sa.Column('erp_unit', sa.String(length=10), server_default='', nullable=False),
    sa.Column('amount', ExactDecimal(2), nullable=True),
    sa.Column('tax', ExactDecimal(2), nullable=True),
    sa.Column('record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=True),
    sa.Column('item_qty', ExactDecimal(5), nullable=True),
    sa.Column('used_qty', ExactDecimal(5), server_default='0', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['purchase_invoice.company_id', 'purchase_invoice.id'], name=op.f('fk_purchase_invoice_line_purchase_invoice'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_purchase_invoice_line'))
    )
    with op.batch_alter_table('purchase_invoice_line', schema=None) as batch_op:
        batch_op.create_index('ix_purchase_invoice_line_book', ['company_id', 'record_no'], unique=False)
        batch_op.create_index('ix_purchase_invoice_line_header', ['company_id', 'header_id', 'line_no'], unique=False)
        batch_op.create_index('ix_purchase_invoice_line_part', ['company_id', 'part_no'], unique=False)

    with op.batch_alter_table('handbook_material', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shortfall', ExactDecimal(5), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('bought', ExactDecimal(5), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('deducted', ExactDecimal(5), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('shortfall_left', ExactDecimal(5), server_default='0', nullable=False))

    with op.batch_alter_table('handbook_verification', schema=None) as batch_op:
        batch_op.add_column(sa.Column('balanced', sa.String(length=4), server_default='', nullable=False))
    op.execute("UPDATE handbook_material SET shortfall = -declared_remaining WHERE declared_remaining < 0")
    op.execute("UPDATE handbook_material SET shortfall_left = shortfall")
    op.execute(
        "UPDATE handbook_verification SET balanced = CASE WHEN EXISTS (SELECT 1 FROM handbook_material m"
        " WHERE m.company_id = handbook_verification.company_id AND m.header_id = handbook_verification.id"
        " AND m.shortfall > 0) THEN '0' ELSE '1' END"
    )


def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('handbook_verification', schema=None) as batch_op:
        batch_op.drop_column('balanced')

    with op.batch_alter_table('handbook_material', schema=None) as batch_op:
        batch_op.drop_column('shortfall_left')
        batch_op.drop_column('deducted')
        batch_op.drop_column('bought')
        batch_op.drop_column('shortfall')

    with op.batch_alter_table('purchase_invoice_line', schema=None) as batch_op:
        batch_op.drop_index('ix_purchase_invoice_line_part')
        batch_op.drop_index('ix_purchase_invoice_line_header')
        batch_op.drop_index('ix_purchase_invoice_line_book')

    op.drop_table('purchase_invoice_line')
    with op.batch_alter_table('handbook_deduction', schema=None) as batch_op:
        batch_op.drop_index('ix_handbook_deduction_invoice')
        batch_op.drop_index('ix_handbook_deduction_header')

    op.drop_table('handbook_deduction')
    with op.batch_alter_table('purchase_invoice', schema=None) as batch_op:
        batch_op.drop_index('ix_purchase_invoice_supplier')
        batch_op.drop_index('ix_purchase_invoice_key')
        batch_op.drop_index('ix_purchase_invoice_date')

    op.drop_table('purchase_invoice')
