"""One question to a gateway, over HTTP, along the way that the client would go; what comes back, in words.

`http` asks, along what `way` finds: by which proxy and with which certificates, `network` knows. `answers`
and `no_answer` put what comes back into `steps`, by the table in `meanings`; `echoes` keeps secrets out of
them. `at_once` asks several things at the same time.
"""
