# Makes every figure of docs/ablation.md anew, from stores/soccermon, stores/pmdata and stores/simulated:
#   sh docs/ablation.sh
# About 15 minutes on one core.
set -eu
bin=${BIN:-.venv/bin}
made=${FIGURES:-build/ablation}
mkdir -p "$made"
while read -r store options; do
  echo "$store $options"
  # shellcheck disable=SC2086  # options are words
  "$bin/heavylegs" evaluate --store "stores/$store" --ablation $options --json "$made/$store.json" > "$made/$store.txt"
done <<END
soccermon --cutoff 2021-03-01
pmdata
simulated
END
"$bin/python" -m heavylegs.serve.ablation_page "$(git log -1 --format=%h)" docs/ablation.md \
  "$made/soccermon.json" "$made/pmdata.json" "$made/simulated.json"
