"""Union organisations

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('organisations',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('old_names', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('aliases', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('credit_code', sa.String(length=18), server_default='', nullable=False),
    sa.Column('level', sa.Enum('city', 'district', 'town', 'industry', 'enterprise', 'station', name='level', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('kind', sa.Enum('state', 'collective', 'private', 'foreign', 'joint', 'institution', 'agency', 'social', 'self_employed', name='kind', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('industry', sa.String(length=100), server_default='', nullable=False),
    sa.Column('address', sa.String(length=200), server_default='', nullable=False),
    sa.Column('territory', sa.String(length=200), server_default='', nullable=False),
    sa.Column('superior_code', sa.String(length=40), nullable=True),
    sa.Column('founded_on', sa.Date(), nullable=True),
    sa.Column('chair', sa.String(length=100), server_default='', nullable=False),
    sa.Column('chair_chosen', sa.Enum('elected', 'appointed', 'acting', name='chair_chosen', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('chair_since', sa.Date(), nullable=True),
    sa.Column('next_election_on', sa.Date(), nullable=True),
    sa.Column('officers_full', sa.Integer(), nullable=True),
    sa.Column('officers_part', sa.Integer(), nullable=True),
    sa.Column('employees', sa.Integer(), nullable=True),
    sa.Column('members', sa.Integer(), nullable=True),
    sa.Column('women', sa.Integer(), nullable=True),
    sa.Column('migrant_workers', sa.Integer(), nullable=True),
    sa.Column('legal_person', sa.Boolean(), nullable=True),
    sa.Column('own_account', sa.Boolean(), nullable=True),
    sa.Column('contact', sa.String(length=100), server_default='', nullable=False),
    sa.Column('phone', sa.String(length=60), server_default='', nullable=False),
    sa.Column('postcode', sa.String(length=6), server_default='', nullable=False),
    sa.Column('remarks', sa.String(length=2000), server_default='', nullable=False),
    sa.Column('name_key', sa.Text(), nullable=False),
    sa.Column('other_key', sa.Text(), server_default='', nullable=False),
    sa.Column('address_key', sa.Text(), server_default='', nullable=False),
    sa.Column('pinyin', sa.Text(), server_default='', nullable=False),
    sa.Column('initials', sa.Text(), server_default='', nullable=False),
    sa.Column('grams', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("name <> ''", name=op.f('ck_organisations_has_a_name')),
    sa.CheckConstraint('code = upper(code)', name=op.f('ck_organisations_code_is_upper_case')),
    sa.CheckConstraint('superior_code <> code', name=op.f('ck_organisations_not_its_own_superior')),
    sa.ForeignKeyConstraint(['superior_code'], ['organisations.code'], name=op.f('fk_organisations_superior_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisations')),
    sa.UniqueConstraint('code', name=op.f('uq_organisations_code'))
    )
    op.create_index('ix_organisations_code_prefix', 'organisations', ['code'], unique=False, postgresql_ops={'code': 'text_pattern_ops'})
    op.create_index('ix_organisations_credit_code', 'organisations', ['credit_code'], unique=False, postgresql_ops={'credit_code': 'text_pattern_ops'}, postgresql_where=sa.text("credit_code <> ''"))
    op.create_index('ix_organisations_grams', 'organisations', ['grams'], unique=False, postgresql_using='gin')
    op.create_index(op.f('ix_organisations_level_code'), 'organisations', ['level', 'code'], unique=False)
    op.create_index('ix_organisations_name_key', 'organisations', ['name_key'], unique=False, postgresql_ops={'name_key': 'text_pattern_ops'})
    op.create_index(op.f('ix_organisations_superior_code_code'), 'organisations', ['superior_code', 'code'], unique=False)
    op.create_table('registry_imports',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('state', sa.Enum('checking', 'checked', 'applying', 'done', 'refused', 'given_up', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('started_by_id', sa.BigInteger(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sheet', sa.String(length=200), server_default='', nullable=False),
    sa.Column('sheets', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('headings', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('mapping', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('leave_out_broken', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('rows_total', sa.Integer(), server_default='0', nullable=False),
    sa.Column('rows_done', sa.Integer(), server_default='0', nullable=False),
    sa.Column('rows_new', sa.Integer(), server_default='0', nullable=False),
    sa.Column('rows_changed', sa.Integer(), server_default='0', nullable=False),
    sa.Column('rows_same', sa.Integer(), server_default='0', nullable=False),
    sa.Column('rows_broken', sa.Integer(), server_default='0', nullable=False),
    sa.Column('errors', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('problem', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.ForeignKeyConstraint(['started_by_id'], ['accounts.id'], name=op.f('fk_registry_imports_started_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registry_imports'))
    )
    op.create_index(op.f('ix_registry_imports_started_at'), 'registry_imports', ['started_at'], unique=False)
    op.create_table('registry_import_files',
    sa.Column('import_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('broken', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['import_id'], ['registry_imports.id'], name=op.f('fk_registry_import_files_import_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('import_id', name=op.f('pk_registry_import_files'))
    )
    op.create_table('organisation_changes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.BigInteger(), nullable=True),
    sa.Column('batch_id', sa.BigInteger(), nullable=True),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['accounts.id'], name=op.f('fk_organisation_changes_actor_id')),
    sa.ForeignKeyConstraint(['batch_id'], ['registry_imports.id'], name=op.f('fk_organisation_changes_batch_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_organisation_changes_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation_changes'))
    )
    op.create_index(op.f('ix_organisation_changes_organisation_id_id'), 'organisation_changes', ['organisation_id', 'id'], unique=False)
    # What of the register concerns cases and people.
    op.add_column('cases', sa.Column('unit_id', sa.BigInteger(), nullable=True))
    op.add_column('cases', sa.Column('employer_key', sa.Text(), server_default='', nullable=False))
    op.add_column('cases', sa.Column('territory', sa.String(length=64), nullable=True))
    op.create_foreign_key(op.f('fk_cases_unit_id'), 'cases', 'organisations', ['unit_id'], ['id'])
    op.create_index('ix_cases_unit', 'cases', ['unit_id', 'id'], unique=False, postgresql_where=sa.text('unit_id is not null'))
    op.create_index('ix_cases_employer', 'cases', ['employer_key', 'opened_at'], unique=False, postgresql_where=sa.text("employer_key <> ''"))
    op.create_table('account_ties',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('made_by_id', sa.BigInteger(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_account_ties_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['made_by_id'], ['accounts.id'], name=op.f('fk_account_ties_made_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_account_ties_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_ties')),
    sa.UniqueConstraint('account_id', 'organisation_id', name=op.f('uq_account_ties_account_id_organisation_id'))
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back; restore the backup made before the upgrade.")
