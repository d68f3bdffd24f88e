"""Workbooks → grids: one module a file format, the number formats they share, and the sheet they all fill."""
