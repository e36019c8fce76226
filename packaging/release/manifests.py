"""What package managers need of a release, made from its figures: winget, Homebrew, apt and rpm."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from figures import Figures

IDENTIFIER = "pkcc-tray.pkcc-tray"  # winget: publisher and product
BUNDLE_IDENTIFIER = "io.github.pkcc-tray"  # as packaging/macos/bundle.py has it
LAUNCH_AGENT = "pkcc-tray.login"  # as tray.desktop.autostart writes it
_SCHEMA = "1.10.0"
_SUMMARY = "Switch Claude Code between Portkey routes"
_SUPPORTED_MACOS = ":ventura"


def manifests(figures: Figures, released: str) -> dict[str, str]:
    """Each file's text by its path. `released` is the day, as YYYY-MM-DD."""
    folder = f"winget/manifests/p/{IDENTIFIER.replace('.', '/')}/{figures.version}/{IDENTIFIER}"
    return {
        f"{folder}.yaml": _winget_version(figures),
        f"{folder}.installer.yaml": _winget_installer(figures, released),
        f"{folder}.locale.en-US.yaml": _winget_locale(figures),
        "homebrew/Casks/pkcc-tray.rb": _cask(figures),
        "apt/pkcc-tray.sources": _apt(figures),
        "rpm/pkcc-tray.repo": _rpm(figures),
    }


def _winget(kind: str, figures: Figures, body: str) -> str:
    return (
        f"# yaml-language-server: $schema=https://aka.ms/winget-manifest.{kind}.{_SCHEMA}.schema.json\n"
        f"PackageIdentifier: {IDENTIFIER}\n"
        f"PackageVersion: {figures.version}\n"
        f"{body}"
        f"ManifestType: {kind}\n"
        f"ManifestVersion: {_SCHEMA}\n"
    )


def _winget_version(figures: Figures) -> str:
    return _winget("version", figures, "DefaultLocale: en-US\n")


def _winget_installer(figures: Figures, released: str) -> str:
    body = f"""\
InstallerType: nullsoft
Scope: user
InstallModes:
- interactive
- silent
UpgradeBehavior: install
ReleaseDate: {released}
Commands:
- pkcc-tray
Installers:
- Architecture: x64
  InstallerUrl: {figures.url("windows")}
  InstallerSha256: {figures.assets["windows"].sha256.upper()}
"""
    return _winget("installer", figures, body)


def _winget_locale(figures: Figures) -> str:
    page = f"https://github.com/{figures.repository}"
    body = f"""\
PackageLocale: en-US
Publisher: The pkcc-tray authors
PublisherUrl: {page}
PackageName: pkcc-tray
PackageUrl: {page}
License: MIT
LicenseUrl: {page}/blob/v{figures.version}/LICENSE
ShortDescription: {_SUMMARY}
ReleaseNotesUrl: {page}/releases/tag/v{figures.version}
"""
    return _winget("defaultLocale", figures, body)


def _cask(figures: Figures) -> str:
    arm, intel = figures.assets["macos_arm64"], figures.assets["macos_x86_64"]
    url = figures.url("macos_arm64").replace(figures.version, "#{version}")
    url = url.replace("-arm64.dmg", "-#{arch}.dmg")
    return f"""\
cask "pkcc-tray" do
  arch arm: "arm64", intel: "x86_64"

  version "{figures.version}"
  sha256 arm:   "{arm.sha256}",
         intel: "{intel.sha256}"

  url "{url}"
  name "pkcc-tray"
  desc "{_SUMMARY}"
  homepage "https://github.com/{figures.repository}"

  livecheck do
    url :url
    strategy :github_latest
  end

  depends_on macos: ">= {_SUPPORTED_MACOS}"

  app "pkcc-tray.app"
  binary "#{{appdir}}/pkcc-tray.app/Contents/MacOS/pkcc-tray"

  # Homebrew uninstalls at every upgrade, too: nothing here may switch off or take the login item away.
  uninstall quit: "{BUNDLE_IDENTIFIER}"

  zap launchctl: "{LAUNCH_AGENT}",
      trash:     "~/Library/LaunchAgents/{LAUNCH_AGENT}.plist"

  caveats <<~EOS
    Before you uninstall it, run `pkcc-tray off`: your Claude Code settings are then as they were.
  EOS
end
"""


def _apt(figures: Figures) -> str:
    return f"""\
# /etc/apt/sources.list.d/pkcc-tray.sources
Types: deb
URIs: https://{_pages(figures.repository)}/apt/
Suites: ./
Architectures: amd64
Signed-By: /etc/apt/keyrings/pkcc-tray.asc
"""


def _rpm(figures: Figures) -> str:
    return f"""\
# /etc/yum.repos.d/pkcc-tray.repo; the signed index has each package's hash
[pkcc-tray]
name=pkcc-tray
baseurl=https://{_pages(figures.repository)}/rpm
enabled=1
gpgcheck=0
repo_gpgcheck=1
gpgkey=https://{_pages(figures.repository)}/pkcc-tray.asc
"""


def _pages(repository: str) -> str:
    owner, _, name = repository.partition("/")
    return f"{owner.lower()}.github.io/{name}"
