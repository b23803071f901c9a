"""Every table there is: imported by migrations and tests, so that metadata is whole."""

from __future__ import annotations

import hotline.accounts.models
import hotline.calendars.models
import hotline.cases.models
import hotline.cases.statutory_models
import hotline.cases.task_models
import hotline.incidents.models
import hotline.letters.models
import hotline.privacy.models
import hotline.registry.models
import hotline.reminders.models
import hotline.reports.models
import hotline.rulebook.models
import hotline.storage.models
from hotline.storage.base import Base

metadata = Base.metadata

__all__ = ["hotline", "metadata"]
