"""What no profile can say yet. Each line goes with what makes it true; both lists are empty in the end."""

# Setups of the corpus: why.
NOT_YET: dict[str, str] = {}
# Parts of the generator.
PARTS = frozenset({
    "virtual key alone", "config and provider", "inline and provider", "models", "key", "top-level model",
    "helper beside the header", "dummy token beside the header", "dummy key beside the header",
    "token in a cloud's format",
})  # fmt: skip
