# Sourced by run and test: makes .venv with the locked versions, only when something changed.
# shellcheck shell=bash

# A Python of version 3.11 or newer that can make virtual environments.
find_python() {
  local candidate
  # Label Studio's pins are tried with these; a newer one may lack ready-made packages.
  for candidate in python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      if ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        install_venv_module "$candidate" || continue
      fi
      echo "$candidate"
      return
    fi
  done
  echo "Python 3.11 or newer with its venv module is needed: install python3 and python3-venv." >&2
  return 1
}

# Debian keeps ensurepip in a package of its own, named after the version.
install_venv_module() {
  local package
  package="$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  install_package "$package"
}

install_package() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$1"; } >&2
  else
    echo "Install the package $1 first, for example: sudo apt-get install $1" >&2
    return 1
  fi
}

# The browser tests use the system's Chromium, or the one that DATELINE_CHROMIUM names.
find_chromium() {
  if [ -n "${DATELINE_CHROMIUM:-}" ] || command -v chromium >/dev/null ||
    command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then
    return
  fi
  install_package chromium
}

# make_locked_venv FOLDER LOCK: a virtual environment with just what the lock names.
make_locked_venv() {
  local folder="$1" lock="$2" place stamp
  mkdir -p "$folder"
  place="$(cd "$folder" && pwd)"
  stamp="$(sha256sum <"$lock")"
  # A virtual environment knows its own place, so one that was moved is made anew.
  [ "$(cat "$folder/.place" 2>/dev/null)" = "$place" ] || rm -rf "$folder"
  [ "$(cat "$folder/.lock" 2>/dev/null)" = "$stamp" ] && return
  echo "Installing $lock into $folder …" >&2
  [ -x "$folder/bin/python" ] || "$(find_python)" -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$lock"
  echo "$place" >"$folder/.place"
  echo "$stamp" >"$folder/.lock"
}

make_environment() {
  make_locked_venv .venv scripts/requirements.lock
  if ! .venv/bin/python -c 'import dateline' 2>/dev/null || [ ! -x .venv/bin/dateline ]; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
      --no-deps --no-build-isolation --editable .
  fi
}
