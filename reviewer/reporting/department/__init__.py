"""A report on a bulk run in every format: one set of sentences and tables, shown by each in its own way."""
