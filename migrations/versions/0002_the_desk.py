"""the desk"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('attached_file',
    sa.Column('company_id', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('company_id', 'sha256', name=op.f('pk_attached_file'))
    )
    op.create_table('attachment',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('document_key', sa.String(length=32), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('file_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('user_name', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_attachment'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index('ix_attachment_document', ['company_id', 'document_key', 'document_id'], unique=False)

    op.create_table('export_layout',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('document_key', sa.String(length=32), server_default='', nullable=False),
    sa.Column('name', sa.String(length=64), server_default='', nullable=False),
    sa.Column('usual', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('with_names', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_export_layout'))
    )
    with op.batch_alter_table('export_layout', schema=None) as batch_op:
        batch_op.create_index('ix_export_layout_key', ['company_id', 'document_key', 'name'], unique=True)

    op.create_table('head_template',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('document_key', sa.String(length=32), server_default='', nullable=False),
    sa.Column('name', sa.String(length=64), server_default='', nullable=False),
    sa.Column('ie_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('supervision_mode', sa.String(length=4), server_default='', nullable=False),
    sa.Column('usual', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_head_template'))
    )
    with op.batch_alter_table('head_template', schema=None) as batch_op:
        batch_op.create_index('ix_head_template_key', ['company_id', 'document_key', 'name'], unique=True)

    op.create_table('import_setting',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('document_key', sa.String(length=32), server_default='', nullable=False),
    sa.Column('active', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_import_setting'))
    )
    with op.batch_alter_table('import_setting', schema=None) as batch_op:
        batch_op.create_index('ix_import_setting_key', ['company_id', 'document_key'], unique=True)

    op.create_table('user_preference',
    sa.Column('company_id', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=96), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('company_id', 'user_id', 'name', name=op.f('pk_user_preference'))
    )
    op.create_table('export_column',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('field_key', sa.String(length=64), server_default='', nullable=False),
    sa.Column('label', sa.String(length=64), server_default='', nullable=False),
    sa.Column('heading', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['export_layout.company_id', 'export_layout.id'], name=op.f('fk_export_column_export_layout'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_export_column'))
    )
    with op.batch_alter_table('export_column', schema=None) as batch_op:
        batch_op.create_index('ix_export_column_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('import_heading',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('heading', sa.String(length=64), server_default='', nullable=False),
    sa.Column('own_heading', sa.String(length=64), server_default='', nullable=False),
    sa.Column('filled', sa.String(length=255), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['import_setting.company_id', 'import_setting.id'], name=op.f('fk_import_heading_import_setting'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_import_heading'))
    )
    with op.batch_alter_table('import_heading', schema=None) as batch_op:
        batch_op.create_index('ix_import_heading_header', ['company_id', 'header_id', 'line_no'], unique=False)

    op.create_table('template_value',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('header_id', sa.BigInteger(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('field_key', sa.String(length=32), server_default='', nullable=False),
    sa.Column('label', sa.String(length=64), server_default='', nullable=False),
    sa.Column('value', sa.String(length=255), server_default='', nullable=False),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'header_id'], ['head_template.company_id', 'head_template.id'], name=op.f('fk_template_value_head_template'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_template_value'))
    )
    with op.batch_alter_table('template_value', schema=None) as batch_op:
        batch_op.create_index('ix_template_value_header', ['company_id', 'header_id', 'line_no'], unique=False)

    with op.batch_alter_table('company', schema=None) as batch_op:
        batch_op.add_column(sa.Column('aeo_kind', sa.String(length=10), server_default='', nullable=False))
        batch_op.add_column(sa.Column('industry', sa.String(length=32), server_default='', nullable=False))
        batch_op.add_column(sa.Column('rate_date_way', sa.String(length=32), server_default='', nullable=False))

    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('last_failed_at', sa.DateTime(), nullable=True))



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.drop_column('last_failed_at')

    with op.batch_alter_table('company', schema=None) as batch_op:
        batch_op.drop_column('rate_date_way')
        batch_op.drop_column('industry')
        batch_op.drop_column('aeo_kind')

    with op.batch_alter_table('template_value', schema=None) as batch_op:
        batch_op.drop_index('ix_template_value_header')

    op.drop_table('template_value')
    with op.batch_alter_table('import_heading', schema=None) as batch_op:
        batch_op.drop_index('ix_import_heading_header')

    op.drop_table('import_heading')
    with op.batch_alter_table('export_column', schema=None) as batch_op:
        batch_op.drop_index('ix_export_column_header')

    op.drop_table('export_column')
    op.drop_table('user_preference')
    with op.batch_alter_table('import_setting', schema=None) as batch_op:
        batch_op.drop_index('ix_import_setting_key')

    op.drop_table('import_setting')
    with op.batch_alter_table('head_template', schema=None) as batch_op:
        batch_op.drop_index('ix_head_template_key')

    op.drop_table('head_template')
    with op.batch_alter_table('export_layout', schema=None) as batch_op:
        batch_op.drop_index('ix_export_layout_key')

    op.drop_table('export_layout')
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index('ix_attachment_document')

    op.drop_table('attachment')
    op.drop_table('attached_file')
