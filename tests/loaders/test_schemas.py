"""What a table promises is held value by value, whichever way is quickest."""

import pandas as pd
import pandera.pandas as pa
import pytest

from cdpb import schemas
from cdpb.errors import InputError

WARDS = ["E05013635", "E05013628", "E05013635"]
PATTERN = r"^E05\d{6}$"


@pytest.mark.parametrize(
    "values", [WARDS, [*WARDS, "E09000003"], [*WARDS, ""], [*WARDS, "xE05013635"], [*WARDS, None]]
)
def test_a_pattern_that_is_tried_once_a_value_refuses_what_panderas_own_refuses(values):
    """In the same words, with as many cases: a message names the promise."""
    column = pd.DataFrame({"ward_code": pd.Series(values, dtype="str")})
    told = []
    for check in (pa.Check.str_matches(PATTERN), schemas._matching(PATTERN)):
        schema = pa.DataFrameSchema({"ward_code": pa.Column(str, check, nullable=True)})
        try:
            schema.validate(column)
            told.append(None)
        except pa.errors.SchemaError as error:
            told.append((str(error.check), list(error.failure_cases["failure_case"])))
    assert told[0] == told[1]
    assert (told[0] is None) == (values[-1] in (None, *WARDS))


def test_a_table_that_breaks_its_promise_is_refused_by_column_and_promise():
    """And never by the value, which may be a partner's."""
    table = pd.DataFrame({"ward_code": [*WARDS, "secret"], "ward_name": "Ash"})
    schema = pa.DataFrameSchema(
        {"ward_code": pa.Column(str, schemas._matching(PATTERN)), "ward_name": pa.Column(str)}
    )
    with pytest.raises(InputError, match="ward_code") as refused:
        schemas.validated(table, schema, "mps_ward_crime")
    assert "str_matches" in str(refused.value)
    assert "secret" not in str(refused.value)
