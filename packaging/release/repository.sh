#!/bin/sh
# The apt and rpm repositories of one release, as a tree for any web server: repository.sh DIST OUT
# With GPG_KEY (a private key, armoured) in the environment they are signed, else that is said.
# Needs apt-ftparchive (apt-utils) and createrepo_c (createrepo-c).
set -eu
dist=$1 out=$2
mkdir -p "$out/apt" "$out/rpm"
cp "$dist"/*.deb "$out/apt/"
cp "$dist"/*.rpm "$out/rpm/"
(
  cd "$out/apt"
  apt-ftparchive packages . >Packages
  gzip --keep --force --no-name Packages
  rm -f Release InRelease
  apt-ftparchive -o APT::FTPArchive::Release::Origin=pkcc-tray -o APT::FTPArchive::Release::Suite=./ release . >../Release
  mv ../Release .
)
createrepo_c --quiet "$out/rpm"
if [ -z "${GPG_KEY:-}" ]; then
  echo "::notice::GPG_KEY is not set: the apt and rpm repositories are not signed"
  exit 0
fi
GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
printf '%s\n' "$GPG_KEY" | gpg --batch --quiet --import
gpg --batch --yes --clearsign --output "$out/apt/InRelease" "$out/apt/Release"
gpg --batch --yes --armor --detach-sign --output "$out/rpm/repodata/repomd.xml.asc" "$out/rpm/repodata/repomd.xml"
gpg --batch --yes --armor --export --output "$out/pkcc-tray.asc"
