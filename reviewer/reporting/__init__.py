"""A Review becomes what people and programs read: terminal text, Markdown, JSON."""
