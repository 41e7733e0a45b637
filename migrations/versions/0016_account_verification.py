"""account verification"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('account_verification',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('internal_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('times', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('begin_date', sa.Date(), nullable=False),
    sa.Column('end_date', sa.Date(), nullable=False),
    sa.Column('computed_end', sa.Date(), nullable=True),
    sa.Column('override_reason', sa.String(length=255), server_default='', nullable=False),
    sa.Column('actual_source', sa.String(length=10), server_default='', nullable=False),
    sa.Column('stocktake_date', sa.Date(), nullable=True),
    sa.Column('with_transit', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('carry_basis', sa.String(length=10), server_default='', nullable=False),
    sa.Column('reserved_notes', sa.String(length=10), server_default='', nullable=False),
    sa.Column('negative_confirmed', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('tolerance', ExactDecimal(9), nullable=False),
    sa.Column('currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('import_notes', sa.BigInteger(), nullable=False),
    sa.Column('export_notes', sa.BigInteger(), nullable=False),
    sa.Column('import_amount', ExactDecimal(2), nullable=True),
    sa.Column('export_amount', ExactDecimal(2), nullable=True),
    sa.Column('computed_at', sa.DateTime(), nullable=True),
    sa.Column('declared_on', sa.Date(), nullable=True),
    sa.Column('seq_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('customs_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('customs_at', sa.DateTime(), nullable=True),
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
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_account_verification'))
    )
    with op.batch_alter_table('account_verification', schema=None) as batch_op:
        batch_op.create_index('ix_account_verification_book', ['company_id', 'record_no', 'end_date'], unique=False)
        batch_op.create_index('ix_account_verification_key', ['company_id', 'internal_no'], unique=True)

    op.create_table('verification_material',
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
    sa.Column('opening', ExactDecimal(5), nullable=False),
    sa.Column('in_out', ExactDecimal(5), nullable=False),
    sa.Column('consumed', ExactDecimal(5), nullable=False),
    sa.Column('expected', ExactDecimal(5), nullable=False),
    sa.Column('balance', ExactDecimal(5), nullable=False),
    sa.Column('actual', ExactDecimal(5), nullable=False),
    sa.Column('variance', ExactDecimal(5), nullable=False),
    sa.Column('variance_rate', ExactDecimal(4), nullable=True),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('counted_material', ExactDecimal(5), nullable=True),
    sa.Column('counted_product', ExactDecimal(5), nullable=True),
    sa.Column('counted_semi', ExactDecimal(5), nullable=True),
    sa.Column('counted_transit', ExactDecimal(5), nullable=True),
    sa.Column('approved_qty', ExactDecimal(5), nullable=True),
    sa.Column('carried_break', ExactDecimal(5), nullable=False),
    sa.Column('price', ExactDecimal(4), nullable=True),
    sa.Column('expected_amount', ExactDecimal(2), nullable=True),
    sa.Column('actual_amount', ExactDecimal(2), nullable=True),
    sa.Column('variance_amount', ExactDecimal(2), nullable=True),
    sa.Column('direct_import', ExactDecimal(5), nullable=False),
    sa.Column('transfer_in', ExactDecimal(5), nullable=False),
    sa.Column('surplus_in', ExactDecimal(5), nullable=False),
    sa.Column('exchange_in', ExactDecimal(5), nullable=False),
    sa.Column('exchange_out', ExactDecimal(5), nullable=False),
    sa.Column('domestic_sale', ExactDecimal(5), nullable=False),
    sa.Column('reexport', ExactDecimal(5), nullable=False),
    sa.Column('surplus_out', ExactDecimal(5), nullable=False),
    sa.Column('destroyed', ExactDecimal(5), nullable=False),
    sa.Column('direct_export', ExactDecimal(5), nullable=False),
    sa.Column('transfer_out', ExactDecimal(5), nullable=False),
    sa.Column('returned_in', ExactDecimal(5), nullable=False),
    sa.Column('returned_out', ExactDecimal(5), nullable=False),
    sa.Column('reduced', ExactDecimal(5), nullable=False),
    sa.Column('net', ExactDecimal(5), nullable=False),
    sa.Column('tangible', ExactDecimal(5), nullable=False),
    sa.Column('intangible', ExactDecimal(5), nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['account_verification.company_id', 'account_verification.id'], name=op.f('fk_verification_material_account_verification'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_verification_material'))
    )
    with op.batch_alter_table('verification_material', schema=None) as batch_op:
        batch_op.create_index('ix_verification_material_header', ['company_id', 'header_id', 'line_no'], unique=False)
        batch_op.create_index('ix_verification_material_item', ['company_id', 'header_id', 'item_no'], unique=False)

    op.create_table('verification_note',
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
    sa.Column('posted', sa.Boolean(), nullable=False),
    sa.Column('included', sa.Boolean(), nullable=False),
    sa.Column('carried_over', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['account_verification.company_id', 'account_verification.id'], name=op.f('fk_verification_note_account_verification'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_verification_note'))
    )
    with op.batch_alter_table('verification_note', schema=None) as batch_op:
        batch_op.create_index('ix_verification_note_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('verification_product',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=False),
    sa.Column('uc_version', sa.String(length=10), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('unit', sa.String(length=4), server_default='', nullable=False),
    sa.Column('direct', ExactDecimal(5), nullable=False),
    sa.Column('transferred', ExactDecimal(5), nullable=False),
    sa.Column('returned_in', ExactDecimal(5), nullable=False),
    sa.Column('returned_out', ExactDecimal(5), nullable=False),
    sa.Column('other', ExactDecimal(5), nullable=False),
    sa.Column('effective', ExactDecimal(5), nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['account_verification.company_id', 'account_verification.id'], name=op.f('fk_verification_product_account_verification'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_verification_product'))
    )
    with op.batch_alter_table('verification_product', schema=None) as batch_op:
        batch_op.create_index('ix_verification_product_header', ['company_id', 'header_id', 'line_no'], unique=False)



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('verification_product', schema=None) as batch_op:
        batch_op.drop_index('ix_verification_product_header')

    op.drop_table('verification_product')
    with op.batch_alter_table('verification_note', schema=None) as batch_op:
        batch_op.drop_index('ix_verification_note_header')

    op.drop_table('verification_note')
    with op.batch_alter_table('verification_material', schema=None) as batch_op:
        batch_op.drop_index('ix_verification_material_item')
        batch_op.drop_index('ix_verification_material_header')

    op.drop_table('verification_material')
    with op.batch_alter_table('account_verification', schema=None) as batch_op:
        batch_op.drop_index('ix_account_verification_key')
        batch_op.drop_index('ix_account_verification_book')

    op.drop_table('account_verification')
