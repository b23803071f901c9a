"""Statutory clocks and receipts of calls

Revision: 0008, after 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def _code(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    _receipts()
    _clocks()
    _entries()


def _receipts() -> None:
    op.create_table(
        'call_receipts',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('case_id', sa.BigInteger(), nullable=False),
        sa.Column('ordinal', sa.BigInteger(), nullable=False),
        sa.Column('called_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('claimed', sa.Text(), nullable=False),
        sa.Column('with_name', sa.Boolean(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.BigInteger(), nullable=True),
        sa.CheckConstraint('not with_name or reason is not null', name=op.f('ck_call_receipts_name_with_a_reason')),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_call_receipts_case_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['made_by_id'], ['accounts.id'], name=op.f('fk_call_receipts_made_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_call_receipts')),
        sa.UniqueConstraint('case_id', 'ordinal', name=op.f('uq_call_receipts_case_id_ordinal')),
    )


def _clocks() -> None:
    kinds = _code('kind', 'arbitration', 'wages', 'injury_worker', 'injury_employer', 'suit', 'inspection')
    op.create_table(
        'statutory_clocks',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('case_id', sa.BigInteger(), nullable=False),
        sa.Column('kind', kinds, nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=True),
        sa.Column('hurried_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_by_id', sa.BigInteger(), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_by_id', sa.BigInteger(), nullable=True),
        sa.Column('ended_as', _code('ended_as', 'filed', 'settled', 'mistaken', 'dropped'), nullable=True),
        sa.Column('ended_reason', sa.Text(), nullable=True),
        sa.CheckConstraint(
            '(ended_at is null) = (ended_as is null) and (ended_at is null) = (ended_reason is null)',
            name=op.f('ck_statutory_clocks_ended_with_a_reason'),
        ),
        sa.ForeignKeyConstraint(
            ['case_id'], ['cases.id'], name=op.f('fk_statutory_clocks_case_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['ended_by_id'], ['accounts.id'], name=op.f('fk_statutory_clocks_ended_by_id')),
        sa.ForeignKeyConstraint(['recorded_by_id'], ['accounts.id'], name=op.f('fk_statutory_clocks_recorded_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_statutory_clocks')),
    )
    op.create_index(op.f('ix_statutory_clocks_case_id_id'), 'statutory_clocks', ['case_id', 'id'])
    op.create_index(
        'ix_statutory_clocks_watched', 'statutory_clocks', ['ends_on', 'id'],
        postgresql_where=sa.text('ended_at is null and ends_on is not null'),
    )


def _entries() -> None:
    op.create_table(
        'statutory_entries',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('clock_id', sa.BigInteger(), nullable=False),
        sa.Column('what', _code('what', 'trigger', 'interruption', 'suspension'), nullable=False),
        sa.Column('code', sa.String(length=32), nullable=False),
        sa.Column('from_on', sa.Date(), nullable=True),
        sa.Column('until_on', sa.Date(), nullable=True),
        sa.Column('candidate', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('receipt_id', sa.BigInteger(), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_by_id', sa.BigInteger(), nullable=True),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('withdrawn_by_id', sa.BigInteger(), nullable=True),
        sa.Column('withdrawn_reason', sa.Text(), nullable=True),
        sa.CheckConstraint("what = 'trigger' or from_on is not null", name=op.f('ck_statutory_entries_has_a_day')),
        sa.CheckConstraint(
            '(withdrawn_at is null) = (withdrawn_reason is null)',
            name=op.f('ck_statutory_entries_withdrawn_with_a_reason'),
        ),
        sa.ForeignKeyConstraint(
            ['clock_id'], ['statutory_clocks.id'], name=op.f('fk_statutory_entries_clock_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['receipt_id'], ['call_receipts.id'], name=op.f('fk_statutory_entries_receipt_id')),
        sa.ForeignKeyConstraint(['recorded_by_id'], ['accounts.id'], name=op.f('fk_statutory_entries_recorded_by_id')),
        sa.ForeignKeyConstraint(
            ['withdrawn_by_id'], ['accounts.id'], name=op.f('fk_statutory_entries_withdrawn_by_id')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_statutory_entries')),
    )
    op.create_index(op.f('ix_statutory_entries_clock_id_id'), 'statutory_entries', ['clock_id', 'id'])
    op.create_index(
        'uq_statutory_entries_one_trigger', 'statutory_entries', ['clock_id'], unique=True,
        postgresql_where=sa.text("what = 'trigger' and withdrawn_at is null"),
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back; restore the backup made before the upgrade.")
