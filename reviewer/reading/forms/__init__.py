"""Forms as tables of cells → drafts of projects: declarations of one project each, and lists of many."""
