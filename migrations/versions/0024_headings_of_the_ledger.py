"""headings of the ledger: postings and balances name what they add up under by a number"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from bondesk.base.columns import ExactDecimal
from bondesk.base.records import new_ids

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

_KEY = "record_no, goods_flag, item_no, uc_version, mode, ie_flag, stage"
_SAME = " AND ".join(f"h.{name} = x.{name}" for name in ("company_id", *_KEY.split(", ")))
_SIGNED = "quantity * CASE WHEN reversal THEN -effect ELSE effect END"


def _key_columns() -> list[sa.Column]:
    return [
        sa.Column('record_no', sa.String(length=18), nullable=False),
        sa.Column('goods_flag', sa.String(length=1), nullable=False),
        sa.Column('item_no', sa.BigInteger(), nullable=False),
        sa.Column('uc_version', sa.String(length=10), nullable=False),
        sa.Column('mode', sa.String(length=4), nullable=False),
        sa.Column('ie_flag', sa.String(length=1), nullable=False),
        sa.Column('stage', sa.String(length=16), nullable=False),
    ]


def upgrade() -> None:
    """Upgrade."""
    op.create_table('ledger_heading',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    *_key_columns(),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_ledger_heading')),
    sa.UniqueConstraint('company_id', *_KEY.split(", "), name='uq_ledger_heading_key')
    )
    _name_headings()
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.drop_index('ix_posting_item')
        batch_op.add_column(sa.Column('heading_id', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('signed', ExactDecimal(5), nullable=True))
    op.execute(
        f"UPDATE posting SET signed = {_SIGNED}, heading_id = (SELECT h.id FROM ledger_heading h WHERE "
        + _SAME.replace("x.", "posting.") + ")"
    )
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.alter_column('heading_id', existing_type=sa.BigInteger(), nullable=False)
        batch_op.alter_column('signed', existing_type=ExactDecimal(5), nullable=False)
        batch_op.create_index('ix_posting_heading', ['company_id', 'heading_id', 'business_date', 'signed'], unique=False)
        batch_op.create_index('ix_posting_day', ['company_id', 'record_no', 'business_date'], unique=False)
    op.execute("CREATE TABLE balance_before AS SELECT * FROM balance")
    op.drop_table('balance')
    op.create_table('balance',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('heading_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('quantity', ExactDecimal(5), nullable=False),
    sa.PrimaryKeyConstraint('company_id', 'heading_id', 'month', name=op.f('pk_balance')),
    sqlite_with_rowid=False
    )
    op.execute(
        "INSERT INTO balance (company_id, heading_id, month, quantity) SELECT x.company_id, h.id, x.month, x.quantity"
        f" FROM balance_before x JOIN ledger_heading h ON {_SAME}"
    )
    op.drop_table('balance_before')


def _name_headings() -> None:
    """Give every heading that postings or balances have a number."""
    connection = op.get_bind()
    both = " UNION ".join(f"SELECT company_id, {_KEY} FROM {table}" for table in ("posting", "balance"))
    rows = connection.execute(sa.text(both)).all()
    if rows:
        first = new_ids(len(rows))
        names = ("company_id", *_KEY.split(", "))
        values = [{"id": first + place, **dict(zip(names, row))} for place, row in enumerate(rows)]
        columns = ", ".join(("id", *names))
        marks = ", ".join(f":{name}" for name in ("id", *names))
        connection.execute(sa.text(f"INSERT INTO ledger_heading ({columns}) VALUES ({marks})"), values)


def downgrade() -> None:
    """Downgrade."""
    op.execute("CREATE TABLE balance_after AS SELECT * FROM balance")
    op.drop_table('balance')
    op.create_table('balance',
    sa.Column('company_id', sa.BigInteger(), nullable=False),
    *_key_columns(),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('quantity', ExactDecimal(5), nullable=False),
    sa.PrimaryKeyConstraint('company_id', *_KEY.split(", "), 'month', name=op.f('pk_balance'))
    )
    op.execute(
        f"INSERT INTO balance (company_id, {_KEY}, month, quantity) SELECT h.company_id, h.{_KEY.replace(', ', ', h.')},"
        " x.month, x.quantity FROM balance_after x"
        " JOIN ledger_heading h ON h.company_id = x.company_id AND h.id = x.heading_id"
    )
    op.drop_table('balance_after')
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.drop_index('ix_posting_day')
        batch_op.drop_index('ix_posting_heading')
        batch_op.drop_column('signed')
        batch_op.drop_column('heading_id')
        batch_op.create_index('ix_posting_item', ['company_id', 'record_no', 'goods_flag', 'item_no', 'business_date'], unique=False)
    op.drop_table('ledger_heading')
