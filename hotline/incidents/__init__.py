"""Mass incidents: many workers, one employer or place; seen early, shown to the supervisor, led as one."""
