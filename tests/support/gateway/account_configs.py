"""The configs saved in the workspace of the stand-in for an account: each with all its versions."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from support.gateway.account_rows import UUID, WHEN, Answer, Query, control, page

_HIDDEN = ("config", "version_id")  # of a version, in the list of configs


class ConfigShelf:
    """What is saved, and how it is answered: a change makes a version, and replaces whatever was there."""

    def __init__(self) -> None:
        self.configs: dict[str, list[dict[str, Any]]] = {}  # versions by slug, the newest last
        self.slugs: list[str] = []  # of the next ones, in place of right ones
        self._made = 0

    def save(self, name: str, config: dict[str, Any]) -> str:
        """A new config by its slug; several may have the same name."""
        slug = (
            self.slugs.pop()
            if self.slugs
            else f"pc-{re.sub('[^a-z]', '-', name.lower())[:6]}-{len(self.configs):06x}"
        )
        self.configs[slug] = []
        self.change(slug, config, name)
        return slug

    def change(self, slug: str, config: dict[str, Any], name: str = "", status: str = "") -> dict[str, Any]:
        """A new version of a config, as anyone else may make one."""
        versions = self.configs[slug]
        before: dict[str, Any] = versions[-1] if versions else {"name": "", "status": "active"}
        self._made += 1
        at = datetime(2026, 11, 1, 9, tzinfo=UTC) + timedelta(minutes=self._made - 1)
        row = {
            "id": versions[0]["id"] if versions else f"4e54a1a4-109c-43ee-b0f7-{self._made - 1:012x}",
            "name": name or before["name"], "slug": slug, "organisation_id": UUID, "workspace_id": UUID,
            "is_default": 0, "status": status or before["status"], "owner_id": UUID, "updated_by": UUID,
            "created_at": versions[0]["created_at"] if versions else WHEN,
            "last_updated_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z", "config": json.dumps(config),
            "version_id": f"0db4065b-ead2-4daa-bf5e-{self._made - 1:012x}",
        }  # fmt: skip
        versions.append(row)
        return row

    def now(self, slug: str) -> Any:
        """The config as it is now."""
        return json.loads(self.configs[slug][-1]["config"])

    def listed(self, _: Query) -> Answer:
        """`GET /configs`."""
        rows = [
            {name: value for name, value in versions[-1].items() if name not in _HIDDEN}
            for versions in self.configs.values()
        ]
        return 200, {"success": True, "data": rows}

    def one(self, slug: str, _: Query) -> Answer:
        """`GET /configs/{slug}`."""
        if slug not in self.configs:
            return control(404, "AB02")
        return 200, {"success": True, "data": {"config": self.now(slug)}}

    def versions(self, slug: str, query: Query) -> Answer:
        """`GET /configs/{slug}/versions`."""
        return page(self.configs[slug][::-1], query) if slug in self.configs else control(404, "AB02")

    def create(self, body: Any) -> Answer:
        """`POST /configs`: the answer has no slug."""
        if not (isinstance(body.get("name"), str) and isinstance(body.get("config"), dict)):
            return control(400, "AB01", "name and config are required")
        newest = self.configs[self.save(body["name"], body["config"])][-1]
        return 200, {"success": True, "data": {"id": newest["id"], "version_id": newest["version_id"]}}

    def update(self, slug: str, body: Any) -> Answer:
        """`PUT /configs/{slug}`: what is not given stays as it is."""
        if slug not in self.configs:
            return control(404, "AB02")
        config = body.get("config", self.now(slug))
        newest = self.change(slug, config, body.get("name", ""), body.get("status", ""))
        return 200, {"success": True, "data": {"version_id": newest["version_id"]}}
