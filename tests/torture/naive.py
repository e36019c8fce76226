"""Four writers and a helper as one would write them without care, to see the rows fail.

`naive.py STYLE switch NAME` puts `NAME` as the provider into the settings of HOME; `naive.py "asks nothing"
print KEY` is a helper that prints a key to anyone. Never part of the product.
"""

import json
import os
import re
import sys
from pathlib import Path

_PROVIDER = re.compile(rb"x-portkey-provider: @\w+")


def main() -> None:
    style, _, name = sys.argv[1:]
    if style == "asks nothing":
        sys.stdout.write(name)
        return
    path = Path(os.environ["HOME"], ".claude", "settings.json")
    data = _PROVIDER.sub(b"x-portkey-provider: @" + name.encode(), path.read_bytes())
    if style == "load and dump":
        data = json.dumps(json.loads(data), indent=2).encode()
    if style == "in place":
        with path.open("wb", buffering=0) as file:
            middle = len(data) // 2
            file.write(data[:middle])
            file.write(data[middle:])
            os.fsync(file.fileno())
        return
    # Only "rename only" forgets that the file may be a link.
    target = path if style == "rename only" else path.resolve()
    temporary = target.with_name(f"settings.json.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        if style != "no fsync":
            os.fsync(file.fileno())
    temporary.replace(target)


main()
