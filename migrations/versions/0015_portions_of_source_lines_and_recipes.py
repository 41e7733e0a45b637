"""portions of source lines and recipes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.columns import ExactDecimal


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('note_recipe',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=64), server_default='', nullable=False),
    sa.Column('partner', sa.String(length=32), server_default='', nullable=False),
    sa.Column('ie_flag', sa.String(length=4), server_default='', nullable=False),
    sa.Column('usual', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('merge', sa.String(length=10), server_default='', nullable=False),
    sa.Column('price_apart', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('order', sa.String(length=10), server_default='', nullable=False),
    sa.Column('by_document', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('by_partner', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('by_currency', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('by_transaction_mode', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('by_contract', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('by_invoice', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('by_bill', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('by_licence', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('by_trade_country', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('by_origin', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('note_max_lines', sa.BigInteger(), server_default='999', nullable=False),
    sa.Column('declaration_max_lines', sa.BigInteger(), server_default='50', nullable=False),
    sa.Column('remark', sa.String(length=255), server_default='', nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('origin_run', sa.BigInteger(), nullable=True),
    sa.Column('origin_sheet', sa.String(length=64), server_default='', nullable=False),
    sa.Column('origin_row', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_note_recipe'))
    )
    with op.batch_alter_table('note_recipe', schema=None) as batch_op:
        batch_op.create_index('ix_note_recipe_key', ['company_id', 'name'], unique=True)
        batch_op.create_index('ix_note_recipe_partner', ['company_id', 'partner'], unique=False)

    with op.batch_alter_table('bonded_note', schema=None) as batch_op:
        batch_op.add_column(sa.Column('linked_declaration_no', sa.String(length=18), server_default='', nullable=False))
        batch_op.add_column(sa.Column('related_trader_credit', sa.String(length=18), server_default='', nullable=False))
        batch_op.add_column(sa.Column('related_trader_code', sa.String(length=10), server_default='', nullable=False))
        batch_op.add_column(sa.Column('related_trader_name', sa.String(length=255), server_default='', nullable=False))
        batch_op.add_column(sa.Column('related_owner_credit', sa.String(length=18), server_default='', nullable=False))
        batch_op.add_column(sa.Column('related_owner_code', sa.String(length=10), server_default='', nullable=False))
        batch_op.add_column(sa.Column('related_owner_name', sa.String(length=255), server_default='', nullable=False))
        batch_op.add_column(sa.Column('related_declarant_credit', sa.String(length=18), server_default='', nullable=False))
        batch_op.add_column(sa.Column('related_declarant_code', sa.String(length=10), server_default='', nullable=False))
        batch_op.add_column(sa.Column('related_declarant_name', sa.String(length=255), server_default='', nullable=False))
        batch_op.add_column(sa.Column('approved_id', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('replaced_on', sa.Date(), nullable=True))

    with op.batch_alter_table('bonded_note_line_source', schema=None) as batch_op:
        batch_op.add_column(sa.Column('total', ExactDecimal(2), nullable=True))
        batch_op.add_column(sa.Column('net_weight', ExactDecimal(5), nullable=True))
        batch_op.add_column(sa.Column('gross_weight', ExactDecimal(5), nullable=True))
        batch_op.add_column(sa.Column('packages', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('declaration_line_source', schema=None) as batch_op:
        batch_op.add_column(sa.Column('total', ExactDecimal(2), nullable=True))
        batch_op.add_column(sa.Column('net_weight', ExactDecimal(5), nullable=True))
        batch_op.add_column(sa.Column('gross_weight', ExactDecimal(5), nullable=True))
        batch_op.add_column(sa.Column('packages', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('source_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('licence_no', sa.String(length=32), server_default='', nullable=False))
        batch_op.add_column(sa.Column('trade_country', sa.String(length=4), server_default='', nullable=False))



def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table('source_line', schema=None) as batch_op:
        batch_op.drop_column('trade_country')
        batch_op.drop_column('licence_no')

    with op.batch_alter_table('declaration_line_source', schema=None) as batch_op:
        batch_op.drop_column('packages')
        batch_op.drop_column('gross_weight')
        batch_op.drop_column('net_weight')
        batch_op.drop_column('total')

    with op.batch_alter_table('bonded_note_line_source', schema=None) as batch_op:
        batch_op.drop_column('packages')
        batch_op.drop_column('gross_weight')
        batch_op.drop_column('net_weight')
        batch_op.drop_column('total')

    with op.batch_alter_table('bonded_note', schema=None) as batch_op:
        batch_op.drop_column('replaced_on')
        batch_op.drop_column('approved_id')
        batch_op.drop_column('related_declarant_name')
        batch_op.drop_column('related_declarant_code')
        batch_op.drop_column('related_declarant_credit')
        batch_op.drop_column('related_owner_name')
        batch_op.drop_column('related_owner_code')
        batch_op.drop_column('related_owner_credit')
        batch_op.drop_column('related_trader_name')
        batch_op.drop_column('related_trader_code')
        batch_op.drop_column('related_trader_credit')
        batch_op.drop_column('linked_declaration_no')

    with op.batch_alter_table('note_recipe', schema=None) as batch_op:
        batch_op.drop_index('ix_note_recipe_partner')
        batch_op.drop_index('ix_note_recipe_key')

    op.drop_table('note_recipe')
