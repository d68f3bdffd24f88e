"""A model's judgement: what it is asked, how, and what of its answer is believed. Imported only with ``--llm``."""
