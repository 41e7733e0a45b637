"""stock documents and stocktakes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('stock_document',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('document_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('document_date', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('partner', sa.String(length=32), server_default='', nullable=False),
    sa.Column('application_no', sa.String(length=64), server_default='', nullable=False),
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
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_stock_document'))
    )
    with op.batch_alter_table('stock_document', schema=None) as batch_op:
        batch_op.create_index('ix_stock_document_date', ['company_id', 'document_date'], unique=False)
        batch_op.create_index('ix_stock_document_key', ['company_id', 'document_no'], unique=True)
        batch_op.create_index('ix_stock_document_partner', ['company_id', 'partner'], unique=False)

    op.create_table('stocktake',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('count_date', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('warehouse', sa.String(length=32), server_default='', nullable=False),
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
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_stocktake'))
    )
    with op.batch_alter_table('stocktake', schema=None) as batch_op:
        batch_op.create_index('ix_stocktake_key', ['company_id', 'count_date', 'kind', 'warehouse'], unique=True)

    op.create_table('stock_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('doc_type', sa.String(length=4), server_default='', nullable=False),
    sa.Column('part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('quantity', ExactDecimal(5), nullable=False),
    sa.Column('erp_unit', sa.String(length=10), server_default='', nullable=False),
    sa.Column('scope', sa.String(length=32), server_default='', nullable=False),
    sa.Column('bom_version', sa.String(length=32), server_default='', nullable=False),
    sa.Column('warehouse', sa.String(length=32), server_default='', nullable=False),
    sa.Column('batch_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('source_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('moved_on', sa.Date(), nullable=True),
    sa.Column('stock_change', ExactDecimal(5), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['stock_document.company_id', 'stock_document.id'], name=op.f('fk_stock_line_stock_document'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_stock_line'))
    )
    with op.batch_alter_table('stock_line', schema=None) as batch_op:
        batch_op.create_index('ix_stock_line_header', ['company_id', 'header_id', 'line_no'], unique=False)
        batch_op.create_index('ix_stock_line_part', ['company_id', 'part_no', 'scope', 'moved_on'], unique=False)

    op.create_table('stocktake_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('quantity', ExactDecimal(5), nullable=False),
    sa.Column('erp_unit', sa.String(length=10), server_default='', nullable=False),
    sa.Column('scope', sa.String(length=32), server_default='', nullable=False),
    sa.Column('bom_version', sa.String(length=32), server_default='', nullable=False),
    sa.Column('quality', sa.String(length=10), server_default='', nullable=False),
    sa.Column('location', sa.String(length=64), server_default='', nullable=False),
    sa.Column('goods_kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('transit_way', sa.String(length=4), server_default='', nullable=False),
    sa.Column('counted_qty', ExactDecimal(5), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['stocktake.company_id', 'stocktake.id'], name=op.f('fk_stocktake_line_stocktake'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_stocktake_line'))
    )
    with op.batch_alter_table('stocktake_line', schema=None) as batch_op:
        batch_op.create_index('ix_stocktake_line_header', ['company_id', 'header_id', 'line_no'], unique=False)
        batch_op.create_index('ix_stocktake_line_part', ['company_id', 'part_no'], unique=False)



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('stocktake_line', schema=None) as batch_op:
        batch_op.drop_index('ix_stocktake_line_part')
        batch_op.drop_index('ix_stocktake_line_header')

    op.drop_table('stocktake_line')
    with op.batch_alter_table('stock_line', schema=None) as batch_op:
        batch_op.drop_index('ix_stock_line_part')
        batch_op.drop_index('ix_stock_line_header')

    op.drop_table('stock_line')
    with op.batch_alter_table('stocktake', schema=None) as batch_op:
        batch_op.drop_index('ix_stocktake_key')

    op.drop_table('stocktake')
    with op.batch_alter_table('stock_document', schema=None) as batch_op:
        batch_op.drop_index('ix_stock_document_partner')
        batch_op.drop_index('ix_stock_document_key')
        batch_op.drop_index('ix_stock_document_date')

    op.drop_table('stock_document')
