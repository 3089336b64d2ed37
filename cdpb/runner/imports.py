"""What notebooks' machinery would load for nothing."""

import sys


def spare_grammar() -> None:
    """Keep jsonschema from compiling a grammar of web addresses as it is imported.

    That takes a second in each process, for a check that no notebook asks for. Where the package
    is absent jsonschema does without it; this makes it look absent. Call it before nbformat,
    nbconvert or papermill are imported.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
