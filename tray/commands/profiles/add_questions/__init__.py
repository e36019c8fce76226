"""The guided `add`: `guided` is its course; `key` asks for gateway and key and looks up what they offer.

`route` and `models` choose from that, or take what is typed; `more` asks what few need. Each answer is
checked where it is given, so that none is for nothing: `tray.actions.profiles.adding`.
"""
