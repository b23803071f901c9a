"""Working time: the calendar of working days, and the dates by which something is due."""
