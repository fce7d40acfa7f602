# Makes every figure of docs/accuracy.md anew, and the tables of them in README.md and docs/intervals.md, from
# stores/soccermon, stores/pmdata and stores/simulated:
#   sh docs/accuracy.sh
# About 5 minutes on one core. Options of one evaluation a line; a line can be run alone.
set -eu
bin=${BIN:-.venv/bin}
made=${FIGURES:-build/figures}
mkdir -p "$made"
number=10
while read -r store options; do
  echo "$store $options"
  # shellcheck disable=SC2086  # options are words
  "$bin/heavylegs" evaluate --store "stores/$store" $options --json "$made/$number.json" > "$made/$number.txt"
  number=$((number + 1))
done <<END
soccermon --cutoff 2021-03-01
soccermon --cutoff 2021-03-01 --blocks 4
soccermon --cutoff 2021-03-01 --information morning
soccermon --protocol new
pmdata
pmdata --protocol new
pmdata --protocol new --folds loo
simulated
simulated --protocol new
END
"$bin/python" -m heavylegs.serve.accuracy_page "$(git log -1 --format=%h)" . "$made"/*.json
