#!/bin/sh
# Checks for the programs that the tests need besides Node: Redis, PHP with curl, PHPUnit, Composer, Python with socketio, curl, nginx,
# Chromium and a Chinese font. On Debian and Ubuntu it installs missing ones; elsewhere it names them. It prints nothing when all are present.
set -u

has() { command -v "$1" >/dev/null 2>&1; }
php_is_there() { has php && php -r 'exit(PHP_VERSION_ID >= 80100 && extension_loaded("json") ? 0 : 1);' 2>/dev/null; }
php_has_curl() { has php && php -r 'exit(extension_loaded("curl") ? 0 : 1);' 2>/dev/null; }
# /usr/sbin is not in the PATH of every user.
has_nginx() { has nginx || [ -x /usr/sbin/nginx ]; }
has_chromium() { has chromium || has chromium-browser || has google-chrome; }
has_chinese_font() { has fc-list && [ -n "$(fc-list :lang=zh family 2>/dev/null | head -n 1)" ]; }
# One Python must have all modules. Debian's packages belong to Debian's Python, which need not be the first python3 in PATH.
python_has() { has python3 || return 1; for python in python3 /usr/bin/python3; do has "$python" && "$python" -c "import $1" 2>/dev/null && return 0; done; return 1; }

# Prints the missing Debian packages, one per line.
missing() {
  has redis-server || echo redis-server
  php_is_there || echo php-cli
  php_has_curl || echo php-curl
  has phpunit || echo phpunit
  has composer || echo composer
  has python3 || echo python3
  has python3 && python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
  python_has 'socketio, websocket, requests, aiohttp' || printf 'python3-socketio\npython3-websocket\npython3-requests\npython3-aiohttp\n'
  has openssl || echo openssl
  has curl || echo curl
  has_nginx || echo nginx-light
  has_chromium || echo chromium
  has_chinese_font || printf 'fonts-noto-cjk\nfontconfig\n'
}

give_up() {
  {
    echo "ensure-tools: the tests need these, which are missing:"
    missing | while read -r package; do
      case "$package" in
        redis-server) echo "  - Redis 6.2 or later: the program redis-server" ;;
        php-cli) echo "  - PHP 8.1 or later: the program php" ;;
        php-curl) echo "  - PHP's curl extension" ;;
        phpunit) echo "  - PHPUnit 9.6 or later: the program phpunit" ;;
        composer) echo "  - Composer 2: the program composer" ;;
        python3) echo "  - Python 3.9 or later: the program python3" ;;
        python3-pip) echo "  - pip for Python: python3 -m pip" ;;
        python3-socketio) echo "  - Python's socketio: pip install python-socketio" ;;
        python3-websocket) echo "  - Python's websocket, its transport: pip install websocket-client" ;;
        python3-requests) echo "  - Python's requests, its long-polling: pip install requests" ;;
        python3-aiohttp) echo "  - Python's aiohttp, its asynchronous transport: pip install aiohttp" ;;
        nginx-light) echo "  - nginx: the program nginx" ;;
        curl) echo "  - curl: the program curl" ;;
        openssl) echo "  - OpenSSL: the program openssl" ;;
        chromium) echo "  - Chromium or Chrome: the program chromium, chromium-browser or google-chrome" ;;
        fonts-noto-cjk) echo "  - a font with Chinese, for example Noto Sans CJK" ;;
        fontconfig) echo "  - fontconfig: the program fc-list" ;;
      esac
    done
    echo "$1"
  } >&2
  exit 1
}

# Packages of PyPI that Debian does not have, in a folder of their own: the library of Pusher, with which a test publishes.
pip_folder="$(dirname "$0")/../node_modules/.cache/danmux-python"
pip_packages="pusher==3.3.4"
ensure_pip_packages() {
  [ -d "$pip_folder/pusher-3.3.4.dist-info" ] && return
  echo "ensure-tools: installing $pip_packages"
  python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target "$pip_folder" $pip_packages && return
  echo "ensure-tools: pip could not install $pip_packages; try: python3 -m pip install --target node_modules/.cache/danmux-python $pip_packages" >&2
  exit 1
}

packages=$(missing)
if [ -z "$packages" ]; then
  ensure_pip_packages
  exit 0
fi

has apt-get || give_up "Install them with this system's package manager, then run the tests again."
if [ "$(id -u)" = 0 ]; then
  root() { "$@"; }
elif has sudo && sudo -n true 2>/dev/null; then
  root() { sudo -n "$@"; }
else
  give_up "Run as root:  apt-get update && apt-get install -y $(echo $packages)"
fi

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "ensure-tools: installing $(echo $packages)"

install() {
  # shellcheck disable=SC2086 # one word a package
  root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=180 $packages >>"$log" 2>&1
}

try=1
until root apt-get update -o DPkg::Lock::Timeout=180 -o Acquire::Retries=3 >>"$log" 2>&1 && install; do
  if [ "$try" -ge 4 ]; then
    tail -n 20 "$log" >&2
    give_up "apt-get could not install them (its last lines are above)."
  fi
  sleep $((try * 5))
  try=$((try + 1))
done

# Debian starts a server when it installs it. Stop it, because the tests start their own servers on free ports.
for package in $packages; do
  case "$package" in
    redis-server) service=redis-server ;;
    nginx-light) service=nginx ;;
    *) continue ;;
  esac
  if has systemctl && [ -d /run/systemd/system ]; then
    root systemctl disable --now "$service" >>"$log" 2>&1
  else
    root service "$service" stop >>"$log" 2>&1
  fi
done

[ -z "$(missing)" ] || give_up "apt-get installed its packages, yet these are still missing."
ensure_pip_packages
exit 0
