"""What a release is published with: figures, checksums, signature, package managers' files."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from minisign import KeyPair
from ruamel.yaml import YAML
from support.missing import missing

from profiles import __version__
from tray.desktop.autostart.macos import LABEL

ROOT = Path(__file__).resolve().parents[2]
RELEASE = ROOT / "packaging" / "release"
sys.path.append(str(RELEASE))

import manifests  # noqa: E402
import new_key  # noqa: E402
from figures import KINDS, checksums, notes, problems, read_figures  # noqa: E402
from release import write_sums  # noqa: E402

REPOSITORY = "Someone/pkcc-tray"
CHANGELOG = "# Changelog\n\n## 1.2.3 - 2026-11-24\n\n### Added\n- This.\n\n## 1.2.2 - 2026-01-01\n- That.\n"


def needs(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            missing(program)


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Every file that a release has, each with content of its own."""
    directory = tmp_path / "dist"
    directory.mkdir()
    for kind, pattern in KINDS.items():
        (directory / pattern.replace("*", f"pkcc-tray-{__version__}")).write_text(kind)
    return directory


def test_only_a_tag_that_is_the_version_and_the_changelogs_entry_is_released() -> None:
    assert problems("v1.2.3", "1.2.3", CHANGELOG) == []
    assert "tag" in problems("v1.2.4", "1.2.3", CHANGELOG)[0]
    assert "tag" in problems("1.2.3", "1.2.3", CHANGELOG)[0]
    assert "changelog" in problems("v1.2.4", "1.2.4", CHANGELOG)[0]
    assert "changelog" in problems("v1.2.3", "1.2.3", CHANGELOG.replace("2026-11-24", "unreleased"))[0]
    assert "changelog" in problems("v1.2.2", "1.2.2", CHANGELOG)[0], "an old entry is not the newest"
    assert "three numbers" in problems("v1.2", "1.2", CHANGELOG)[0]


def test_the_releases_page_has_its_own_entry_and_no_other() -> None:
    assert notes("1.2.3", CHANGELOG) == "### Added\n- This.\n"


def test_a_release_without_one_of_its_files_is_refused(dist: Path) -> None:
    (dist / f"pkcc-tray-{__version__}-arm64.dmg").unlink()
    with pytest.raises(SystemExit, match=r"macos_arm64.*none"):
        read_figures(dist, __version__, REPOSITORY)


def test_a_file_of_another_version_is_refused(dist: Path) -> None:
    (dist / f"pkcc-tray-{__version__}.deb").rename(dist / "pkcc-tray-9.9.9.deb")
    with pytest.raises(SystemExit, match="deb"):
        read_figures(dist, __version__, REPOSITORY)


def test_the_systems_own_tool_accepts_the_list_and_sees_a_changed_file(dist: Path) -> None:
    needs("sha256sum")
    write_sums(dist, "")
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    assert subprocess.run(check, cwd=dist, capture_output=True).returncode == 0
    (dist / f"pkcc-tray-{__version__}.deb").write_text("other")
    assert subprocess.run(check, cwd=dist, capture_output=True).returncode == 1


def test_without_a_key_the_list_is_unsigned_and_that_is_said(
    dist: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_sums(dist, "")
    assert capsys.readouterr().out.startswith("::notice::MINISIGN_KEY")
    assert not (dist / "SHA256SUMS.minisig").exists()


def test_with_the_key_it_is_signed_and_a_second_run_signs_the_same_files(dist: Path) -> None:
    keys = KeyPair.generate()
    for _ in range(2):
        write_sums(dist, keys.secret_key.to_base64().decode() + "\n", keys.public_key.to_base64().decode())
    assert (dist / "SHA256SUMS.minisig").exists()
    assert (dist / "SHA256SUMS").read_text() == checksums(dist)
    assert "minisig" not in checksums(dist)


def test_a_key_that_installed_versions_do_not_know_is_refused_before_anything_is_published(
    dist: Path,
) -> None:
    keys, others = KeyPair.generate(), KeyPair.generate()
    with pytest.raises(SystemExit, match="PUBLIC_KEY"):
        write_sums(dist, keys.secret_key.to_base64().decode(), others.public_key.to_base64().decode())
    assert not (dist / "SHA256SUMS.minisig").exists()


def test_a_new_key_is_written_where_the_program_reads_it() -> None:
    text = new_key.with_key(new_key.RELEASE.read_text(), REPOSITORY, "RWQkey+/=")
    space: dict[str, object] = {"__name__": "release"}
    exec(compile(text, new_key.RELEASE.name, "exec"), space)
    assert (space["REPOSITORY"], space["PUBLIC_KEY"]) == (REPOSITORY, "RWQkey+/=")
    assert space["official"]().url == "https://github.com/Someone/pkcc-tray/releases/latest/download"  # type: ignore[operator]


# Package managers -----------------------------------------------------------------------------------------


@pytest.fixture
def made(dist: Path) -> dict[str, str]:
    return manifests.manifests(read_figures(dist, __version__, REPOSITORY), "2026-11-24")


def test_winget_gets_three_files_that_name_the_setup_and_its_hash(made: dict[str, str], dist: Path) -> None:
    yaml = YAML(typ="safe")
    files = {path.rpartition("/")[2]: yaml.load(text) for path, text in made.items() if "winget" in path}
    assert {file["ManifestType"] for file in files.values()} == {"version", "installer", "defaultLocale"}
    assert {file["PackageVersion"] for file in files.values()} == {__version__}
    (setup,) = files["pkcc-tray.pkcc-tray.installer.yaml"]["Installers"]
    name = f"pkcc-tray-{__version__}-setup.exe"
    assert setup["InstallerUrl"].endswith(f"/{REPOSITORY}/releases/download/v{__version__}/{name}")
    assert setup["InstallerSha256"].lower() == hashlib.sha256((dist / name).read_bytes()).hexdigest()


def test_the_cask_names_both_images_and_never_switches_off_at_an_upgrade(
    made: dict[str, str], dist: Path, tmp_path: Path
) -> None:
    cask = made["homebrew/Casks/pkcc-tray.rb"]
    for line in checksums(dist).splitlines():
        if line.endswith(".dmg"):
            assert line.split()[0] in cask
    assert "/v#{version}/pkcc-tray-#{version}-#{arch}.dmg" in cask
    assert "preflight" not in cask
    assert LABEL in cask
    if shutil.which("ruby"):
        (tmp_path / "cask.rb").write_text(cask)
        subprocess.run(["ruby", "-c", str(tmp_path / "cask.rb")], check=True, capture_output=True)


def test_apt_installs_from_the_repository_that_is_made(tmp_path: Path, made: dict[str, str]) -> None:
    """With a small package in place of the real one: what is tested is the repository."""
    needs("dpkg-deb", "apt-ftparchive", "createrepo_c", "apt-get", "rpmbuild", "gpg")
    control = tmp_path / "deb" / "DEBIAN" / "control"
    control.parent.mkdir(parents=True)
    control.write_text(
        f"Package: pkcc-tray\nVersion: {__version__}\nArchitecture: all\nMaintainer: x <x@example.org>\n"
        "Description: a stand-in\n"
    )
    dist, out = tmp_path / "dist2", tmp_path / "repository"
    dist.mkdir()
    subprocess.run(["dpkg-deb", "--build", str(tmp_path / "deb"), str(dist / "p.deb")], check=True)
    spec = tmp_path / "p.spec"
    spec.write_text(
        f"Name: pkcc-tray\nVersion: {__version__}\nRelease: 1\nSummary: x\nLicense: MIT\nBuildArch: noarch\n"
        "%description\nx\n%files\n"
    )
    subprocess.run(
        [
            "rpmbuild",
            "-bb",
            "--quiet",
            f"--define=_rpmdir {dist}",
            "--define=_build_name_fmt p.rpm",
            str(spec),
        ],
        check=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    environ = {**os.environ, "GNUPGHOME": str(home)}
    gpg = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    subprocess.run([*gpg, "--quick-gen-key", "x@example.org", "ed25519", "sign"], check=True, env=environ)
    key = subprocess.run(
        [*gpg, "--armor", "--export-secret-keys"], check=True, env=environ, capture_output=True
    )
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
    subprocess.run(
        [str(RELEASE / "repository.sh"), str(dist), str(out)],
        check=True,
        env={**os.environ, "GPG_KEY": key.stdout.decode()},
    )
    assert (out / "rpm" / "repodata" / "repomd.xml.asc").exists()
    sources = made["apt/pkcc-tray.sources"].replace("Architectures: amd64\n", "")
    sources = sources.replace("https://someone.github.io/pkcc-tray/apt/", f"file:{out}/apt/")
    sources = sources.replace("/etc/apt/keyrings/pkcc-tray.asc", str(out / "pkcc-tray.asc"))
    assert str(out) in sources
    lists = tmp_path / "apt"
    (lists / "lists" / "partial").mkdir(parents=True)
    (lists / "archives" / "partial").mkdir(parents=True)
    (lists / "status").touch()
    (lists / "pkcc-tray.sources").write_text(sources)
    options = [
        f"-oDir::Etc::SourceList={lists / 'pkcc-tray.sources'}",
        "-oDir::Etc::SourceParts=/dev/null",
        f"-oDir::State::Lists={lists / 'lists'}",
        f"-oDir::State::Status={lists / 'status'}",
        f"-oDir::Cache={lists}",
        "-oAPT::Sandbox::User=root",
    ]
    update = subprocess.run(["apt-get", *options, "update", "--error-on=any"], capture_output=True, text=True)
    assert update.returncode == 0, update.stderr + update.stdout
    fetched = subprocess.run(
        ["apt-get", *options, "--print-uris", "-qq", "download", "pkcc-tray"], capture_output=True, text=True
    )
    assert "p.deb" in fetched.stdout, fetched.stderr
