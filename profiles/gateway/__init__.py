"""What a gateway answers to questions that cost nothing: no model is ever asked.

`asking` is the one HTTP client, and puts answers and failures into words; `check` is whether the gateway can
be reached and takes the key; `account` is what that key may use and has spent.
"""
