"""Figures: first contact by its date

Revision: 0012, after 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

FLAGS = ('contacted', 'contacted_in_time', 'contact_dated')


def upgrade() -> None:
    op.add_column('case_figures', sa.Column('contact_by', sa.DateTime(timezone=True), nullable=True))
    for flag in FLAGS:  # until every case is measured again, which begins by itself, they are nothing
        op.add_column('figure_cells', sa.Column(flag, sa.Integer(), nullable=False, server_default='0'))
        op.alter_column('figure_cells', flag, server_default=None)


def downgrade() -> None:
    raise NotImplementedError("There is no way back; restore the backup made before the upgrade.")
