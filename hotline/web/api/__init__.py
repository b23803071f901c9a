"""The API for machines, `/api/v1`: the same services as the pages, bearer tokens, JSON in and out."""
