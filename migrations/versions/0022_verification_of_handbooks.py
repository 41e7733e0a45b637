"""verification of handbooks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('handbook_verification',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('internal_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('basis', sa.String(length=32), server_default='', nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('last_export', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('import_papers', sa.BigInteger(), nullable=False),
    sa.Column('export_papers', sa.BigInteger(), nullable=False),
    sa.Column('computed_at', sa.DateTime(), nullable=True),
    sa.Column('declared_on', sa.Date(), nullable=True),
    sa.Column('seq_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('customs_at', sa.DateTime(), nullable=True),
    sa.Column('customs_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
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
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_handbook_verification'))
    )
    with op.batch_alter_table('handbook_verification', schema=None) as batch_op:
        batch_op.create_index('ix_handbook_verification_book', ['company_id', 'record_no'], unique=False)
        batch_op.create_index('ix_handbook_verification_key', ['company_id', 'internal_no'], unique=True)

    op.create_table('handbook_material',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=False),
    sa.Column('part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('hs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('spec', sa.String(length=512), server_default='', nullable=False),
    sa.Column('unit', sa.String(length=4), server_default='', nullable=False),
    sa.Column('filed', ExactDecimal(5), nullable=True),
    sa.Column('direct_import', ExactDecimal(5), nullable=False),
    sa.Column('transfer_in', ExactDecimal(5), nullable=False),
    sa.Column('surplus_in', ExactDecimal(5), nullable=False),
    sa.Column('exchange_out', ExactDecimal(5), nullable=False),
    sa.Column('imported', ExactDecimal(5), nullable=False),
    sa.Column('adjust_import', ExactDecimal(5), nullable=True),
    sa.Column('consumed', ExactDecimal(5), nullable=False),
    sa.Column('adjust_consumed', ExactDecimal(5), nullable=True),
    sa.Column('domestic_sale', ExactDecimal(5), nullable=False),
    sa.Column('adjust_sale', ExactDecimal(5), nullable=True),
    sa.Column('reexport', ExactDecimal(5), nullable=False),
    sa.Column('adjust_reexport', ExactDecimal(5), nullable=True),
    sa.Column('surplus_out', ExactDecimal(5), nullable=False),
    sa.Column('adjust_surplus', ExactDecimal(5), nullable=True),
    sa.Column('destroyed', ExactDecimal(5), nullable=False),
    sa.Column('adjust_destroyed', ExactDecimal(5), nullable=True),
    sa.Column('remaining', ExactDecimal(5), nullable=False),
    sa.Column('declared_remaining', ExactDecimal(5), nullable=False),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('scrap', ExactDecimal(5), nullable=False),
    sa.Column('scrap_sold', ExactDecimal(5), nullable=False),
    sa.Column('scrap_reexported', ExactDecimal(5), nullable=False),
    sa.Column('scrap_destroyed', ExactDecimal(5), nullable=False),
    sa.Column('scrap_left', ExactDecimal(5), nullable=False),
    sa.Column('importable', ExactDecimal(5), nullable=True),
    sa.Column('share', ExactDecimal(4), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['handbook_verification.company_id', 'handbook_verification.id'], name=op.f('fk_handbook_material_handbook_verification'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_handbook_material'))
    )
    with op.batch_alter_table('handbook_material', schema=None) as batch_op:
        batch_op.create_index('ix_handbook_material_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('handbook_product',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=False),
    sa.Column('part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('hs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('unit', sa.String(length=4), server_default='', nullable=False),
    sa.Column('filed', ExactDecimal(5), nullable=True),
    sa.Column('direct', ExactDecimal(5), nullable=False),
    sa.Column('transferred', ExactDecimal(5), nullable=False),
    sa.Column('returned_in', ExactDecimal(5), nullable=False),
    sa.Column('returned_out', ExactDecimal(5), nullable=False),
    sa.Column('exported', ExactDecimal(5), nullable=False),
    sa.Column('exportable', ExactDecimal(5), nullable=True),
    sa.Column('share', ExactDecimal(4), nullable=True),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['handbook_verification.company_id', 'handbook_verification.id'], name=op.f('fk_handbook_product_handbook_verification'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_handbook_product'))
    )
    with op.batch_alter_table('handbook_product', schema=None) as batch_op:
        batch_op.create_index('ix_handbook_product_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('handbook_voucher',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('document_key', sa.String(length=32), server_default='', nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('document_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('bond_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('ie_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('supervision_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('declared_on', sa.Date(), nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['handbook_verification.company_id', 'handbook_verification.id'], name=op.f('fk_handbook_voucher_handbook_verification'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_handbook_voucher'))
    )
    with op.batch_alter_table('handbook_voucher', schema=None) as batch_op:
        batch_op.create_index('ix_handbook_voucher_header', ['company_id', 'header_id', 'line_no'], unique=False)



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('handbook_voucher', schema=None) as batch_op:
        batch_op.drop_index('ix_handbook_voucher_header')

    op.drop_table('handbook_voucher')
    with op.batch_alter_table('handbook_product', schema=None) as batch_op:
        batch_op.drop_index('ix_handbook_product_header')

    op.drop_table('handbook_product')
    with op.batch_alter_table('handbook_material', schema=None) as batch_op:
        batch_op.drop_index('ix_handbook_material_header')

    op.drop_table('handbook_material')
    with op.batch_alter_table('handbook_verification', schema=None) as batch_op:
        batch_op.drop_index('ix_handbook_verification_key')
        batch_op.drop_index('ix_handbook_verification_book')

    op.drop_table('handbook_verification')
