"""Projects in a real browser: the list with its trouble, adding, one project, rules."""

from __future__ import annotations

from support.browser import Desk
from support.home.projects import clone


def five_projects(desk: Desk) -> None:
    """The projects and rules of the design's picture."""
    desk.four_profiles()
    desk.home.ok("switch", "work")
    project = ("project", "add")
    desk.home.ok(*project, str(clone(desk.home, "src/web")), "--metadata", "repo=web", "--profile", "work")
    desk.home.ok(
        *project, str(clone(desk.home, "src/api")), "--metadata", "repo=api", "--metadata", "team=core"
    )
    desk.home.ok(*project, str(clone(desk.home, "src/old-tool")), "--metadata", "repo=old-tool")
    for name in ("acme/site", "acme/shop", "north/api", "other"):
        clone(desk.home, f"work/{name}")
    acme = ("--metadata", "client=acme", "--profile", "fallback")
    desk.home.ok("project", "rule", "add", "~/work/acme/**", *acme)
    desk.home.ok("project", "rule", "add", "~/work/**", "--metadata", "employer=main")
    desk.home.ok("project", "sync")
    (desk.home.root / "src/old-tool").rename(desk.home.root / "gone")


def change(desk: Desk, old: str, new: str) -> None:
    path = desk.home.root / "src/web/.claude/settings.local.json"
    path.write_text(path.read_text().replace(old, new))


def test_the_list_and_its_trouble(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.go("/projects")
    desk.sees("text=No projects yet")
    desk.picture("projects-none")
    five_projects(desk)
    change(desk, "claude-sonnet-4-6", "claude-sonnet-4-9")
    desk.sees("p:text('Its file was changed by something else')")
    desk.sees("p:text('The folder is gone')")
    desk.picture("projects")
    desk.page.locator("[aria-label='More actions for ~/src/api']").click()
    desk.sees(".menu-list:visible")
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("link", name="See changes of ~/src/web").click()
    desk.sees("h2:text('Its file was changed by something else')")
    desk.picture("project-changed")
    change(desk, "https://api.portkey.ai", "https://api.portkey-ai.example")
    desk.sees("h2:text('Its file would send your key to another address')")
    desk.picture("project-alarm")
    desk.press("Write again")
    desk.sees("#flash h2:text('~/src/web is written again')")
    desk.sees("#flash:focus")
    desk.press("Write all again")
    desk.sees("#flash h2:text('1 project could not be written')")
    desk.picture("projects-written")


def test_a_project_is_added_with_what_is_known_of_its_folder(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    desk.home.ok("switch", "work")
    web = clone(desk.home, "src/web")
    (web / ".pkcc.toml").write_text('[metadata]\nteam = "core"\n')
    desk.go("/projects")
    desk.page.get_by_role("link", name="Add project").click()
    desk.press("Add the project")
    desk.sees(".errors:focus h2:text('The project was not added')")
    desk.picture("project-add-error")
    desk.page.get_by_role("combobox", name="Folder").fill("~/src/web")
    desk.sees("[data-said] :text('Git does not ignore the file yet')")
    desk.page.get_by_label("Key 1", exact=True).fill("repo")
    desk.page.get_by_label("Value 1", exact=True).fill("web")
    desk.page.get_by_label("asks for").select_option(index=1)
    desk.page.get_by_label("Profile").select_option("fallback")
    desk.picture("project-add")
    desk.page.keyboard.press("Tab")
    desk.press("Add the project")
    desk.sees("#flash h2:text('~/src/web is a project now')")
    desk.sees("code:text('team=core')")
    desk.page.get_by_role("link", name="~/src/web").click()
    desk.sees("h1:text('web')")
    desk.picture("project")
    desk.page.get_by_label("Profile").select_option("")
    desk.sees("[data-unsaved] :text('1 change not saved: Profile')")
    desk.press("Save")
    desk.sees("#flash h2:text('~/src/web is changed')")
    desk.page.locator("[aria-label='More actions for ~/src/web']").click()
    desk.page.get_by_role("link", name="Remove…").first.click()
    desk.sees("h1:text('Remove web from the projects?')")
    desk.picture("project-remove")
    desk.press("Remove web")
    desk.sees("text=No projects yet")
    desk.press("Undo")
    desk.sees("#flash h2:text('Undone')")


def test_rules_say_what_they_fit_and_can_be_ordered(themed_desk: Desk) -> None:
    desk = themed_desk
    five_projects(desk)
    clone(desk.home, "clients/north/shop")
    desk.go("/projects")
    desk.page.get_by_label("Folders").fill("~/clients/*/**")
    desk.sees("[data-said] :text('Fits 1 clone today: north/shop')")
    desk.page.get_by_label("Key 1", exact=True).fill("client")
    desk.page.get_by_label("Value 1", exact=True).fill("north")
    desk.picture("projects-rule")
    desk.press("Add the rule")
    desk.sees("#flash h2:text('Rule 3 is kept')")
    desk.press("Move rule 2 up")
    desk.sees("#flash h2:text('~/work/** is rule 1 now')")
    desk.page.locator("[aria-label='More actions for rule 2']").click()
    desk.page.locator(".menu-list:visible").get_by_role("link", name="Edit…").click()
    desk.sees("h1:text('Rule 2')")
    desk.picture("rule")
    desk.page.get_by_role("link", name="Remove…").click()
    desk.sees("h1:text('Remove rule 2?')")
    desk.picture("rule-remove")
    desk.press("Remove rule 2")
    desk.sees("#flash h2:text('Rule 2 is removed')")
