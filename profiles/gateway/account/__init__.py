"""What a Portkey account offers and has spent: providers, models, configs, budgets, costs.

`account` asks, by `lookups`; `calls` is the table of what can be asked, with the right that each needs;
`place` is where and as whom. `records` are the answers; `known` is one with its age, or why there is none, in
words by `problems`. `kept` keeps answers for the next time, and for when there is no network; `remembered`
finds them without the key. Only `pages` loads an HTTP client.
"""
