"""The service behind a trade union's workers' hotline."""
