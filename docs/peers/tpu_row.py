#!/usr/bin/env python3
"""A row of docs/peers/tpu-table.sh, of the JSON that the tools gave: NAME PAPER MODEL PARTITION COMPILE PEER."""
import json
import sys

name, paper = sys.argv[1:3]
model, partition, compiled, peer = (json.load(open(file)) for file in sys.argv[3:])
gib = lambda count: "%.1f" % (count / 2**30)


def collectives(counts):
    return ", ".join("%d %s" % (count, kind) for kind, count in sorted(counts.items()) if count)


row = [name, "%.1fB" % (model["parameters"] / 1e9), partition["devices"], "%.2f" % partition["partition_seconds"]]
if "error" in compiled:
    row += [compiled["error"], "", "", "", "", ""]
else:
    counts = {}
    for entry in compiled["collectives"]:
        counts[entry["kind"]] = counts.get(entry["kind"], 0) + entry["runs"]
    row += [
        "%.1f" % compiled["compile_seconds"],
        gib(compiled["total_bytes"]),
        "%s, %s" % (gib(compiled["argument_bytes"]), gib(compiled["temp_bytes"])),
        "%s; %s" % (collectives(counts), gib(compiled["bytes_per_device"])),
        "%.3g" % compiled["flops_per_device"],
        "%.3f" % compiled["compiler_properties"]["optimal_seconds"],
    ]
if not peer:
    row.append("")
elif "error" in peer:
    row.append(peer["error"])
else:
    row.append(
        "%.1f; %s; %s in the text; %.3f"
        % (
            peer["compile_seconds"],
            gib(peer["total_bytes"]),
            collectives(peer["collectives"]),
            peer["estimated_seconds"],
        )
    )
print("| " + " | ".join(str(cell) for cell in row + [paper]) + " |", flush=True)
