"""`hotline doctor`: looks at the database and the machine, and says in words what to do."""
