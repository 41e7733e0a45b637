"""the spine"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('account',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('copy', sa.String(length=10), server_default='', nullable=False),
    sa.Column('record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('account_type', sa.String(length=4), server_default='', nullable=False),
    sa.Column('customs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('enterprise_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('credit_code', sa.String(length=18), server_default='', nullable=False),
    sa.Column('master_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('approved_on', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('cycle_days', sa.BigInteger(), nullable=True),
    sa.Column('uc_stage', sa.String(length=4), server_default='', nullable=False),
    sa.Column('change_count', sa.BigInteger(), nullable=False),
    sa.Column('pause_mark', sa.String(length=4), server_default='', nullable=False),
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
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_account'))
    )
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.create_index('ix_account_key', ['company_id', 'record_no', 'copy'], unique=True)

    op.create_table('balance',
    sa.Column('company_id', sa.BigInteger(), nullable=False),
    sa.Column('record_no', sa.String(length=18), nullable=False),
    sa.Column('goods_flag', sa.String(length=1), nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=False),
    sa.Column('uc_version', sa.String(length=10), nullable=False),
    sa.Column('mode', sa.String(length=4), nullable=False),
    sa.Column('ie_flag', sa.String(length=1), nullable=False),
    sa.Column('stage', sa.String(length=16), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('quantity', ExactDecimal(5), nullable=False),
    sa.PrimaryKeyConstraint('company_id', 'record_no', 'goods_flag', 'item_no', 'uc_version', 'mode', 'ie_flag', 'stage', 'month', name=op.f('pk_balance'))
    )
    op.create_table('bom',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('product_part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('bom_version', sa.String(length=32), server_default='', nullable=False),
    sa.Column('filed_version', sa.String(length=10), server_default='', nullable=False),
    sa.Column('filed_record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_bom'))
    )
    with op.batch_alter_table('bom', schema=None) as batch_op:
        batch_op.create_index('ix_bom_key', ['company_id', 'product_part_no', 'bom_version'], unique=True)

    op.create_table('bonded_note',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('internal_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('bond_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('seq_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('ie_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('goods_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('supervision_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('transport_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('entry_exit_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('declare_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('trade_partner_country', sa.String(length=4), server_default='', nullable=False),
    sa.Column('note_type', sa.String(length=4), server_default='', nullable=False),
    sa.Column('note_flow_type', sa.String(length=4), server_default='', nullable=False),
    sa.Column('declare_kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('change_count', sa.BigInteger(), nullable=False),
    sa.Column('declaration_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('declaration_link_type', sa.String(length=4), server_default='', nullable=False),
    sa.Column('generate_declaration', sa.String(length=4), server_default='', nullable=False),
    sa.Column('declaration_type', sa.String(length=4), server_default='', nullable=False),
    sa.Column('application_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('linked_record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('linked_note_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('partner', sa.String(length=32), server_default='', nullable=False),
    sa.Column('transaction_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('trade_country', sa.String(length=4), server_default='', nullable=False),
    sa.Column('contract_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('invoice_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('bill_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('packages', sa.BigInteger(), nullable=True),
    sa.Column('entered_on', sa.Date(), nullable=True),
    sa.Column('declared_on', sa.Date(), nullable=True),
    sa.Column('list_state', sa.String(length=4), server_default='', nullable=False),
    sa.Column('writeoff_mark', sa.String(length=4), server_default='', nullable=False),
    sa.Column('writeoff_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('declaration_seq_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('declaration_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('customs_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('customs_at', sa.DateTime(), nullable=True),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
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
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_bonded_note'))
    )
    with op.batch_alter_table('bonded_note', schema=None) as batch_op:
        batch_op.create_index('ix_bonded_note_bond', ['company_id', 'bond_no'], unique=False)
        batch_op.create_index('ix_bonded_note_key', ['company_id', 'internal_no'], unique=True)
        batch_op.create_index('ix_bonded_note_seq', ['company_id', 'seq_no'], unique=False)
        batch_op.create_index('ix_bonded_note_state', ['company_id', 'state'], unique=False)

    op.create_table('code_mapping',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('table_name', sa.String(length=32), server_default='', nullable=False),
    sa.Column('enterprise_code', sa.String(length=32), server_default='', nullable=False),
    sa.Column('enterprise_name', sa.String(length=64), server_default='', nullable=False),
    sa.Column('customs_code', sa.String(length=32), server_default='', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_code_mapping'))
    )
    with op.batch_alter_table('code_mapping', schema=None) as batch_op:
        batch_op.create_index('ix_code_mapping_key', ['company_id', 'table_name', 'enterprise_code'], unique=True)

    op.create_table('company',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('customs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('credit_code', sa.String(length=18), server_default='', nullable=False),
    sa.Column('declarant_customs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('declarant_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('declarant_credit_code', sa.String(length=18), server_default='', nullable=False),
    sa.Column('ic_card', sa.String(length=32), server_default='', nullable=False),
    sa.Column('declare_way', sa.String(length=4), server_default='', nullable=False),
    sa.Column('sender_node', sa.String(length=32), server_default='', nullable=False),
    sa.Column('receiver_node', sa.String(length=32), server_default='', nullable=False),
    sa.Column('cycle_days', sa.BigInteger(), nullable=True),
    sa.Column('verification_currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('creator_only_edit', sa.Boolean(), nullable=False),
    sa.Column('quantity_changes_price', sa.Boolean(), nullable=False),
    sa.Column('head_from_lines', sa.Boolean(), nullable=False),
    sa.Column('inversion_policy', sa.String(length=10), server_default='', nullable=False),
    sa.Column('item_no_is_merge_no', sa.Boolean(), nullable=False),
    sa.Column('extract_merged_items', sa.Boolean(), nullable=False),
    sa.Column('raise_to_min', sa.Boolean(), nullable=False),
    sa.Column('consumption_extract', sa.String(length=10), server_default='', nullable=False),
    sa.Column('reviewer_not_creator', sa.Boolean(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_company'))
    )
    op.create_table('consolidation_map',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('goods_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('merge_no', sa.BigInteger(), nullable=False),
    sa.Column('record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('active', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('effective_date', sa.Date(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_consolidation_map'))
    )
    with op.batch_alter_table('consolidation_map', schema=None) as batch_op:
        batch_op.create_index('ix_consolidation_map_key', ['company_id', 'goods_flag', 'part_no', 'record_no', 'active'], unique=False)

    op.create_table('counter',
    sa.Column('company_id', sa.BigInteger(), nullable=False),
    sa.Column('series', sa.String(length=64), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('company_id', 'series', name=op.f('pk_counter'))
    )
    op.create_table('customs_code',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('table_name', sa.String(length=32), server_default='', nullable=False),
    sa.Column('code', sa.String(length=32), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('confidence', sa.String(length=32), server_default='', nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customs_code'))
    )
    with op.batch_alter_table('customs_code', schema=None) as batch_op:
        batch_op.create_index('ix_customs_code_key', ['table_name', 'code', 'valid_from'], unique=True)

    op.create_table('exchange_rate',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('rate_date', sa.Date(), nullable=False),
    sa.Column('rate', ExactDecimal(6), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_exchange_rate'))
    )
    with op.batch_alter_table('exchange_rate', schema=None) as batch_op:
        batch_op.create_index('ix_exchange_rate_key', ['company_id', 'currency', 'rate_date'], unique=True)

    op.create_table('hs_code',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('hs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('legal_unit1', sa.String(length=4), server_default='', nullable=False),
    sa.Column('legal_unit2', sa.String(length=4), server_default='', nullable=False),
    sa.Column('supervision_condition', sa.String(length=64), server_default='', nullable=False),
    sa.Column('elements', sa.Text(), server_default='', nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('confidence', sa.String(length=32), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hs_code'))
    )
    with op.batch_alter_table('hs_code', schema=None) as batch_op:
        batch_op.create_index('ix_hs_code_key', ['hs_code', 'valid_from'], unique=True)

    op.create_table('import_run',
    sa.Column('company_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('document_key', sa.String(length=32), nullable=False),
    sa.Column('file_name', sa.String(length=255), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('columns', sa.JSON(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_import_run'))
    )
    op.create_table('merged_item',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('merge_no', sa.BigInteger(), nullable=False),
    sa.Column('goods_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('hs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('spec', sa.String(length=512), server_default='', nullable=False),
    sa.Column('dcl_unit', sa.String(length=4), server_default='', nullable=False),
    sa.Column('legal_unit1', sa.String(length=4), server_default='', nullable=False),
    sa.Column('legal_unit2', sa.String(length=4), server_default='', nullable=False),
    sa.Column('price', ExactDecimal(4), nullable=True),
    sa.Column('currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('duty_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_merged_item'))
    )
    with op.batch_alter_table('merged_item', schema=None) as batch_op:
        batch_op.create_index('ix_merged_item_key', ['company_id', 'goods_flag', 'merge_no'], unique=True)

    op.create_table('operation_log',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('user_name', sa.String(length=64), nullable=False),
    sa.Column('module', sa.String(length=64), nullable=False),
    sa.Column('document_key', sa.String(length=32), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=True),
    sa.Column('document_no', sa.String(length=128), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('summary', sa.Text(), server_default='', nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_operation_log'))
    )
    with op.batch_alter_table('operation_log', schema=None) as batch_op:
        batch_op.create_index('ix_operation_log_at', ['company_id', 'at'], unique=False)
        batch_op.create_index('ix_operation_log_object', ['company_id', 'document_key', 'document_id'], unique=False)

    op.create_table('outbox',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('document_key', sa.String(length=32), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('document_no', sa.String(length=128), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('message_code', sa.String(length=16), nullable=False),
    sa.Column('folder', sa.String(length=32), nullable=False),
    sa.Column('file_name', sa.String(length=128), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('problem', sa.String(length=512), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('handed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('company_id', 'document_key', 'document_id', 'revision', name='uq_outbox_revision')
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_state', ['company_id', 'state'], unique=False)

    op.create_table('part',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('goods_kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('spec', sa.String(length=512), server_default='', nullable=False),
    sa.Column('erp_unit', sa.String(length=10), server_default='', nullable=False),
    sa.Column('erp_unit_code', sa.String(length=4), server_default='', nullable=False),
    sa.Column('hs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('dcl_unit', sa.String(length=4), server_default='', nullable=False),
    sa.Column('legal_unit1', sa.String(length=4), server_default='', nullable=False),
    sa.Column('legal_unit2', sa.String(length=4), server_default='', nullable=False),
    sa.Column('unit_weight', ExactDecimal(9), nullable=True),
    sa.Column('conv_factor', ExactDecimal(9), nullable=True),
    sa.Column('factor1', ExactDecimal(9), nullable=True),
    sa.Column('factor2', ExactDecimal(9), nullable=True),
    sa.Column('currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('ref_price', ExactDecimal(9), nullable=True),
    sa.Column('origin', sa.String(length=4), server_default='', nullable=False),
    sa.Column('duty_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('elements', sa.Text(), server_default='', nullable=False),
    sa.Column('consumable', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('standard_controlled', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('export_dutiable', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('single_out', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('active', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_part'))
    )
    with op.batch_alter_table('part', schema=None) as batch_op:
        batch_op.create_index('ix_part_key', ['company_id', 'part_no'], unique=True)

    op.create_table('partner',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('code', sa.String(length=32), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('partner_type', sa.String(length=4), server_default='', nullable=False),
    sa.Column('customs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('credit_code', sa.String(length=18), server_default='', nullable=False),
    sa.Column('country', sa.String(length=4), server_default='', nullable=False),
    sa.Column('contact', sa.String(length=32), server_default='', nullable=False),
    sa.Column('phone', sa.String(length=32), server_default='', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_partner'))
    )
    with op.batch_alter_table('partner', schema=None) as batch_op:
        batch_op.create_index('ix_partner_key', ['company_id', 'code'], unique=True)

    op.create_table('posting',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('record_no', sa.String(length=18), nullable=False),
    sa.Column('goods_flag', sa.String(length=1), nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=False),
    sa.Column('uc_version', sa.String(length=10), nullable=False),
    sa.Column('mode', sa.String(length=4), nullable=False),
    sa.Column('ie_flag', sa.String(length=1), nullable=False),
    sa.Column('term', sa.String(length=16), nullable=False),
    sa.Column('business_date', sa.Date(), nullable=False),
    sa.Column('stage', sa.String(length=16), nullable=False),
    sa.Column('quantity', ExactDecimal(5), nullable=False),
    sa.Column('effect', sa.Integer(), nullable=False),
    sa.Column('amount', ExactDecimal(2), nullable=False),
    sa.Column('currency', sa.String(length=4), nullable=False),
    sa.Column('document_key', sa.String(length=32), nullable=False),
    sa.Column('document_no', sa.String(length=128), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('line_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('reversal', sa.Boolean(), nullable=False),
    sa.Column('posted_at', sa.DateTime(), nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_posting'))
    )
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.create_index('ix_posting_document', ['company_id', 'document_key', 'document_id'], unique=False)
        batch_op.create_index('ix_posting_item', ['company_id', 'record_no', 'goods_flag', 'item_no', 'business_date'], unique=False)

    op.create_table('receipt_file',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('file_name', sa.String(length=255), nullable=False),
    sa.Column('folder', sa.String(length=32), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=512), nullable=False),
    sa.Column('document_key', sa.String(length=32), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=True),
    sa.Column('received_at', sa.DateTime(), nullable=False),
    sa.Column('applied_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_receipt_file')),
    sa.UniqueConstraint('company_id', 'sha256', name='uq_receipt_file_sha256')
    )
    with op.batch_alter_table('receipt_file', schema=None) as batch_op:
        batch_op.create_index('ix_receipt_file_document', ['company_id', 'document_key', 'document_id'], unique=False)
        batch_op.create_index('ix_receipt_file_state', ['company_id', 'state'], unique=False)

    op.create_table('source_document',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('document_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('document_date', sa.Date(), nullable=False),
    sa.Column('ie_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('supervision_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('partner', sa.String(length=32), server_default='', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_source_document'))
    )
    with op.batch_alter_table('source_document', schema=None) as batch_op:
        batch_op.create_index('ix_source_document_date', ['company_id', 'ie_flag', 'document_date'], unique=False)
        batch_op.create_index('ix_source_document_key', ['company_id', 'document_no'], unique=True)

    op.create_table('unit_consumption',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('product_no', sa.BigInteger(), nullable=False),
    sa.Column('uc_version', sa.String(length=10), server_default='', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_unit_consumption'))
    )
    with op.batch_alter_table('unit_consumption', schema=None) as batch_op:
        batch_op.create_index('ix_unit_consumption_key', ['company_id', 'record_no', 'product_no', 'uc_version'], unique=True)

    op.create_table('user_account',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('account', sa.String(length=32), server_default='', nullable=False),
    sa.Column('name', sa.String(length=64), server_default='', nullable=False),
    sa.Column('active', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('password_hash', sa.String(length=255), server_default='', nullable=False),
    sa.Column('failed_logins', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('password_changed_at', sa.DateTime(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_user_account'))
    )
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.create_index('ix_user_account_key', ['company_id', 'account'], unique=True)

    op.create_table('user_group',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('code', sa.String(length=32), server_default='', nullable=False),
    sa.Column('name', sa.String(length=64), server_default='', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_user_group'))
    )
    with op.batch_alter_table('user_group', schema=None) as batch_op:
        batch_op.create_index('ix_user_group_key', ['company_id', 'code'], unique=True)

    op.create_table('account_consumption',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('product_no', sa.BigInteger(), nullable=False),
    sa.Column('uc_version', sa.String(length=10), server_default='', nullable=False),
    sa.Column('material_no', sa.BigInteger(), nullable=False),
    sa.Column('net', ExactDecimal(9), nullable=False),
    sa.Column('tangible', ExactDecimal(9), nullable=False),
    sa.Column('intangible', ExactDecimal(9), nullable=False),
    sa.Column('bonded', ExactDecimal(9), nullable=False),
    sa.Column('unit_consumption', ExactDecimal(9), nullable=True),
    sa.Column('row_mark', sa.String(length=4), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['account.company_id', 'account.id'], name=op.f('fk_account_consumption_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_account_consumption'))
    )
    with op.batch_alter_table('account_consumption', schema=None) as batch_op:
        batch_op.create_index('ix_account_consumption_header', ['company_id', 'header_id', 'line_no'], unique=False)
        batch_op.create_index('ix_account_consumption_key', ['company_id', 'header_id', 'product_no', 'uc_version', 'material_no'], unique=False)

    op.create_table('account_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('goods_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=False),
    sa.Column('part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('hs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('spec', sa.String(length=512), server_default='', nullable=False),
    sa.Column('dcl_unit', sa.String(length=4), server_default='', nullable=False),
    sa.Column('legal_unit1', sa.String(length=4), server_default='', nullable=False),
    sa.Column('legal_unit2', sa.String(length=4), server_default='', nullable=False),
    sa.Column('price', ExactDecimal(4), nullable=True),
    sa.Column('currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('filed_qty', ExactDecimal(5), nullable=True),
    sa.Column('duty_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('row_mark', sa.String(length=4), server_default='', nullable=False),
    sa.Column('enterprise_mark', sa.String(length=4), server_default='', nullable=False),
    sa.Column('customs_mark', sa.String(length=4), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['account.company_id', 'account.id'], name=op.f('fk_account_line_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_account_line'))
    )
    with op.batch_alter_table('account_line', schema=None) as batch_op:
        batch_op.create_index('ix_account_line_header', ['company_id', 'header_id', 'line_no'], unique=False)
        batch_op.create_index('ix_account_line_item', ['company_id', 'header_id', 'goods_flag', 'item_no'], unique=False)

    op.create_table('bom_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('material_part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('net', ExactDecimal(9), nullable=False),
    sa.Column('tangible', ExactDecimal(9), nullable=False),
    sa.Column('intangible', ExactDecimal(9), nullable=False),
    sa.Column('bonded', ExactDecimal(9), nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['bom.company_id', 'bom.id'], name=op.f('fk_bom_line_bom'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_bom_line'))
    )
    with op.batch_alter_table('bom_line', schema=None) as batch_op:
        batch_op.create_index('ix_bom_line_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('bonded_note_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=False),
    sa.Column('part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('hs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('spec', sa.String(length=512), server_default='', nullable=False),
    sa.Column('dcl_unit', sa.String(length=4), server_default='', nullable=False),
    sa.Column('dcl_qty', ExactDecimal(5), nullable=False),
    sa.Column('legal_unit1', sa.String(length=4), server_default='', nullable=False),
    sa.Column('legal_qty1', ExactDecimal(5), nullable=True),
    sa.Column('legal_unit2', sa.String(length=4), server_default='', nullable=False),
    sa.Column('legal_qty2', ExactDecimal(5), nullable=True),
    sa.Column('currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('price', ExactDecimal(4), nullable=True),
    sa.Column('total', ExactDecimal(2), nullable=False),
    sa.Column('origin_country', sa.String(length=4), server_default='', nullable=False),
    sa.Column('destination_country', sa.String(length=4), server_default='', nullable=False),
    sa.Column('duty_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('uc_version', sa.String(length=10), server_default='', nullable=False),
    sa.Column('net_weight', ExactDecimal(5), nullable=True),
    sa.Column('gross_weight', ExactDecimal(5), nullable=True),
    sa.Column('declaration_line_no', sa.BigInteger(), nullable=True),
    sa.Column('application_line_no', sa.BigInteger(), nullable=True),
    sa.Column('weight_factor', ExactDecimal(9), nullable=True),
    sa.Column('factor1', ExactDecimal(9), nullable=True),
    sa.Column('factor2', ExactDecimal(9), nullable=True),
    sa.Column('dangerous', sa.String(length=4), server_default='', nullable=False),
    sa.Column('key_goods', sa.String(length=4), server_default='', nullable=False),
    sa.Column('row_mark', sa.String(length=4), server_default='', nullable=False),
    sa.Column('adjusted_min', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['bonded_note.company_id', 'bonded_note.id'], name=op.f('fk_bonded_note_line_bonded_note'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_bonded_note_line'))
    )
    with op.batch_alter_table('bonded_note_line', schema=None) as batch_op:
        batch_op.create_index('ix_bonded_note_line_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('group_right',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('module', sa.String(length=32), server_default='', nullable=False),
    sa.Column('action', sa.String(length=32), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['user_group.company_id', 'user_group.id'], name=op.f('fk_group_right_user_group'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_group_right'))
    )
    with op.batch_alter_table('group_right', schema=None) as batch_op:
        batch_op.create_index('ix_group_right_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('source_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('quantity', ExactDecimal(5), nullable=False),
    sa.Column('erp_unit', sa.String(length=10), server_default='', nullable=False),
    sa.Column('unit_price', ExactDecimal(9), nullable=True),
    sa.Column('total', ExactDecimal(2), nullable=True),
    sa.Column('currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('country', sa.String(length=4), server_default='', nullable=False),
    sa.Column('net_weight', ExactDecimal(5), nullable=True),
    sa.Column('gross_weight', ExactDecimal(5), nullable=True),
    sa.Column('packages', sa.BigInteger(), nullable=True),
    sa.Column('bom_version', sa.String(length=32), server_default='', nullable=False),
    sa.Column('invoice_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('contract_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('bill_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('transport_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('entry_exit_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('trade_partner_country', sa.String(length=4), server_default='', nullable=False),
    sa.Column('transaction_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('application_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('application_line_no', sa.BigInteger(), nullable=True),
    sa.Column('linked_record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('linked_note_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('used_qty', ExactDecimal(5), nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['source_document.company_id', 'source_document.id'], name=op.f('fk_source_line_source_document'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_source_line'))
    )
    with op.batch_alter_table('source_line', schema=None) as batch_op:
        batch_op.create_index('ix_source_line_header', ['company_id', 'header_id', 'line_no'], unique=False)
        batch_op.create_index('ix_source_line_part', ['company_id', 'part_no'], unique=False)

    op.create_table('unit_consumption_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('material_no', sa.BigInteger(), nullable=False),
    sa.Column('net', ExactDecimal(9), nullable=False),
    sa.Column('tangible', ExactDecimal(9), nullable=False),
    sa.Column('intangible', ExactDecimal(9), nullable=False),
    sa.Column('bonded', ExactDecimal(9), nullable=False),
    sa.Column('unit_consumption', ExactDecimal(9), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['unit_consumption.company_id', 'unit_consumption.id'], name=op.f('fk_unit_consumption_line_unit_consumption'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_unit_consumption_line'))
    )
    with op.batch_alter_table('unit_consumption_line', schema=None) as batch_op:
        batch_op.create_index('ix_unit_consumption_line_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('user_membership',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('group_code', sa.String(length=32), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['user_account.company_id', 'user_account.id'], name=op.f('fk_user_membership_user_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_user_membership'))
    )
    with op.batch_alter_table('user_membership', schema=None) as batch_op:
        batch_op.create_index('ix_user_membership_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('bonded_note_line_source',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('note_line_id', sa.BigInteger(), nullable=False),
    sa.Column('source_line_id', sa.BigInteger(), nullable=False),
    sa.Column('quantity', ExactDecimal(5), nullable=False),
    sa.Column('dcl_share', ExactDecimal(9), nullable=False),
    sa.Column('derivation', sa.String(length=255), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'note_line_id'], ['bonded_note_line.company_id', 'bonded_note_line.id'], name=op.f('fk_bonded_note_line_source_bonded_note_line'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_bonded_note_line_source'))
    )
    with op.batch_alter_table('bonded_note_line_source', schema=None) as batch_op:
        batch_op.create_index('ix_bonded_note_line_source_line', ['company_id', 'note_line_id'], unique=False)
        batch_op.create_index('ix_bonded_note_line_source_source', ['company_id', 'source_line_id'], unique=False)



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('bonded_note_line_source', schema=None) as batch_op:
        batch_op.drop_index('ix_bonded_note_line_source_source')
        batch_op.drop_index('ix_bonded_note_line_source_line')

    op.drop_table('bonded_note_line_source')
    with op.batch_alter_table('user_membership', schema=None) as batch_op:
        batch_op.drop_index('ix_user_membership_header')

    op.drop_table('user_membership')
    with op.batch_alter_table('unit_consumption_line', schema=None) as batch_op:
        batch_op.drop_index('ix_unit_consumption_line_header')

    op.drop_table('unit_consumption_line')
    with op.batch_alter_table('source_line', schema=None) as batch_op:
        batch_op.drop_index('ix_source_line_part')
        batch_op.drop_index('ix_source_line_header')

    op.drop_table('source_line')
    with op.batch_alter_table('group_right', schema=None) as batch_op:
        batch_op.drop_index('ix_group_right_header')

    op.drop_table('group_right')
    with op.batch_alter_table('bonded_note_line', schema=None) as batch_op:
        batch_op.drop_index('ix_bonded_note_line_header')

    op.drop_table('bonded_note_line')
    with op.batch_alter_table('bom_line', schema=None) as batch_op:
        batch_op.drop_index('ix_bom_line_header')

    op.drop_table('bom_line')
    with op.batch_alter_table('account_line', schema=None) as batch_op:
        batch_op.drop_index('ix_account_line_item')
        batch_op.drop_index('ix_account_line_header')

    op.drop_table('account_line')
    with op.batch_alter_table('account_consumption', schema=None) as batch_op:
        batch_op.drop_index('ix_account_consumption_key')
        batch_op.drop_index('ix_account_consumption_header')

    op.drop_table('account_consumption')
    with op.batch_alter_table('user_group', schema=None) as batch_op:
        batch_op.drop_index('ix_user_group_key')

    op.drop_table('user_group')
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.drop_index('ix_user_account_key')

    op.drop_table('user_account')
    with op.batch_alter_table('unit_consumption', schema=None) as batch_op:
        batch_op.drop_index('ix_unit_consumption_key')

    op.drop_table('unit_consumption')
    with op.batch_alter_table('source_document', schema=None) as batch_op:
        batch_op.drop_index('ix_source_document_key')
        batch_op.drop_index('ix_source_document_date')

    op.drop_table('source_document')
    with op.batch_alter_table('receipt_file', schema=None) as batch_op:
        batch_op.drop_index('ix_receipt_file_state')
        batch_op.drop_index('ix_receipt_file_document')

    op.drop_table('receipt_file')
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.drop_index('ix_posting_item')
        batch_op.drop_index('ix_posting_document')

    op.drop_table('posting')
    with op.batch_alter_table('partner', schema=None) as batch_op:
        batch_op.drop_index('ix_partner_key')

    op.drop_table('partner')
    with op.batch_alter_table('part', schema=None) as batch_op:
        batch_op.drop_index('ix_part_key')

    op.drop_table('part')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_state')

    op.drop_table('outbox')
    with op.batch_alter_table('operation_log', schema=None) as batch_op:
        batch_op.drop_index('ix_operation_log_object')
        batch_op.drop_index('ix_operation_log_at')

    op.drop_table('operation_log')
    with op.batch_alter_table('merged_item', schema=None) as batch_op:
        batch_op.drop_index('ix_merged_item_key')

    op.drop_table('merged_item')
    op.drop_table('import_run')
    with op.batch_alter_table('hs_code', schema=None) as batch_op:
        batch_op.drop_index('ix_hs_code_key')

    op.drop_table('hs_code')
    with op.batch_alter_table('exchange_rate', schema=None) as batch_op:
        batch_op.drop_index('ix_exchange_rate_key')

    op.drop_table('exchange_rate')
    with op.batch_alter_table('customs_code', schema=None) as batch_op:
        batch_op.drop_index('ix_customs_code_key')

    op.drop_table('customs_code')
    op.drop_table('counter')
    with op.batch_alter_table('consolidation_map', schema=None) as batch_op:
        batch_op.drop_index('ix_consolidation_map_key')

    op.drop_table('consolidation_map')
    op.drop_table('company')
    with op.batch_alter_table('code_mapping', schema=None) as batch_op:
        batch_op.drop_index('ix_code_mapping_key')

    op.drop_table('code_mapping')
    with op.batch_alter_table('bonded_note', schema=None) as batch_op:
        batch_op.drop_index('ix_bonded_note_state')
        batch_op.drop_index('ix_bonded_note_seq')
        batch_op.drop_index('ix_bonded_note_key')
        batch_op.drop_index('ix_bonded_note_bond')

    op.drop_table('bonded_note')
    with op.batch_alter_table('bom', schema=None) as batch_op:
        batch_op.drop_index('ix_bom_key')

    op.drop_table('bom')
    op.drop_table('balance')
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_index('ix_account_key')

    op.drop_table('account')
