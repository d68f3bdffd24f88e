"""Many files, judged once each: resumable, capped, in memory that does not grow with their number."""
