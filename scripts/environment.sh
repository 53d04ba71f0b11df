# Sourced by the scripts: sets up .venv with the locked versions, if something has changed.
# shellcheck shell=bash

log_folder="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.cache/logs"

# logged NAME MESSAGE COMMAND...: print one line and keep the output in .cache/logs/NAME.log. On
# failure print the end of the log and its path.
logged() {
  local log="$log_folder/$1.log" status=0
  echo "$2 ..." >&2
  mkdir -p "$log_folder"
  "${@:3}" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -ne 0 ]; then
    tail -n 20 "$log" >&2
    echo "Failed with exit code $status. Full log: $log" >&2
  fi
  return "$status"
}

# Print a Python of version 3.11 or newer that can create virtual environments. DATELINE_PYTHON
# chooses one.
find_python() {
  local candidate
  # Label Studio's locked versions are tested with these; newer Pythons may lack built packages.
  for candidate in ${DATELINE_PYTHON:-python3.13 python3.12 python3.11 python3}; do
    if command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      if ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        install_venv_module "$candidate" || continue
      fi
      echo "$candidate"
      return
    fi
  done
  echo "Python 3.11 or newer with the venv module is required: install python3 and python3-venv." >&2
  return 1
}

# Debian has ensurepip in a separate package, named after the version.
install_venv_module() {
  local package
  package="$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  install_package "$package"
}

install_package() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    logged "apt-$1" "Installing the package $1" sh -c \
      'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y "$0"' "$1"
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

# Create .venv with the locked versions and this checkout.
make_environment() {
  local folder=.venv lock=scripts/requirements.lock place stamp python
  mkdir -p "$folder"
  place="$(cd "$folder" && pwd)"
  # The commands, extras and version of the package are fixed when it is installed.
  stamp="$(cat "$lock" pyproject.toml | sha256sum)"
  # A virtual environment contains its own path, so a moved one is recreated.
  [ "$(cat "$folder/.place" 2>/dev/null)" = "$place" ] || rm -rf "$folder"
  [ "$(cat "$folder/.lock" 2>/dev/null)" = "$stamp" ] && return
  if [ ! -x "$folder/bin/python" ]; then
    python="$(find_python)"
    logged venv "Creating $folder with $python" "$python" -m venv "$folder"
  fi
  # Python compiles the modules that are used, a small part, when they are first imported.
  logged "pip-$(basename "$lock" .lock)" "Installing $(basename "$lock") into $folder" \
    "$folder/bin/python" -m pip install --disable-pip-version-check --no-compile -r "$lock"
  logged pip-dateline "Installing this checkout into $folder" "$folder/bin/python" -m pip install \
    --disable-pip-version-check --no-deps --no-build-isolation --editable .
  echo "$place" >"$folder/.place"
  echo "$stamp" >"$folder/.lock"
}
