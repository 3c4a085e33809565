#!/bin/sh
# Installs the standalone executable of pscale-service-token, which needs no Node.
#
#   curl -fsSL https://github.com/OWNER/pscale-service-token/releases/latest/download/install.sh | sh
#
# It takes from the environment:
#   VERSION   which version, such as 1.2.3; latest by default
#   BIN_DIR   where to; $HOME/.local/bin by default
#   MAN_DIR   where its manual page goes; $HOME/.local/share/man/man1 by default
#   BASE_URL  a mirror of the releases, with latest/download/<file> and download/v<version>/<file>;
#             https, or http to this machine only
#
# It downloads the executable and SHA256SUMS with curl or GNU Wget, and installs nothing unless the two agree.
set -eu

# A placeholder: the install.sh of a release has the name of its own repository here.
REPOSITORY='OWNER/pscale-service-token'

NAME=pscale-service-token

# Everything is in functions, and the last line calls them: a download that is cut short runs nothing.
main() {
  version=$(requested_version)
  base_url=$(releases_url)
  bin_dir=${BIN_DIR:-${HOME:?is not set; set it, or BIN_DIR}/.local/bin}
  platform=$(detect_platform)
  file=$NAME-$platform
  if [ "$version" = latest ]; then
    url=$base_url/latest/download
  else
    url=$base_url/download/v$version
  fi
  choose_downloader

  downloads=
  staging=
  trap clean_up EXIT
  # A shell that is ended by a signal does not run its EXIT trap; one that exits does.
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 131' QUIT
  trap 'exit 141' PIPE
  trap 'exit 143' TERM
  # Named before it is made, so that nothing is left of it wherever this is interrupted; mkdir fails where
  # something, or a link to something, is there already.
  downloads=${TMPDIR:-/tmp}/$NAME.$$
  mkdir -m 700 "$downloads" || { downloads=; fail 'could not make a folder for the download'; }

  say "Downloading $file ($version) from $base_url"
  download "$url/SHA256SUMS" "$downloads/SHA256SUMS"
  download "$url/$file" "$downloads/$file"
  verify "$downloads" "$file"
  install_executable "$downloads/$file" "$bin_dir"
}

say() {
  printf '%s\n' "$*"
}

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

clean_up() {
  # What is called from here on is not interrupted either.
  trap '' HUP INT QUIT PIPE TERM
  if [ -n "$downloads" ]; then rm -rf "$downloads"; fi
  if [ -n "$staging" ]; then rm -rf "$staging"; fi
}

requested_version() {
  wanted=${VERSION:-latest}
  wanted=${wanted#v}
  case $wanted in
    *[!0-9A-Za-z.+-]*) fail "VERSION is \"$wanted\": write it as 1.2.3, or leave it out for the latest" ;;
  esac
  say "$wanted"
}

# Where the releases are, without a slash at the end.
releases_url() {
  if [ -z "${BASE_URL:-}" ]; then
    case $REPOSITORY in
      OWNER/*)
        fail "this copy does not know which repository to download from: take install.sh from a release, or set BASE_URL"
        ;;
    esac
    say "https://github.com/$REPOSITORY/releases"
    return
  fi
  case $BASE_URL in
    https://*) ;;
    http://*) is_loopback "${BASE_URL#http://}" || fail "BASE_URL is $BASE_URL: only https is accepted" ;;
    *) fail "BASE_URL is $BASE_URL: only https is accepted" ;;
  esac
  say "${BASE_URL%/}"
}

# Whether a URL without its scheme is about this machine: an address, a port, nothing else.
is_loopback() {
  authority=${1%%/*}
  host=${authority%:*}
  case $host in
    127.0.0.1 | localhost | '[::1]') ;;
    *) return 1 ;;
  esac
  port=${authority#"$host"}
  case ${port#:} in
    *[!0-9]*) return 1 ;;
  esac
}

# The platform of this machine as the names of the executables write it.
detect_platform() {
  system=$(uname -s)
  machine=$(uname -m)
  case $system in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    MINGW* | MSYS* | CYGWIN*) fail "on Windows, download $NAME-windows-x64.exe from the release's page" ;;
    *) fail "there is no executable for $system; with Node, run: npm install --global $NAME" ;;
  esac
  case $machine in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "there is no executable for $machine; with Node, run: npm install --global $NAME" ;;
  esac
  libc=
  if [ "$os" = linux ] && has_musl; then libc=-musl; fi
  # A shell under Rosetta says x86_64 on Apple silicon.
  if [ "$os" = darwin ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null)" = 1 ]; then arch=arm64; fi
  say "$os-$arch$libc"
}

# ldd is asked first, because a glibc system may have musl's loader installed beside its own.
has_musl() {
  case $(ldd --version 2>&1) in
    *musl*) return 0 ;;
    *GLIBC* | *'GNU libc'* | *'Free Software Foundation'*) return 1 ;;
  esac
  [ -e /etc/alpine-release ] || ls /lib/ld-musl-* >/dev/null 2>&1
}

choose_downloader() {
  if command -v curl >/dev/null; then
    downloader=curl
  elif command -v wget >/dev/null; then
    # GNU's is the only one that can be kept from following a redirect to plain http. That of BusyBox cannot,
    # and does not always look at certificates.
    case $(wget --version 2>&1 </dev/null) in
      *'GNU Wget 1.'*) downloader=wget ;;
      *) fail 'this wget would follow a redirect from https to plain http; install curl, or GNU Wget 1' ;;
    esac
  else
    fail 'neither curl nor wget was found; install one of them'
  fi
}

# download <url> <file>: over https only, redirects included. From this machine, redirects are not followed.
download() {
  case $downloader-$1 in
    curl-https:*)
      curl --proto '=https' --proto-redir '=https' --tlsv1.2 --retry 3 --connect-timeout 30 \
        --fail --silent --show-error --location --output "$2" "$1"
      ;;
    curl-*) curl --proto '=http' --noproxy '*' --fail --silent --show-error --output "$2" "$1" ;;
    # Its --https-only does not hold for redirects. A proxy for http that nobody runs does: whatever is not
    # https ends there. no_proxy would make exceptions from that.
    wget-https:*)
      wget -e use_proxy=on -e http_proxy=http://127.0.0.1:1/ -e no_proxy= --secure-protocol=TLSv1_2 \
        --tries=3 --timeout=60 --no-verbose -O "$2" "$1"
      ;;
    wget-*) wget --no-proxy --max-redirect=0 --tries=3 --timeout=60 -q -O "$2" "$1" ;;
  esac || fail "could not download $1; nothing was installed"
}

# verify <folder> <file>: compares the file's sum with its line in SHA256SUMS.
verify() {
  expected=$(awk -v name="$2" '$2 == name || $2 == "*" name { print $1 }' "$1/SHA256SUMS")
  [ -n "$expected" ] || fail "SHA256SUMS has no line for $2; nothing was installed"
  actual=$(sha256 "$1/$2")
  [ "$actual" = "$expected" ] ||
    fail "the SHA-256 sum of $2 is $actual, and SHA256SUMS says $expected; nothing was installed"
}

sha256() {
  if command -v sha256sum >/dev/null; then
    sum=$(sha256sum "$1")
  elif command -v shasum >/dev/null; then
    sum=$(shasum -a 256 "$1")
  else
    fail 'neither sha256sum nor shasum was found; install one of them'
  fi
  say "${sum%% *}"
}

# install_executable <file> <folder>: puts it there in one step, after it has shown that it runs here.
install_executable() {
  mkdir -p "$2"
  folder=$(cd "$2" && pwd)
  target=$folder/$NAME
  [ ! -d "$target" ] || fail "$target is a folder; remove it, or set BIN_DIR"
  # Beside its target: only within one file system a file is moved in one step.
  staging=$folder/.$NAME.$$
  mkdir -m 700 "$staging" || { staging=; fail "could not make a folder in $folder; nothing was installed"; }
  staged=$staging/$NAME
  cp "$1" "$staged"
  chmod 755 "$staged"
  # In curl | sh, stdin is this script.
  installed=$("$staged" --version </dev/null) || fail "$file does not run on this machine$(hint); nothing was installed"
  mv -f "$staged" "$target"
  say "Installed $installed as $target"
  install_manual "$target"
  tell_about_path "$folder" "$target"
}

# install_manual <executable>: the page that it prints. The program is installed, with or without one.
install_manual() {
  manual_dir=${MAN_DIR:-${HOME:+$HOME/.local/share/man/man1}}
  [ -n "$manual_dir" ] || return 0
  manual=$("$1" help man </dev/null 2>/dev/null) || return 0
  case $manual in
    '.TH '*) ;;
    *) return 0 ;;
  esac
  if mkdir -p "$manual_dir" 2>/dev/null && printf '%s\n' "$manual" 2>/dev/null >"$manual_dir/$NAME.1"; then
    say "Its manual page is $manual_dir/$NAME.1"
  else
    say "Its manual page could not be written to $manual_dir"
  fi
}

hint() {
  case $platform in
    *-musl) say ' (it needs libstdc++; on Alpine, run: apk add libstdc++)' ;;
  esac
}

# tell_about_path <folder> <target>
tell_about_path() {
  case :$PATH: in
    *":$1:"*) ;;
    *)
      say "$1 is not on your PATH; add it with: export PATH=\"$1:\$PATH\""
      return
      ;;
  esac
  first=$(command -v "$NAME") || return 0
  [ "$first" = "$2" ] || say "Your PATH finds $first first."
}

main
