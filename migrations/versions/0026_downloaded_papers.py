"""downloaded papers: 修撤单, 流转申请表, 收发货单, 外发加工申请表 as customs has them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('amend_record',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('copy', sa.String(length=10), server_default='formal', nullable=False),
    sa.Column('amend_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('customs_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('declaration_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('customs_state', sa.String(length=64), server_default='', nullable=False),
    sa.Column('declared_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('office', sa.String(length=64), server_default='', nullable=False),
    sa.Column('applicant', sa.String(length=255), server_default='', nullable=False),
    sa.Column('operator', sa.String(length=32), server_default='', nullable=False),
    sa.Column('telephone', sa.String(length=32), server_default='', nullable=False),
    sa.Column('link_state', sa.String(length=4), server_default='0', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_amend_record'))
    )
    with op.batch_alter_table('amend_record', schema=None) as batch_op:
        batch_op.create_index('ix_amend_record_declaration', ['company_id', 'declaration_no'], unique=False)
        batch_op.create_index('ix_amend_record_key', ['company_id', 'copy', 'amend_no'], unique=True)

    op.create_table('outsourcing_application',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('copy', sa.String(length=10), server_default='formal', nullable=False),
    sa.Column('application_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('enterprise_code', sa.String(length=18), server_default='', nullable=False),
    sa.Column('enterprise_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('contractor', sa.String(length=32), server_default='', nullable=False),
    sa.Column('contractor_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('contractor_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('goods', sa.String(length=255), server_default='', nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('contract_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('customs_state', sa.String(length=32), server_default='', nullable=False),
    sa.Column('link_state', sa.String(length=4), server_default='0', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_outsourcing_application'))
    )
    with op.batch_alter_table('outsourcing_application', schema=None) as batch_op:
        batch_op.create_index('ix_outsourcing_application_contractor', ['company_id', 'contractor'], unique=False)
        batch_op.create_index('ix_outsourcing_application_key', ['company_id', 'copy', 'application_no'], unique=True)

    op.create_table('receive_deliver_note',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('copy', sa.String(length=10), server_default='formal', nullable=False),
    sa.Column('note_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('way', sa.String(length=4), server_default='', nullable=False),
    sa.Column('application_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('moved_on', sa.Date(), nullable=True),
    sa.Column('partner_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('link_state', sa.String(length=4), server_default='0', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_receive_deliver_note'))
    )
    with op.batch_alter_table('receive_deliver_note', schema=None) as batch_op:
        batch_op.create_index('ix_receive_deliver_note_application', ['company_id', 'application_no'], unique=False)
        batch_op.create_index('ix_receive_deliver_note_key', ['company_id', 'copy', 'note_no'], unique=True)

    op.create_table('transfer_application',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('copy', sa.String(length=10), server_default='formal', nullable=False),
    sa.Column('application_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('role', sa.String(length=4), server_default='', nullable=False),
    sa.Column('record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('partner_code', sa.String(length=18), server_default='', nullable=False),
    sa.Column('partner_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('partner_record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('out_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('in_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('customs_state', sa.String(length=32), server_default='', nullable=False),
    sa.Column('link_state', sa.String(length=4), server_default='0', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_transfer_application'))
    )
    with op.batch_alter_table('transfer_application', schema=None) as batch_op:
        batch_op.create_index('ix_transfer_application_key', ['company_id', 'copy', 'application_no'], unique=True)
        batch_op.create_index('ix_transfer_application_partner', ['company_id', 'partner_code'], unique=False)

    op.create_table('amend_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=4), server_default='', nullable=False),
    sa.Column('goods_no', sa.BigInteger(), nullable=True),
    sa.Column('field_code', sa.String(length=64), server_default='', nullable=False),
    sa.Column('field_name', sa.String(length=64), server_default='', nullable=False),
    sa.Column('before', sa.String(length=512), server_default='', nullable=False),
    sa.Column('after', sa.String(length=512), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['amend_record.company_id', 'amend_record.id'], name=op.f('fk_amend_line_amend_record'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_amend_line'))
    )
    with op.batch_alter_table('amend_line', schema=None) as batch_op:
        batch_op.create_index('ix_amend_line_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('receive_deliver_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('application_line_no', sa.BigInteger(), nullable=True),
    sa.Column('item_no', sa.BigInteger(), nullable=False),
    sa.Column('goods_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('quantity', ExactDecimal(5), nullable=False),
    sa.Column('unit', sa.String(length=4), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['receive_deliver_note.company_id', 'receive_deliver_note.id'], name=op.f('fk_receive_deliver_line_receive_deliver_note'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_receive_deliver_line'))
    )
    with op.batch_alter_table('receive_deliver_line', schema=None) as batch_op:
        batch_op.create_index('ix_receive_deliver_line_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('transfer_application_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=False),
    sa.Column('partner_item_no', sa.BigInteger(), nullable=True),
    sa.Column('hs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('dcl_unit', sa.String(length=4), server_default='', nullable=False),
    sa.Column('dcl_qty', ExactDecimal(5), nullable=False),
    sa.Column('price', ExactDecimal(4), nullable=True),
    sa.Column('currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['transfer_application.company_id', 'transfer_application.id'], name=op.f('fk_transfer_application_line_transfer_application'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_transfer_application_line'))
    )
    with op.batch_alter_table('transfer_application_line', schema=None) as batch_op:
        batch_op.create_index('ix_transfer_application_line_header', ['company_id', 'header_id', 'line_no'], unique=False)


def downgrade() -> None:
    """Downgrade."""
    op.drop_table('amend_line')
    op.drop_table('receive_deliver_line')
    op.drop_table('transfer_application_line')
    op.drop_table('amend_record')
    op.drop_table('outsourcing_application')
    op.drop_table('receive_deliver_note')
    op.drop_table('transfer_application')
