"""the chain of the operation log"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bondesk.base.log_chain import COVERED, START, link


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

_SAID = 'operation log is append-only'


def upgrade() -> None:
    """Upgrade."""
    op.create_table('log_head',
    sa.Column('company_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('company_id', name=op.f('pk_log_head'))
    )
    with op.batch_alter_table('operation_log', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seq', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('hash', sa.String(length=64), nullable=True))
    _chain()
    with op.batch_alter_table('operation_log', schema=None) as batch_op:
        batch_op.alter_column('seq', existing_type=sa.BigInteger(), nullable=False)
        batch_op.alter_column('hash', existing_type=sa.String(length=64), nullable=False)
        batch_op.create_index('ix_operation_log_seq', ['company_id', 'seq'], unique=True)
    # A later migration that rebuilds operation_log on SQLite (batch mode) drops these and must make them again.
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            'CREATE FUNCTION operation_log_closed() RETURNS trigger LANGUAGE plpgsql AS '
            f"$$ BEGIN RAISE EXCEPTION '{_SAID}'; END $$"
        )
        op.execute(
            'CREATE TRIGGER operation_log_closed BEFORE UPDATE OR DELETE OR TRUNCATE ON operation_log '
            'FOR EACH STATEMENT EXECUTE FUNCTION operation_log_closed()'
        )
    else:
        for event in ('UPDATE', 'DELETE'):
            op.execute(
                f'CREATE TRIGGER operation_log_no_{event.lower()} BEFORE {event} ON operation_log '
                f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
            )


def _chain() -> None:
    """Chain the rows of every company in the order they were written."""
    log = sa.table(
        'operation_log',
        *(sa.column(name) for name in COVERED if name not in {'at', 'before', 'after'}),
        sa.column('at', sa.DateTime()), sa.column('before', sa.JSON()), sa.column('after', sa.JSON()),
        sa.column('hash'),
    )
    head = sa.table('log_head', sa.column('company_id'), sa.column('count'), sa.column('hash'))
    connection = op.get_bind()
    ends: dict[int, tuple[int, str]] = {}
    rows = connection.execute(sa.select(*(log.c[name] for name in COVERED)).order_by(log.c.at, log.c.id))
    for row in rows.mappings().all():
        count, last = ends.get(row['company_id'], (0, START))
        values = dict(row) | {'seq': count + 1}
        values['hash'] = link(last, values)
        mine = (log.c.company_id == row['company_id']) & (log.c.id == row['id'])
        connection.execute(log.update().where(mine).values(seq=values['seq'], hash=values['hash']))
        ends[row['company_id']] = (count + 1, values['hash'])
    for company_id, (count, last) in ends.items():
        connection.execute(head.insert().values(company_id=company_id, count=count, hash=last))


def downgrade() -> None:
    """Downgrade."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP TRIGGER operation_log_closed ON operation_log')
        op.execute('DROP FUNCTION operation_log_closed()')
    else:
        op.execute('DROP TRIGGER operation_log_no_update')
        op.execute('DROP TRIGGER operation_log_no_delete')
    with op.batch_alter_table('operation_log', schema=None) as batch_op:
        batch_op.drop_index('ix_operation_log_seq')
        batch_op.drop_column('hash')
        batch_op.drop_column('seq')

    op.drop_table('log_head')
