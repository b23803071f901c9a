"""The database: engine, transactions, notices, idempotency."""
