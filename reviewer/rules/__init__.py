"""A document becomes findings: one module a family of rules; catalogue.py reads data/rules/*.md."""
