#!/usr/bin/env bash
# The table of the paper's machine: each of the paper's models compiled for as many TPU v3 cores as it has experts, by the
# TPU compiler, with no TPU there. Prints a row of Markdown for each as it is done.
#
# usage: docs/peers/tpu-table.sh [--peer] [CONFIG[:bf16] ...]     (all configs if none is named; f32 activations if not said)
#
# Needs the plugin that `bin/gshard-pjrt install tpu` fetches. With --peer the same model in JAX is compiled too, by GSHARD_PYTHON,
# a Python with jax and libtpu (docs/peers/tpu_model.py).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

peer=
if [ "${1:-}" = --peer ]; then
  peer=${GSHARD_PYTHON:?set GSHARD_PYTHON to a Python that has jax and libtpu}
  shift
fi

# A config's topology: two cores a chip.
topology() {
  case "$1" in
    Gshard12B | Gshard37B) echo v3:8x8 ;;
    Gshard50B | Gshard150B) echo v3:16x16 ;;
    Gshard200B | Gshard600B | Gshard1T) echo v3:32x32 ;;
    *) echo "no config $1 of the paper; see Nmt.java" >&2; exit 2 ;;
  esac
}

# What the paper reports (its table 3): weights, steps a second.
paper() {
  case "$1" in
    Gshard12B) echo "12.5B, 2.16" ;;
    Gshard37B) echo "37B, 0.67" ;;
    Gshard50B) echo "50B, 3.28" ;;
    Gshard150B) echo "150B, 1.05" ;;
    Gshard200B) echo "200B, 2.15" ;;
    Gshard600B) echo "600B, 0.72" ;;
    Gshard1T) echo "1T, -" ;;
  esac
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "| config | weights | cores | we partition, s | TPU compiler, s | memory of a core, GiB | of it arguments, temporaries | collectives, and GiB a core sends in a step | flops of a core | the compiler's estimate of a step, loop bodies once, s | JAX: compile s, GiB, collectives, estimate | the paper: weights, steps/s |"
echo "|---|---|---|---|---|---|---|---|---|---|---|---|"
for names in "${@:-Gshard12B Gshard37B Gshard50B Gshard150B Gshard200B Gshard600B Gshard600B:bf16 Gshard1T Gshard1T:bf16}"; do
  for name in $names; do
    config=${name%%:*}
    activations=f32
    [ "$name" = "$config" ] || activations=${name#*:}
    where=$(topology "$config")
    rm -f "$folder"/*
    bin/nmt compile --config "$config" --activations "$activations" --out "$folder" --json >"$folder/model.json" 2>/dev/null
    bin/gshard-hlo partition "$folder/$config.global.hlo" -o "$folder/local.hlo" --json >"$folder/partition.json" 2>/dev/null
    if ! bin/gshard-hlo compile "$folder/$config.hlo" --topology "$where" --json >"$folder/compile.json" 2>"$folder/errors"; then
      # The error's own words are the row.
      printf '{"error": "%s"}' "$(grep -v '^Failed to find\|^WARNING' "$folder/errors" | tail -1 | sed 's/.*does not fit on/does not fit on/; s/["|\\]//g')" >"$folder/compile.json"
    fi
    echo '{}' >"$folder/peer.json"
    if [ -n "$peer" ]; then
      "$peer" docs/peers/tpu_model.py "$where" --config "$config" --activations "$activations" >"$folder/peer.json" 2>"$folder/errors" ||
        printf '{"error": "%s"}' "$(grep . "$folder/errors" | tail -1 | cut -c1-160 | sed 's/["|\\]//g')" >"$folder/peer.json"
    fi
    "${GSHARD_PYTHON:-python3}" docs/peers/tpu_row.py "$name" "$(paper "$config")" "$folder/model.json" "$folder/partition.json" "$folder/compile.json" "$folder/peer.json"
  done
done
