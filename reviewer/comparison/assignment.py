"""The best one-to-one pairing of a sparse table of weights: successive shortest paths with potentials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush


def best_pairs(weights: Sequence[Mapping[int, float]]) -> dict[int, int]:
    """Return the pairs row → column of the greatest total weight; a row may stay alone, which weighs nothing.

    ``weights[row][column]`` are positive; pairs that are not there cannot be. Time grows with the pairs that are
    there, not with rows times columns.

    >>> best_pairs([{0: 0.9, 1: 0.8}, {0: 0.7}])
    {0: 1, 1: 0}
    """
    top = max((weight for row in weights for weight in row.values()), default=0.0)
    # Each row has a column of its own, -1 - row, for staying alone; so every row finds a place.
    costs = [
        {-1 - at: top} | {column: top - weight for column, weight in row.items()} for at, row in enumerate(weights)
    ]
    row_of: dict[int, int] = {}
    column_of: dict[int, int] = {}
    of_row = [0.0] * len(costs)
    of_column: dict[int, float] = {}
    for start in range(len(costs)):
        distance: dict[int, float] = {}
        came_from: dict[int, int] = {}
        settled: set[int] = set()
        heap: list[tuple[float, int]] = []
        row, length = start, 0.0
        while True:
            for column, cost in costs[row].items():
                reached = length + cost - of_row[row] - of_column.get(column, 0.0)
                if column not in settled and reached < distance.get(column, float("inf")):
                    distance[column], came_from[column] = reached, row
                    heappush(heap, (reached, column))
            while heap[0][1] in settled:
                heappop(heap)
            length, column = heappop(heap)
            settled.add(column)
            if column not in row_of:
                break
            row = row_of[column]
        of_row[start] += length
        for passed in settled - {column}:
            of_row[row_of[passed]] += length - distance[passed]
            of_column[passed] = of_column.get(passed, 0.0) - (length - distance[passed])
        while True:
            row = came_from[column]
            before = column_of.get(row)
            row_of[column], column_of[row] = row, column
            if row == start or before is None:
                break
            column = before
    return {row: column for row, column in sorted(column_of.items()) if column >= 0}
