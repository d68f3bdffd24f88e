"""Forms as departments have them, in their own words and layouts, read field by field."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.reading import read
from tests.reading.wild import declarations, lists, printed, workbooks
from tests.reading.wild.expectation import Form, compare

FORMS = [*declarations.FORMS, *lists.FORMS, *workbooks.FORMS, *printed.FORMS]


@pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])
def test_a_form_reads_to_what_it_says(form: Form, tmp_path: Path) -> None:
    document = read(form.write(tmp_path))
    wrong = [check for check in compare(document, form) if not check.right]
    assert not wrong, "\n".join([form.name, *map(str, wrong)])
