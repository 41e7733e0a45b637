"""releases of the code tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.create_table('code_release',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('version', sa.String(length=32), server_default='', nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('applied_at', sa.DateTime(), nullable=False),
    sa.Column('applied_by', sa.String(length=64), server_default='', nullable=False),
    sa.Column('signer', sa.String(length=64), server_default='', nullable=False),
    sa.Column('added', sa.BigInteger(), nullable=False),
    sa.Column('changed', sa.BigInteger(), nullable=False),
    sa.Column('closed', sa.BigInteger(), nullable=False),
    sa.Column('notes', sa.Text(), server_default='', nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_release')),
    sa.UniqueConstraint('version', name=op.f('uq_code_release_version'))
    )
    op.create_table('code_change',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('version', sa.String(length=32), server_default='', nullable=False),
    sa.Column('table_name', sa.String(length=32), server_default='', nullable=False),
    sa.Column('code', sa.String(length=32), server_default='', nullable=False),
    sa.Column('name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('change', sa.String(length=10), server_default='', nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('old', sa.Text(), server_default='', nullable=False),
    sa.Column('new', sa.Text(), server_default='', nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_change'))
    )
    op.create_index('ix_code_change_key', 'code_change', ['version', 'table_name', 'code'], unique=False)


def downgrade() -> None:
    """Downgrade."""
    op.drop_index('ix_code_change_key', table_name='code_change')
    op.drop_table('code_change')
    op.drop_table('code_release')
