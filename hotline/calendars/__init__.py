"""The working calendar in the database: official notices imported, dates moved by them."""
