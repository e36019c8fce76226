"""Whether a gateway can be reached and takes a key, for nothing: no model is ever asked.

`sequence` asks, over HTTP by `asking`; `answers`, `troubles`, `route` and `lookup` put what comes
back into `steps`; `helper` runs the key helper; `network` knows which proxy
and certificates the client would use.
"""
