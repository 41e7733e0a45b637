"""declarations and formal copies"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('declaration',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('copy', sa.String(length=10), server_default='', nullable=False),
    sa.Column('internal_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('seq_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('pre_entry_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('declaration_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('ie_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('declare_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('entry_exit_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('entry_exit_date', sa.Date(), nullable=True),
    sa.Column('declared_on', sa.Date(), nullable=True),
    sa.Column('partner', sa.String(length=32), server_default='', nullable=False),
    sa.Column('domestic_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('domestic_credit', sa.String(length=18), server_default='', nullable=False),
    sa.Column('domestic_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('overseas_code', sa.String(length=64), server_default='', nullable=False),
    sa.Column('overseas_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('overseas_name_cn', sa.String(length=255), server_default='', nullable=False),
    sa.Column('end_user_code', sa.String(length=18), server_default='', nullable=False),
    sa.Column('end_user_credit', sa.String(length=18), server_default='', nullable=False),
    sa.Column('end_user_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('declarant_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('declarant_credit', sa.String(length=18), server_default='', nullable=False),
    sa.Column('declarant_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('declarant_person', sa.String(length=32), server_default='', nullable=False),
    sa.Column('transport_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('transport_name', sa.String(length=64), server_default='', nullable=False),
    sa.Column('voyage_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('bill_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('supervision_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('duty_nature', sa.String(length=4), server_default='', nullable=False),
    sa.Column('licence_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('contract_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('trade_country', sa.String(length=4), server_default='', nullable=False),
    sa.Column('trade_partner_country', sa.String(length=4), server_default='', nullable=False),
    sa.Column('transit_port', sa.String(length=10), server_default='', nullable=False),
    sa.Column('departure_port', sa.String(length=10), server_default='', nullable=False),
    sa.Column('border_port', sa.String(length=10), server_default='', nullable=False),
    sa.Column('goods_place', sa.String(length=64), server_default='', nullable=False),
    sa.Column('package_type', sa.String(length=4), server_default='', nullable=False),
    sa.Column('packages', sa.BigInteger(), nullable=True),
    sa.Column('gross_weight', ExactDecimal(5), nullable=True),
    sa.Column('net_weight', ExactDecimal(5), nullable=True),
    sa.Column('transaction_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('freight_mark', sa.String(length=4), server_default='', nullable=False),
    sa.Column('freight', ExactDecimal(4), nullable=True),
    sa.Column('freight_currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('insurance_mark', sa.String(length=4), server_default='', nullable=False),
    sa.Column('insurance', ExactDecimal(4), nullable=True),
    sa.Column('insurance_currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('misc_mark', sa.String(length=4), server_default='', nullable=False),
    sa.Column('misc_fee', ExactDecimal(4), nullable=True),
    sa.Column('misc_currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('marks', sa.String(length=255), server_default='', nullable=False),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('special_relation', sa.String(length=4), server_default='', nullable=False),
    sa.Column('price_influence', sa.String(length=4), server_default='', nullable=False),
    sa.Column('royalty', sa.String(length=4), server_default='', nullable=False),
    sa.Column('formula_price', sa.String(length=4), server_default='', nullable=False),
    sa.Column('provisional_price', sa.String(length=4), server_default='', nullable=False),
    sa.Column('entry_type', sa.String(length=4), server_default='', nullable=False),
    sa.Column('declare_type', sa.String(length=10), server_default='', nullable=False),
    sa.Column('edi_mark', sa.String(length=4), server_default='', nullable=False),
    sa.Column('surety', sa.String(length=4), server_default='', nullable=False),
    sa.Column('tax_collection', sa.String(length=4), server_default='', nullable=False),
    sa.Column('destination_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('departed_on', sa.Date(), nullable=True),
    sa.Column('unloaded_on', sa.Date(), nullable=True),
    sa.Column('lading_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('original_box', sa.String(length=4), server_default='', nullable=False),
    sa.Column('special_business', sa.String(length=10), server_default='', nullable=False),
    sa.Column('link_reason', sa.String(length=4), server_default='', nullable=False),
    sa.Column('link_no', sa.String(length=255), server_default='', nullable=False),
    sa.Column('linked_declaration_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('linked_record_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('note_seq_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('note_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('match_state', sa.String(length=10), server_default='', nullable=False),
    sa.Column('customs_state', sa.String(length=18), server_default='', nullable=False),
    sa.Column('customs_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('customs_at', sa.DateTime(), nullable=True),
    sa.Column('not_recomputed', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
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
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_declaration'))
    )
    with op.batch_alter_table('declaration', schema=None) as batch_op:
        batch_op.create_index('ix_declaration_day', ['company_id', 'copy', 'declared_on'], unique=False)
        batch_op.create_index('ix_declaration_key', ['company_id', 'copy', 'internal_no'], unique=True)
        batch_op.create_index('ix_declaration_no', ['company_id', 'declaration_no'], unique=False)
        batch_op.create_index('ix_declaration_note', ['company_id', 'note_no'], unique=False)
        batch_op.create_index('ix_declaration_seq', ['company_id', 'seq_no'], unique=False)
        batch_op.create_index('ix_declaration_state', ['company_id', 'copy', 'state'], unique=False)

    op.create_table('match_difference',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('pair_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.BigInteger(), nullable=True),
    sa.Column('field_key', sa.String(length=32), nullable=False),
    sa.Column('label', sa.String(length=64), nullable=False),
    sa.Column('draft_value', sa.Text(), server_default='', nullable=False),
    sa.Column('formal_value', sa.Text(), server_default='', nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('handled', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_match_difference'))
    )
    with op.batch_alter_table('match_difference', schema=None) as batch_op:
        batch_op.create_index('ix_match_difference_pair', ['company_id', 'pair_id'], unique=False)

    op.create_table('match_pair',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('document_key', sa.String(length=32), nullable=False),
    sa.Column('draft_id', sa.BigInteger(), nullable=False),
    sa.Column('formal_id', sa.BigInteger(), nullable=False),
    sa.Column('rule', sa.String(length=8), nullable=False),
    sa.Column('snapshot', sa.Text(), server_default='', nullable=False),
    sa.Column('matched_by', sa.BigInteger(), nullable=True),
    sa.Column('matched_at', sa.DateTime(), nullable=False),
    sa.Column('cancelled_by', sa.BigInteger(), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_match_pair'))
    )
    with op.batch_alter_table('match_pair', schema=None) as batch_op:
        batch_op.create_index('ix_match_pair_draft', ['company_id', 'document_key', 'draft_id'], unique=False)
        batch_op.create_index('ix_match_pair_formal', ['company_id', 'document_key', 'formal_id'], unique=False)

    op.create_table('declaration_container',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('container_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('container_spec', sa.String(length=4), server_default='', nullable=False),
    sa.Column('goods_nos', sa.String(length=255), server_default='', nullable=False),
    sa.Column('less_than_load', sa.String(length=4), server_default='', nullable=False),
    sa.Column('goods_weight', ExactDecimal(5), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['declaration.company_id', 'declaration.id'], name=op.f('fk_declaration_container_declaration'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_declaration_container'))
    )
    with op.batch_alter_table('declaration_container', schema=None) as batch_op:
        batch_op.create_index('ix_declaration_container_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('declaration_document',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('document_code', sa.String(length=4), server_default='', nullable=False),
    sa.Column('document_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['declaration.company_id', 'declaration.id'], name=op.f('fk_declaration_document_declaration'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_declaration_document'))
    )
    with op.batch_alter_table('declaration_document', schema=None) as batch_op:
        batch_op.create_index('ix_declaration_document_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('declaration_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=True),
    sa.Column('part_no', sa.String(length=32), server_default='', nullable=False),
    sa.Column('hs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('ciq_code', sa.String(length=4), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('spec', sa.String(length=512), server_default='', nullable=False),
    sa.Column('dcl_qty', ExactDecimal(5), nullable=False),
    sa.Column('dcl_unit', sa.String(length=4), server_default='', nullable=False),
    sa.Column('price', ExactDecimal(4), nullable=True),
    sa.Column('total', ExactDecimal(2), nullable=True),
    sa.Column('currency', sa.String(length=4), server_default='', nullable=False),
    sa.Column('legal_qty1', ExactDecimal(5), nullable=True),
    sa.Column('legal_unit1', sa.String(length=4), server_default='', nullable=False),
    sa.Column('legal_qty2', ExactDecimal(5), nullable=True),
    sa.Column('legal_unit2', sa.String(length=4), server_default='', nullable=False),
    sa.Column('origin_country', sa.String(length=4), server_default='', nullable=False),
    sa.Column('destination_country', sa.String(length=4), server_default='', nullable=False),
    sa.Column('domestic_district', sa.String(length=10), server_default='', nullable=False),
    sa.Column('domestic_region', sa.String(length=10), server_default='', nullable=False),
    sa.Column('duty_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('uc_version', sa.String(length=10), server_default='', nullable=False),
    sa.Column('net_weight', ExactDecimal(5), nullable=True),
    sa.Column('gross_weight', ExactDecimal(5), nullable=True),
    sa.Column('packages', sa.BigInteger(), nullable=True),
    sa.Column('goods_attribute', sa.String(length=32), server_default='', nullable=False),
    sa.Column('purpose', sa.String(length=4), server_default='', nullable=False),
    sa.Column('origin_region', sa.String(length=10), server_default='', nullable=False),
    sa.Column('goods_spec', sa.String(length=255), server_default='', nullable=False),
    sa.Column('goods_model', sa.String(length=255), server_default='', nullable=False),
    sa.Column('goods_brand', sa.String(length=255), server_default='', nullable=False),
    sa.Column('ingredients', sa.String(length=255), server_default='', nullable=False),
    sa.Column('produced_on', sa.String(length=64), server_default='', nullable=False),
    sa.Column('batch_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('not_dangerous', sa.String(length=4), server_default='', nullable=False),
    sa.Column('un_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('dangerous_name', sa.String(length=64), server_default='', nullable=False),
    sa.Column('dangerous_pack', sa.String(length=4), server_default='', nullable=False),
    sa.Column('hand_typed', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['declaration.company_id', 'declaration.id'], name=op.f('fk_declaration_line_declaration'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_declaration_line'))
    )
    with op.batch_alter_table('declaration_line', schema=None) as batch_op:
        batch_op.create_index('ix_declaration_line_header', ['company_id', 'header_id', 'line_no'], unique=False)
        batch_op.create_index('ix_declaration_line_part', ['company_id', 'part_no'], unique=False)

    op.create_table('declaration_line_source',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('declaration_line_id', sa.BigInteger(), nullable=False),
    sa.Column('source_line_id', sa.BigInteger(), nullable=False),
    sa.Column('quantity', ExactDecimal(5), nullable=False),
    sa.Column('derivation', sa.String(length=255), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'declaration_line_id'], ['declaration_line.company_id', 'declaration_line.id'], name=op.f('fk_declaration_line_source_declaration_line'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_declaration_line_source'))
    )
    with op.batch_alter_table('declaration_line_source', schema=None) as batch_op:
        batch_op.create_index('ix_declaration_line_source_line', ['company_id', 'declaration_line_id'], unique=False)
        batch_op.create_index('ix_declaration_line_source_source', ['company_id', 'source_line_id'], unique=False)

    op.create_table('declaration_note_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('declaration_line_id', sa.BigInteger(), nullable=False),
    sa.Column('note_line_id', sa.BigInteger(), nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'declaration_line_id'], ['declaration_line.company_id', 'declaration_line.id'], name=op.f('fk_declaration_note_line_declaration_line'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_declaration_note_line'))
    )
    with op.batch_alter_table('declaration_note_line', schema=None) as batch_op:
        batch_op.create_index('ix_declaration_note_line_line', ['company_id', 'declaration_line_id'], unique=False)
        batch_op.create_index('ix_declaration_note_line_note', ['company_id', 'note_line_id'], unique=False)

    with op.batch_alter_table('bonded_note', schema=None) as batch_op:
        batch_op.add_column(sa.Column('copy', sa.String(length=10), server_default='draft', nullable=False))
        batch_op.add_column(sa.Column('match_state', sa.String(length=10), server_default='', nullable=False))
        batch_op.drop_index(batch_op.f('ix_bonded_note_key'))
        batch_op.create_index('ix_bonded_note_key', ['company_id', 'copy', 'internal_no'], unique=True)



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('bonded_note', schema=None) as batch_op:
        batch_op.drop_index('ix_bonded_note_key')
        batch_op.create_index(batch_op.f('ix_bonded_note_key'), ['company_id', 'internal_no'], unique=1)
        batch_op.drop_column('match_state')
        batch_op.drop_column('copy')

    with op.batch_alter_table('declaration_note_line', schema=None) as batch_op:
        batch_op.drop_index('ix_declaration_note_line_note')
        batch_op.drop_index('ix_declaration_note_line_line')

    op.drop_table('declaration_note_line')
    with op.batch_alter_table('declaration_line_source', schema=None) as batch_op:
        batch_op.drop_index('ix_declaration_line_source_source')
        batch_op.drop_index('ix_declaration_line_source_line')

    op.drop_table('declaration_line_source')
    with op.batch_alter_table('declaration_line', schema=None) as batch_op:
        batch_op.drop_index('ix_declaration_line_part')
        batch_op.drop_index('ix_declaration_line_header')

    op.drop_table('declaration_line')
    with op.batch_alter_table('declaration_document', schema=None) as batch_op:
        batch_op.drop_index('ix_declaration_document_header')

    op.drop_table('declaration_document')
    with op.batch_alter_table('declaration_container', schema=None) as batch_op:
        batch_op.drop_index('ix_declaration_container_header')

    op.drop_table('declaration_container')
    with op.batch_alter_table('match_pair', schema=None) as batch_op:
        batch_op.drop_index('ix_match_pair_formal')
        batch_op.drop_index('ix_match_pair_draft')

    op.drop_table('match_pair')
    with op.batch_alter_table('match_difference', schema=None) as batch_op:
        batch_op.drop_index('ix_match_difference_pair')

    op.drop_table('match_difference')
    with op.batch_alter_table('declaration', schema=None) as batch_op:
        batch_op.drop_index('ix_declaration_state')
        batch_op.drop_index('ix_declaration_seq')
        batch_op.drop_index('ix_declaration_note')
        batch_op.drop_index('ix_declaration_no')
        batch_op.drop_index('ix_declaration_key')
        batch_op.drop_index('ix_declaration_day')

    op.drop_table('declaration')
