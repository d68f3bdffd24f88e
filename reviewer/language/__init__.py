"""Chinese text → typed facts: classes, quantities, comparators, dates, periods, phrases, all with their span.

Nothing here knows about rules or documents; spans are code points in the text that was given.
"""
