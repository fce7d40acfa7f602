# Makes docs/figures/report.png anew: the top of the demo's report, of a simulated runner. Needs chromium.
#   make demo && sh docs/picture.sh
set -eu
page=$(ls -t "${DEMO:-demo}"/reports/*.html | head -n 1)
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
"${CHROMIUM:-chromium}" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" \
  --window-size=860,1085 --screenshot="$PWD/docs/figures/report.png" "file://$(realpath "$page")" 2> /dev/null
echo "docs/figures/report.png, of $page"
