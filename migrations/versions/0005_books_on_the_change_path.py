"""books on the change path"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('qualification',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('copy', sa.String(length=10), server_default='', nullable=False),
    sa.Column('internal_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('seq_no', sa.String(length=18), server_default='', nullable=False),
    sa.Column('qualification_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('declare_kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('change_count', sa.BigInteger(), nullable=False),
    sa.Column('customs_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('enterprise_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('credit_code', sa.String(length=18), server_default='', nullable=False),
    sa.Column('processor_code', sa.String(length=10), server_default='', nullable=False),
    sa.Column('processor_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('processor_credit', sa.String(length=18), server_default='', nullable=False),
    sa.Column('declarant_kind', sa.String(length=4), server_default='', nullable=False),
    sa.Column('master_customs', sa.String(length=4), server_default='', nullable=False),
    sa.Column('address', sa.String(length=512), server_default='', nullable=False),
    sa.Column('phone', sa.String(length=32), server_default='', nullable=False),
    sa.Column('capacity', ExactDecimal(5), nullable=True),
    sa.Column('approval_no', sa.String(length=64), server_default='', nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('entered_on', sa.Date(), nullable=True),
    sa.Column('declared_on', sa.Date(), nullable=True),
    sa.Column('approved_on', sa.Date(), nullable=True),
    sa.Column('changed_on', sa.Date(), nullable=True),
    sa.Column('replaced_on', sa.Date(), nullable=True),
    sa.Column('pause_mark', sa.String(length=4), server_default='', nullable=False),
    sa.Column('remark', sa.Text(), server_default='', nullable=False),
    sa.Column('customs_at', sa.DateTime(), nullable=True),
    sa.Column('customs_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('approved_id', sa.BigInteger(), nullable=True),
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
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_qualification'))
    )
    with op.batch_alter_table('qualification', schema=None) as batch_op:
        batch_op.create_index('ix_qualification_key', ['company_id', 'copy', 'internal_no', 'change_count'], unique=True)
        batch_op.create_index('ix_qualification_no', ['company_id', 'qualification_no', 'copy'], unique=False)

    op.create_table('qualification_line',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('goods_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('item_no', sa.BigInteger(), nullable=False),
    sa.Column('hs_heading', sa.String(length=10), server_default='', nullable=False),
    sa.Column('name', sa.String(length=512), server_default='', nullable=False),
    sa.Column('row_mark', sa.String(length=4), server_default='', nullable=False),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['qualification.company_id', 'qualification.id'], name=op.f('fk_qualification_line_qualification'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_qualification_line'))
    )
    with op.batch_alter_table('qualification_line', schema=None) as batch_op:
        batch_op.create_index('ix_qualification_line_header', ['company_id', 'header_id', 'line_no'], unique=False)

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('book_kind', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('internal_no', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('seq_no', sa.String(length=18), server_default='', nullable=False))
        batch_op.add_column(sa.Column('declare_kind', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('handbook_type', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('processor_code', sa.String(length=10), server_default='', nullable=False))
        batch_op.add_column(sa.Column('processor_name', sa.String(length=255), server_default='', nullable=False))
        batch_op.add_column(sa.Column('processor_credit', sa.String(length=18), server_default='', nullable=False))
        batch_op.add_column(sa.Column('processor_area', sa.String(length=10), server_default='', nullable=False))
        batch_op.add_column(sa.Column('declarant_kind', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('qualification_no', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('approval_no', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('max_turnover', ExactDecimal(5), nullable=True))
        batch_op.add_column(sa.Column('import_limit', ExactDecimal(5), nullable=True))
        batch_op.add_column(sa.Column('usage', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('handbook_usage', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('verification_kind', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('version_control', sa.Boolean(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('supervision_mode', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('duty_nature', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('processing_kind', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('ports', sa.String(length=255), server_default='', nullable=False))
        batch_op.add_column(sa.Column('import_contract', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('export_contract', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('import_currency', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('export_currency', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('capacity', ExactDecimal(5), nullable=True))
        batch_op.add_column(sa.Column('contact', sa.String(length=32), server_default='', nullable=False))
        batch_op.add_column(sa.Column('phone', sa.String(length=32), server_default='', nullable=False))
        batch_op.add_column(sa.Column('entered_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('declared_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('changed_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('verified_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('replaced_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('remark', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('customs_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('customs_reason', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('approved_id', sa.BigInteger(), nullable=True))

    op.execute("UPDATE account SET book_kind = 'EMS', declare_kind = '1', internal_no = record_no")

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_account_key'))
        batch_op.create_index('ix_account_key', ['company_id', 'book_kind', 'copy', 'internal_no', 'change_count'], unique=True)
        batch_op.create_index('ix_account_record', ['company_id', 'record_no', 'copy'], unique=False)

    with op.batch_alter_table('account_consumption', schema=None) as batch_op:
        batch_op.add_column(sa.Column('declared_state', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('mark_before', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('enterprise_mark', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('valid_to', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('remark', sa.String(length=255), server_default='', nullable=False))

    with op.batch_alter_table('account_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('total', ExactDecimal(2), nullable=True))
        batch_op.add_column(sa.Column('country', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('main_mark', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('goods_attribute', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('quantity_control', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('opening_qty', ExactDecimal(5), nullable=True))
        batch_op.add_column(sa.Column('most_surplus', ExactDecimal(5), nullable=True))
        batch_op.add_column(sa.Column('merge_no', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('remark', sa.String(length=255), server_default='', nullable=False))

    op.execute("UPDATE account_consumption SET declared_state = '2', enterprise_mark = '1'")

    with op.batch_alter_table('merged_item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('part_no', sa.String(length=32), server_default='', nullable=False))
        batch_op.add_column(sa.Column('origin', sa.String(length=4), server_default='', nullable=False))
        batch_op.add_column(sa.Column('main_mark', sa.String(length=4), server_default='', nullable=False))



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('merged_item', schema=None) as batch_op:
        batch_op.drop_column('main_mark')
        batch_op.drop_column('origin')
        batch_op.drop_column('part_no')

    with op.batch_alter_table('account_line', schema=None) as batch_op:
        batch_op.drop_column('remark')
        batch_op.drop_column('merge_no')
        batch_op.drop_column('most_surplus')
        batch_op.drop_column('opening_qty')
        batch_op.drop_column('quantity_control')
        batch_op.drop_column('goods_attribute')
        batch_op.drop_column('main_mark')
        batch_op.drop_column('country')
        batch_op.drop_column('total')

    with op.batch_alter_table('account_consumption', schema=None) as batch_op:
        batch_op.drop_column('remark')
        batch_op.drop_column('valid_to')
        batch_op.drop_column('enterprise_mark')
        batch_op.drop_column('mark_before')
        batch_op.drop_column('declared_state')

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_index('ix_account_record')
        batch_op.drop_index('ix_account_key')
        batch_op.create_index(batch_op.f('ix_account_key'), ['company_id', 'record_no', 'copy'], unique=1)
        batch_op.drop_column('approved_id')
        batch_op.drop_column('customs_reason')
        batch_op.drop_column('customs_at')
        batch_op.drop_column('remark')
        batch_op.drop_column('replaced_on')
        batch_op.drop_column('verified_on')
        batch_op.drop_column('changed_on')
        batch_op.drop_column('declared_on')
        batch_op.drop_column('entered_on')
        batch_op.drop_column('phone')
        batch_op.drop_column('contact')
        batch_op.drop_column('capacity')
        batch_op.drop_column('export_currency')
        batch_op.drop_column('import_currency')
        batch_op.drop_column('export_contract')
        batch_op.drop_column('import_contract')
        batch_op.drop_column('ports')
        batch_op.drop_column('processing_kind')
        batch_op.drop_column('duty_nature')
        batch_op.drop_column('supervision_mode')
        batch_op.drop_column('version_control')
        batch_op.drop_column('verification_kind')
        batch_op.drop_column('handbook_usage')
        batch_op.drop_column('usage')
        batch_op.drop_column('import_limit')
        batch_op.drop_column('max_turnover')
        batch_op.drop_column('approval_no')
        batch_op.drop_column('qualification_no')
        batch_op.drop_column('declarant_kind')
        batch_op.drop_column('processor_area')
        batch_op.drop_column('processor_credit')
        batch_op.drop_column('processor_name')
        batch_op.drop_column('processor_code')
        batch_op.drop_column('handbook_type')
        batch_op.drop_column('declare_kind')
        batch_op.drop_column('seq_no')
        batch_op.drop_column('internal_no')
        batch_op.drop_column('book_kind')

    with op.batch_alter_table('qualification_line', schema=None) as batch_op:
        batch_op.drop_index('ix_qualification_line_header')

    op.drop_table('qualification_line')
    with op.batch_alter_table('qualification', schema=None) as batch_op:
        batch_op.drop_index('ix_qualification_no')
        batch_op.drop_index('ix_qualification_key')

    op.drop_table('qualification')
