"""Letters and reminders

Revision: 0009, after 0006
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

KINDS = ('urge', 'criticism', 'term_urge', 'advice', 'opinion', 'recommendation')
STEPS = (
    'due_soon', 'not_accepted', 'overdue', 'overdue_copy', 'criticism', 'term_notice', 'term_urge', 'unanswered',
    'served', 'lapses_soon',
)


def upgrade() -> None:
    _letters()
    _receipts_and_numbers()
    _reminders()
    _filings()
    op.create_index(
        'ix_organisations_next_election', 'organisations', ['next_election_on', 'id'],
        postgresql_where=sa.text('next_election_on is not null and ended_at is null'),
    )


def _codes(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _fk(table: str, column: str, to: str, **more: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{to}.id'], name=op.f(f'fk_{table}_{column}'), **more)


def _letters() -> None:
    at = sa.DateTime(timezone=True)
    op.create_table(
        'letters',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('kind', _codes('kind', *KINDS), nullable=False),
        sa.Column('state', _codes('state', 'draft', 'signed', 'sent', 'answered', 'withdrawn'), nullable=False),
        sa.Column('year', sa.SmallInteger(), nullable=True),
        sa.Column('serial', sa.Integer(), nullable=True),
        sa.Column('number', sa.String(length=100), server_default='', nullable=False),
        sa.Column('title', sa.String(length=600), nullable=False),
        sa.Column('addressee', sa.String(length=400), nullable=False),
        sa.Column('field_values', postgresql.JSONB(), nullable=False),
        sa.Column('paper', postgresql.JSONB(), nullable=False),
        sa.Column('case_id', sa.BigInteger(), nullable=True),
        sa.Column('organisation_id', sa.BigInteger(), nullable=True),
        sa.Column('department', sa.String(length=64), nullable=True),
        sa.Column('origin', sa.String(length=64), nullable=True),
        sa.Column('previous_id', sa.BigInteger(), nullable=True),
        sa.Column('drafted_at', at, nullable=False),
        sa.Column('drafted_by_id', sa.BigInteger(), nullable=True),
        sa.Column('signed_at', at, nullable=True),
        sa.Column('signed_by_id', sa.BigInteger(), nullable=True),
        sa.Column('signed_on', sa.Date(), nullable=True),
        sa.Column('sent_at', at, nullable=True),
        sa.Column('served_on', sa.Date(), nullable=True),
        sa.Column('reply_by', at, nullable=True),
        sa.Column('answered_at', at, nullable=True),
        sa.Column('answered_on', sa.Date(), nullable=True),
        sa.Column('answer', sa.Text(), nullable=True),
        sa.Column('withdrawn_at', at, nullable=True),
        sa.Column('withdrawn_by_id', sa.BigInteger(), nullable=True),
        sa.Column('withdrawn_reason', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        _fk('letters', 'case_id', 'cases', ondelete='CASCADE'),
        _fk('letters', 'organisation_id', 'organisations'),
        _fk('letters', 'previous_id', 'letters'),
        _fk('letters', 'drafted_by_id', 'accounts'),
        _fk('letters', 'signed_by_id', 'accounts'),
        _fk('letters', 'withdrawn_by_id', 'accounts'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_letters')),
        sa.UniqueConstraint('kind', 'year', 'serial', name=op.f('uq_letters_kind_year_serial')),
        sa.CheckConstraint('(serial is null) = (signed_at is null)', name=op.f('ck_letters_numbered_when_signed')),
        sa.CheckConstraint('(year is null) = (serial is null)', name=op.f('ck_letters_year_of_its_number')),
        sa.CheckConstraint(
            "state not in ('signed', 'sent', 'answered') or signed_at is not null", name=op.f('ck_letters_signed_first')
        ),
        sa.CheckConstraint(
            "state not in ('sent', 'answered') or sent_at is not null", name=op.f('ck_letters_sent_when_it_says_so')
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' or withdrawn_reason is not null", name=op.f('ck_letters_withdrawn_with_a_reason')
        ),
        sa.CheckConstraint('previous_id <> id', name=op.f('ck_letters_not_after_itself')),
    )
    for column in ('case_id', 'organisation_id', 'department', 'origin'):
        op.create_index(
            op.f(f'ix_letters_{column}_id'), 'letters', [column, 'id'],
            postgresql_where=sa.text(f'{column} is not null'),
        )
    op.create_index(
        'uq_letters_next', 'letters', ['previous_id'], unique=True, postgresql_where=sa.text("state <> 'withdrawn'")
    )
    op.create_index(
        'ix_letters_waiting', 'letters', ['reply_by', 'id'],
        postgresql_where=sa.text("state = 'sent' and reply_by is not null"),
    )


def _receipts_and_numbers() -> None:
    op.create_table(
        'letter_receipts',
        sa.Column('letter_id', sa.BigInteger(), nullable=False),
        sa.Column('account_id', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        _fk('letter_receipts', 'letter_id', 'letters', ondelete='CASCADE'),
        _fk('letter_receipts', 'account_id', 'accounts'),
        sa.PrimaryKeyConstraint('letter_id', 'account_id', name=op.f('pk_letter_receipts')),
    )
    op.create_table(
        'letter_numbers',
        sa.Column('kind', _codes('kind', *KINDS), nullable=False),
        sa.Column('year', sa.SmallInteger(), nullable=False),
        sa.Column('last', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('kind', 'year', name=op.f('pk_letter_numbers')),
    )


def _reminders() -> None:
    at = sa.DateTime(timezone=True)
    op.create_table(
        'reminders',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('object_kind', _codes('object_kind', 'case', 'organisation', 'letter', 'statutory_clock'), nullable=False),
        sa.Column('object_id', sa.BigInteger(), nullable=False),
        sa.Column('step', _codes('step', *STEPS), nullable=False),
        sa.Column('due_at', at, nullable=False),
        sa.Column('at', at, nullable=False),
        sa.Column(
            'audience', _codes('audience', 'person', 'department', 'leads', 'supervisors'), nullable=False
        ),
        sa.Column('recipient_id', sa.BigInteger(), nullable=True),
        sa.Column('department', sa.String(length=64), nullable=True),
        sa.Column('case_id', sa.BigInteger(), nullable=True),
        sa.Column('organisation_id', sa.BigInteger(), nullable=True),
        sa.Column('letter_id', sa.BigInteger(), nullable=True),
        sa.Column('facts', postgresql.JSONB(), nullable=False),
        sa.Column('read_at', at, nullable=True),
        sa.Column('read_by_id', sa.BigInteger(), nullable=True),
        _fk('reminders', 'recipient_id', 'accounts'),
        _fk('reminders', 'case_id', 'cases', ondelete='CASCADE'),
        _fk('reminders', 'organisation_id', 'organisations'),
        _fk('reminders', 'letter_id', 'letters'),
        _fk('reminders', 'read_by_id', 'accounts'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reminders')),
        sa.UniqueConstraint('object_kind', 'object_id', 'step', 'due_at', name='uq_reminders_once'),
        sa.CheckConstraint(
            "(audience = 'person') = (recipient_id is not null)", name=op.f('ck_reminders_person_for_a_person')
        ),
        sa.CheckConstraint(
            "(audience in ('department', 'leads')) = (department is not null)",
            name=op.f('ck_reminders_department_for_one'),
        ),
    )
    for name, columns, where in (
        ('ix_reminders_person', ['recipient_id', 'id'], 'recipient_id is not null'),
        ('ix_reminders_department', ['department', 'audience', 'id'], 'department is not null'),
        ('ix_reminders_supervisors', ['id'], "audience = 'supervisors'"),
        ('ix_reminders_overdue', ['at', 'id'], "step = 'overdue'"),
        (op.f('ix_reminders_case_id'), ['case_id'], 'case_id is not null'),
    ):
        op.create_index(name, 'reminders', columns, postgresql_where=sa.text(where))


def _filings() -> None:
    op.create_table(
        'election_filings',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('organisation_id', sa.BigInteger(), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False),
        sa.Column('next_election_on', sa.Date(), nullable=False),
        sa.Column('was_due_on', sa.Date(), nullable=True),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('filed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('filed_by_id', sa.BigInteger(), nullable=True),
        _fk('election_filings', 'organisation_id', 'organisations'),
        _fk('election_filings', 'filed_by_id', 'accounts'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_election_filings')),
    )
    op.create_index(op.f('ix_election_filings_organisation_id_id'), 'election_filings', ['organisation_id', 'id'])
