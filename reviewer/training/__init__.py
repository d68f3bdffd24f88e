"""Exercises from the rule catalogue and from real reviews, graded by the rule engine, and what a learner remembers."""
