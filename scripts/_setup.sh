# shellcheck shell=bash disable=SC2034  # sourced; the caller uses the variables
# Shared by scripts/demo and scripts/test: system packages, Python, .venv.
# Sourced, not run. Everything that is there already is left as it is, so a
# second call takes a second and needs no network.

say() { printf '\n== %s\n' "$*"; }

fail() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# Pango sets the text, harfbuzz-subset embeds fonts, Noto has the scripts of all names.
system_packages=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core fonts-noto-cjk
    fonts-noto-color-emoji)

is_installed() {
    local state
    # shellcheck disable=SC2016  # the ${...} belongs to dpkg-query
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) || true
    [[ $state == installed ]]
}

install_system_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "Not a Debian or Ubuntu system: Pango, harfbuzz-subset and Noto fonts are taken as given"
        return 0
    fi
    local package missing=() as_root=()
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        sudo -n true 2>/dev/null || fail "System packages are missing. Install them and start again:
    sudo apt-get install --yes --no-install-recommends ${missing[*]}"
        as_root=(sudo -n)
    fi
    say "Installing system packages: ${missing[*]}"
    local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
        apt-get install --yes --quiet --no-install-recommends "${missing[@]}")
    # Package lists may be absent or old; only then is an update worth its time.
    "${install[@]}" || { "${as_root[@]}" apt-get update --quiet && "${install[@]}"; } ||
        fail "apt-get could not install: ${missing[*]}"
}

# Ubuntu's package "chromium" is a snap and does not start in a container, so a
# browser counts only if it answers.
find_browser() {
    local candidate
    for candidate in "${CALIBRATE_CHROMIUM:-}" chromium chromium-browser google-chrome; do
        if [[ -n $candidate ]] && "$candidate" --version >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

starts_own_browser() {
    .venv/bin/python -c 'from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    playwright.chromium.launch(args=["--no-sandbox"]).close()' >/dev/null 2>&1
}

# Needs .venv. Debian has a browser as a package; elsewhere Playwright fetches its own.
install_browser() {
    local found
    if ! find_browser >/dev/null && grep -qs '^ID=debian$' /etc/os-release; then
        install_system_packages chromium
    fi
    if found=$(find_browser); then
        export CALIBRATE_CHROMIUM=$found
        return 0
    fi
    unset CALIBRATE_CHROMIUM
    starts_own_browser && return 0
    say "Installing a browser for the tests"
    .venv/bin/playwright install --with-deps chromium || fail "No browser could be installed.
Install Chromium or Chrome and name it: CALIBRATE_CHROMIUM=/path/to/chromium $0"
}

find_python() {
    local candidate candidates=(python3 python3.13 python3.12 python3.11)
    [[ -z ${PYTHON:-} ]] || candidates=("$PYTHON")
    for candidate in "${candidates[@]}"; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

make_environment() {
    local python stamp wanted
    # The lock says what is installed, pyproject.toml which command is made.
    wanted=$(cat requirements.lock pyproject.toml | cksum)
    stamp=.venv/calibrate-lock.cksum
    if [[ -x .venv/bin/calibrate && -f $stamp && $(<"$stamp") == "$wanted" ]]; then
        return 0
    fi
    python=$(find_python) || fail "Python 3.11 or newer is needed and was not found.
Install it, or name it: PYTHON=/path/to/python3.12 $0"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        install_system_packages python3-venv
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            fail "$python cannot make a virtual environment; install its venv package"
    fi
    say "Installing pinned packages into .venv ($("$python" --version))"
    if [[ ! -x .venv/bin/python ]] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        "$python" -m venv --clear .venv
    fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --require-hashes --requirement requirements.lock
    # hatchling is in the lock: nothing else is fetched to install the project itself.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --no-deps --no-build-isolation --editable .
    printf '%s\n' "$wanted" >"$stamp"
}
