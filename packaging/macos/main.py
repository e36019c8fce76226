"""Entry of the one program in pkcc-tray.app: the tray when opened, the command line when called."""

import sys

from tray.__main__ import main

sys.exit(main())
