"""What a model's name tells: is it a Claude model, which route does it name, does Bedrock serve it. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Without these, Bedrock answers 403 to requests for models of others: the client adds what only Claude takes.
NEEDED_ON_BEDROCK = ("DISABLE_PROMPT_CACHING", "CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS")
# The client's own words for a model of its choice.
_ALIASES = frozenset(["default", "best", "sonnet", "opus", "haiku", "fable", "opusplan"])
# How Bedrock names the models of others: `amazon.nova-pro-v1:0`, `us.meta.llama…`.
_BEDROCK = (
    r"(?:(?:us|us-gov|eu|apac|jp|au|global)\.)?(?:ai21|amazon|cohere|deepseek|google|luma|meta|minimax|mistral|"
    r"moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\.[\w.:-]+"
)


def is_alias(model: str) -> bool:
    """Whether a name leaves it to the route which model that is, such as `opus` and `sonnet[1m]`."""
    return model.strip().lower().removesuffix("[1m]") in _ALIASES


def slugs_in(models: Iterable[str]) -> list[str]:
    """The providers that models' names begin with, each once: `@slug` of `@slug/model`."""
    return [*dict.fromkeys(m.partition("/")[0] for m in models if m[:1] == "@" and "/" in m[2:])]


def is_claude(model: str) -> bool:
    """Whether it is one of Anthropic's models; the client's own word for one, and no name at all, is."""
    bare = model.lower()
    return not bare or is_alias(bare) or "claude" in bare or "anthropic" in bare


def is_bare(model: str) -> bool:
    """Whether a name is Anthropic's own, with no route before it: `claude-…`, `us.anthropic.claude-…`."""
    return model.startswith(("claude-", "anthropic.")) or ".anthropic." in model


def is_on_bedrock(model: str, dialect: str, provider: str) -> bool:
    """Whether requests for that model go to Bedrock, as far as names tell; `provider` is the route's."""
    slug, slash, bare = model.rpartition("/")
    route = slug if slash and slug.startswith("@") else provider
    if dialect == "bedrock" or "bedrock" in route.lower():
        return True
    import re

    return re.fullmatch(_BEDROCK, bare) is not None


def is_refused_by_bedrock(model: str, dialect: str, provider: str) -> bool:
    """Whether Bedrock answers 403 to requests for it without `NEEDED_ON_BEDROCK`; arguments as above."""
    return not is_claude(model) and is_on_bedrock(model, dialect, provider)
