"""Numbers in the decimal places that a number format has for them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from reviewer.reading.workbooks.codes import Token

_EXACT = Context(prec=400)  # the largest float has 309 digits before its point, and a code has room for 255 behind it


class Number:
    """Prints numbers into the places of a section, such as ``#,##0.0#"万元"``."""

    def __init__(self, tokens: list[Token]) -> None:
        kinds = [token.kind for token in tokens]
        end = kinds.index("exponent") if "exponent" in kinds else len(kinds)
        point = kinds.index(".") if "." in kinds[:end] else end
        before = [at for at, kind in enumerate(kinds[:point]) if kind == "digit"]
        commas = [at for at, kind in enumerate(kinds[:end]) if kind == ","]
        self._last = before[-1] if before else -1
        self._whole = tokens[:point]
        self._fraction = tokens[point + 1 : end]
        self._rest = tokens[end:]
        self._first = before[0] if before else -1
        self._grouped = any(self._first < at < self._last for at in commas)
        self._places = sum(token.kind == "digit" for token in self._fraction)
        self._shift = 2 * kinds.count("%") - 3 * sum(at > self._last for at in commas if before)
        self._step = len(before) if end < len(kinds) else 0

    def __call__(self, value: float) -> str:
        """Return *value*, which is not negative, rounded half up in the 15 digits that a sheet keeps."""
        number = Decimal(format(value, ".15g")).scaleb(self._shift, _EXACT)
        exponent = 0
        if self._step and number:
            exponent = number.adjusted() // self._step * self._step
            number = number.scaleb(-exponent, _EXACT)
        rounded = number.quantize(Decimal(1).scaleb(-self._places), ROUND_HALF_UP, _EXACT)
        whole, _, fraction = format(rounded, "f").partition(".")
        return self._print_whole(whole.lstrip("0")) + self._print_fraction(fraction) + self._print_rest(exponent)

    def _print_whole(self, digits: str) -> str:
        """Fill the places from the right; the leftmost takes all digits that are left."""
        rest, shown, printed = list(digits), [], 0
        for at in range(len(self._whole) - 1, -1, -1):
            token = self._whole[at]
            if token.kind == "digit":
                count = max(len(rest), 1) if at == self._first else 1
                for _ in range(count):
                    digit = rest.pop() if rest else "0" if token.text == "0" else ""
                    if digit and self._grouped and printed and printed % 3 == 0:
                        shown.append(",")
                    shown.append(digit)
                    printed += bool(digit)
            elif token.kind in ("text", "%"):
                shown.append(token.text[::-1])
        return "".join(shown)[::-1]

    def _print_fraction(self, digits: str) -> str:
        """Fill the places after the point, which is left out when nothing follows it."""
        shown, needed = [], len(digits.rstrip("0"))
        places = iter(enumerate(digits))
        point = False
        for token in self._fraction:
            if token.kind == "digit":
                at, digit = next(places)
                if token.text == "0" or at < needed:
                    shown.append(digit if point else f".{digit}")
                    point = True
            elif token.kind in ("text", "%"):
                shown.append(token.text)
        return "".join(shown)

    def _print_rest(self, exponent: int) -> str:
        shown = []
        for token in self._rest:
            if token.kind == "exponent":
                sign = "-" if exponent < 0 else "+" if token.text[1] == "+" else ""
                shown.append(f"E{sign}{abs(exponent):0{len(token.text) - 2}d}")
            elif token.kind in ("text", "%", "digit"):
                shown.append("" if token.kind == "digit" else token.text)
        return "".join(shown)
