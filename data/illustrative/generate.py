"""Make the illustrative figures, for demonstrations only: the same bytes each time.

    python data/illustrative/generate.py [FOLDER]

writes each illustrative source with its receipts beside this script, or under FOLDER.
No figure made here is an estimate of anything. What each section makes, and by which scale, stands
in ``sections/``.
"""

import sys
from pathlib import Path

from sections import dashboard, declared, harm, justice, prevalence, prevention, treatment
from sections.writing import Made, write

SECTIONS = (prevalence, dashboard, justice, treatment, harm, prevention, declared)


def made() -> list[Made]:
    """Every file of every section."""
    return [file for section in SECTIONS for file in section.files()]


def main(arguments: list[str]) -> None:
    """Write every illustrative source."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    for file in made():
        write(folder, file)


if __name__ == "__main__":
    main(sys.argv[1:])
