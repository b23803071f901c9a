"""Documents on paper: PDF set by typst and DOCX, from plain data; no database, no network, no files of others."""
