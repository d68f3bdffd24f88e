"""A weak indicator → a measurable one, from the row's own words, its project's goal, or model indicators.

Nothing is invented: a number stands in the input or follows from it by arithmetic that the explanation states; what
is unknown is a blank that says where to look (〔待填：…〕). A rewrite that does not pass the rules is not shown.
"""

from reviewer.rewriting.rewriter import Rewriter

__all__ = ["Rewriter"]
