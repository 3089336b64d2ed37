"""``python -m cdpb``, for machines whose search path does not hold ``cdpb``."""

import sys

from cdpb.cli import main

if __name__ == "__main__":
    sys.exit(main())
