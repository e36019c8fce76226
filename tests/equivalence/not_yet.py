"""What no profile can say yet. Each line goes with what makes it true; both lists are empty in the end."""

# Setups of the corpus: why.
NOT_YET = {
    "portkey-69fe30f93f72": "the top-level model does not go along",
    "portkey-6d79667f5be6": "the top-level model does not go along",
    "portkey-ecf82ae3dc26": "the top-level model does not go along",
    "guides-airs-token-and-line": "the top-level model does not go along",
    "guides-airs-vertex": "the top-level model does not go along",
    "guides-airs-bedrock": "the top-level model does not go along",
    "guides-model-only": "the top-level model does not go along",
    "guides-models-one-slug": "a route by the models",
    "guides-models-two-slugs": "a route by the models",
    "guides-models-top-level": "a route by the models",
    "guides-key-decides": "a route by the key",
    "guides-key-decides-header": "a route by the key",
    "guides-config-and-provider": "config and provider",
    "guides-inline-and-provider": "config and provider",
    "guides-config-and-virtual-key": "config and virtual key",
    "guides-virtual-key-alone": "a provider is made up",
    "guides-header-and-helper": "a stand-in",
    "guides-header-and-helper-models": "a stand-in",
    "guides-header-and-dash": "a stand-in",
    "guides-header-and-dummy-key": "a stand-in",
    "guides-header-and-dummy-token": "a stand-in",
    "guides-vertex-token": "the key is not found",
    "guides-shell-models": "a route by the models",
    "guides-shell-dummy": "a stand-in",
    "guides-plain-http": "import has no --allow-plain-http",
    "guides-dotenv-corp": "config and provider",
}
# Parts of the generator.
PARTS = frozenset({
    "virtual key alone", "config and provider", "inline and provider", "models", "key", "top-level model",
    "helper beside the header", "dummy token beside the header", "dummy key beside the header",
    "token in a cloud's format",
})  # fmt: skip
