"""A comparison for people: in a terminal, as Markdown, or as one HTML file."""
