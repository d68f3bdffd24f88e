"""The numbers of rules that a department may set its own for; none of them stands in a regulation."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from reviewer.models import Model


class Thresholds(Model):
    """Where some rules begin to look closer, as ``[rules.thresholds]`` in ``reviewer.toml`` sets it.

    >>> Thresholds(large_amount=500).fewest_indicators
    3
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    large_amount: float = Field(100.0, ge=0, le=1e12, description="S905：多少万元起要求指标多一些")
    fewest_indicators: int = Field(3, ge=1, le=1000, description="S905：这样的项目至少要有几条指标")
    full_satisfaction: float = Field(100.0, ge=50, le=100, description="A301：满意度从百分之几起算难以做到")


DEFAULTS = Thresholds()
