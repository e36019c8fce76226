"""Entry of pkcc-tray.exe, the command line."""

import sys

from tray.__main__ import main

sys.exit(main())
