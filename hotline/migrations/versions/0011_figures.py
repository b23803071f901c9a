"""Figures: what of each case is counted, sums by day, saved views, monthly reports

Revision: 0011, after 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

FLAGS = (
    'routed', 'resolved', 'aside', 'in_time', 'dated', 'accepted', 'accepted_in_time', 'accept_dated', 'solved',
    'reached', 'satisfied', 'returned', 'reopened', 'ever_resolved', 'extended', 'instant', 'to_call_back',
    'called_back', 'rerouted', 'repeated', 'second', 'claim_met', 'claim_met_partly', 'mediated', 'aided', 'advised',
)
STEPS = ('resolve_work', 'resolve_clock', 'accept_work', 'accept_clock', 'contact_work', 'contact_clock')


def upgrade() -> None:
    for column in ('extension_asked', 'supervised'):
        op.create_index(f'ix_cases_{column}', 'cases', ['due_at', 'id'], postgresql_where=sa.text(column))
    _case_figures()
    _figure_cells()
    op.create_table(
        'figure_state',
        sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column('events_until', sa.BigInteger(), nullable=False),
        sa.Column('as_of', sa.DateTime(timezone=True), nullable=True),
        sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_figure_state')),
    )
    op.execute('insert into figure_state (id, events_until) values (1, 0)')
    op.create_table(
        'figure_views',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('account_id', sa.BigInteger(), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('asked', postgresql.JSONB(), nullable=False),
        sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['account_id'], ['accounts.id'], name=op.f('fk_figure_views_account_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_figure_views')),
        sa.UniqueConstraint('account_id', 'name', name=op.f('uq_figure_views_account_id_name')),
    )
    op.create_table(
        'monthly_reports',
        sa.Column('month', sa.Date(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('pdf', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('month', name=op.f('pk_monthly_reports')),
    )


def _case_figures() -> None:
    op.create_table(
        'case_figures',
        sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('resolve_by', sa.DateTime(timezone=True), nullable=True),
        sa.Column('accept_by', sa.DateTime(timezone=True), nullable=True),
        sa.Column('waits_since', sa.DateTime(timezone=True), nullable=True),
        sa.Column('opened_on', sa.Date(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('fingerprint', sa.Integer(), nullable=False),
        sa.Column('opened_mark', sa.Integer(), nullable=False),
        sa.Column('waits_mark', sa.Integer(), nullable=True),
        sa.Column('flags', sa.Integer(), nullable=False),
        sa.Column('paused', sa.Integer(), nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('letters', sa.Integer(), nullable=False),
        *(sa.Column(name, sa.SmallInteger(), nullable=True) for name in STEPS),
        sa.Column('open', sa.Boolean(), nullable=False),
        sa.Column('confidential', sa.Boolean(), nullable=False),
        sa.Column('department', sa.String(length=64), nullable=False),
        sa.Column('category', sa.String(length=64), nullable=False),
        sa.Column('territory', sa.String(length=64), nullable=False),
        sa.Column('difficulty', sa.String(length=16), nullable=False),
        sa.Column('channel', sa.String(length=32), nullable=False),
        sa.Column('employer_kind', sa.String(length=32), nullable=False),
        sa.Column('rule_set', sa.Text(), nullable=False),
        sa.Column('money', sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column('unit_id', sa.BigInteger(), nullable=True),
        sa.Column('employer_key', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('case_id', name=op.f('pk_case_figures')),
    )
    op.create_index('ix_case_figures_opened_on', 'case_figures', ['opened_on'])
    op.create_index('ix_case_figures_open', 'case_figures', ['opened_on'], postgresql_where=sa.text('open'))
    op.create_index(
        'ix_case_figures_unit_id', 'case_figures', ['unit_id'], postgresql_where=sa.text('unit_id is not null')
    )
    op.create_index(
        'ix_case_figures_employer_key', 'case_figures', ['employer_key'],
        postgresql_where=sa.text("employer_key <> ''"),
    )


def _figure_cells() -> None:
    op.create_table(
        'figure_cells',
        sa.Column('dimension', sa.String(length=16), nullable=False),
        sa.Column('opened_on', sa.Date(), nullable=False),
        sa.Column('department', sa.String(length=64), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('confidential', sa.Boolean(), nullable=False),
        sa.Column('cases', sa.Integer(), nullable=False),
        *(sa.Column(flag, sa.Integer(), nullable=False) for flag in FLAGS),
        sa.Column('paused', sa.BigInteger(), nullable=False),
        sa.Column('money', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('people', sa.BigInteger(), nullable=False),
        sa.Column('letters', sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=True) for name in STEPS),
        sa.PrimaryKeyConstraint(
            'dimension', 'opened_on', 'department', 'key', 'confidential', name=op.f('pk_figure_cells')
        ),
    )


    op.create_table(
        'figure_months',
        sa.Column('dimension', sa.String(length=16), nullable=False),
        sa.Column('month', sa.Date(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('confidential', sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in STEPS),
        sa.PrimaryKeyConstraint('dimension', 'month', 'key', 'confidential', name=op.f('pk_figure_months')),
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back; restore the backup made before the upgrade.")
