"""Whether a gateway can be reached and takes a key, for nothing: no model is ever asked.

`check` asks, over HTTP by `http`, along the way that `way` finds: by which proxy and with which certificates
the client would go, `network` knows. `answers`, `no_answer`, `route` and `lookup` put what comes back into
`steps`; `helper` runs the key helper.
"""
