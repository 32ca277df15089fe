"""XLA as the judge of generated cases: three runs of each on virtual CPU devices, and what two partitioners send.

  venv/bin/python docs/peers/xla_cases.py CASES.jsonl [--table TABLE.md] [--keep RESULTS.jsonl]

CASES.jsonl is what CasesExport (gshard-codegen-xla, test sources) writes. Each case is run
- whole: the module without its shardings, on one device;
- ours: our partitioned module, on all its devices;
- xla: the annotated module, partitioned by XLA's own SPMD partitioner,
- shardy: the module with all shardings decided, as StableHLO in Shardy's form, partitioned by XLA through Shardy,
and each is compared with the reference evaluator's results. Collectives are counted in the text that our partitioner wrote
and in the module that XLA's partitioner left after XLA's optimizations, by one function. Exit status 1 if `whole` or `ours` differs
anywhere, or if MLIR refuses a text; what XLA's own partitioner does wrong is told and counted, no more. As it can bring the
process down, cases run in a child that is started anew after a crash.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOLERANCE = {"f16": 4e-3, "bf16": 8e-2, "f32": 2e-5, "f64": 1e-10, "c64": 2e-5, "c128": 1e-10}
BITS = {"pred": 8, "s8": 8, "u8": 8, "s16": 16, "u16": 16, "f16": 16, "bf16": 16, "s32": 32, "u32": 32, "f32": 32,
        "s64": 64, "u64": 64, "f64": 64, "c64": 64, "c128": 128}

# What XLA's CPU cannot run, though its other back ends do and its compiler let it pass: its Fourier transforms want a layout that
# its layout assignment does not give them next to an all-gather.
UNRUNNABLE = "fft_thunk.cc"

# --- what is sent

MERGED = re.compile(r" (all-reduce|all-gather|reduce-scatter)\(")
ARRAY = re.compile(r"(\w+)\[([\d,]*)\]")
COLLECTIVE = re.compile(
    r"= (\(.*?\)|\S+) (all-gather|all-reduce|reduce-scatter|all-to-all|collective-permute|collective-broadcast|"
    r"ragged-all-to-all)(-start)?\((.*)$")


def size(text):
    total = 0
    for name, dims in ARRAY.findall(text):
        if name in BITS:
            count = 1
            for d in dims.split(","):
                count *= int(d) if d else 1
            total += count * BITS[name] // 8
    return total


def group_size(line, devices):
    listed = re.search(r"replica_groups=\{\{([\d,]*)\}", line)
    if listed:
        return len(listed[1].split(","))
    iota = re.search(r"replica_groups=\[(\d+),(\d+)\]", line)
    if iota:
        return int(iota[2])
    named = re.search(r"replica_groups=mesh\[(.*?)\].*? \{(.*?)\}", line)
    if named:
        sizes = dict(re.findall(r"'(\w+)'=(\d+)", named[1]))
        n = 1
        for axis, part in re.findall(r"'(\w+)'(?::\(\d+\)(\d+))?", named[2]):
            n *= int(part or sizes[axis])
        return n
    if "replica_groups=" in line and "replica_groups={}" not in line:
        raise ValueError("what groups are these: " + line)
    return devices


def sent(kind, result, line, devices):
    """Bytes that a device sends, on average, in a ring."""
    bytes_ = size(result)
    n = group_size(line, devices)
    if kind == "collective-permute":
        pairs = re.findall(r"\{(\d+),(\d+)\}", re.search(r"source_target_pairs=\{((?:\{\d+,\d+\},?)*)\}", line)[1])
        return bytes_ * sum(a != b for a, b in pairs) / devices
    if n <= 1:
        return 0
    if kind == "all-reduce":
        return 2 * bytes_ * (n - 1) / n
    if kind == "reduce-scatter":
        return bytes_ * (n - 1)
    return bytes_ * (n - 1) / n


def computations(text):
    """Lines by computation, and the entry's name."""
    found, entry, name = {}, None, None
    for line in text.splitlines():
        head = re.match(r"(ENTRY )?%?([\w.-]+)(?: \(.*\) -> .*)? \{$", line)
        if head and not line.startswith(" "):
            name = head[2]
            found[name] = []
            entry = name if head[1] else entry
        elif name:
            found[name].append(line)
    return found, entry


def trips(line, found):
    """How often a loop runs: as it says itself, or the bound that its condition compares with; 1 if that is not known."""
    known = re.search(r'known_trip_count":\{"n":"(\d+)"', line)
    if known:
        return int(known[1])
    condition = re.search(r"condition=%?([\w.-]+)", line)
    bounds = re.findall(r"= [su]\d+\[\](?:\{\})? constant\((\d+)\)", "\n".join(found.get(condition[1], [])))
    return int(bounds[0]) if len(bounds) == 1 else 1


def traffic(text, devices):
    """Collectives by kind, their number, and the bytes a device sends; loops count as often as they are known to run."""
    found, entry = computations(text)
    kinds = collections.Counter()
    bytes_ = 0.0

    def walk(name, times):
        nonlocal bytes_
        for line in found.get(name, []):
            hit = COLLECTIVE.search(line)
            if hit:
                result = hit[1]
                if hit[3] and result.startswith("("):
                    # An asynchronous start gives a tuple of operand and result.
                    result = ARRAY.findall(result)[-1]
                    result = "%s[%s]" % result
                # A scalar that no other device has a part in is free.
                moved = sent(hit[2], result, line, devices)
                if moved:
                    kinds[hit[2]] += 1
                    bytes_ += times * moved
            for called in re.findall(r"(?:body|condition|to_apply|calls|true_computation|false_computation)=%?([\w.-]+)", line):
                if " all-reduce" not in line and " reduce-scatter" not in line:
                    walk(called, times * trips(line, found) if "body=" in line else times)
            branches = re.search(r"branch_computations=\{(.*?)\}", line)
            for called in branches[1].split(",") if branches else []:
                walk(called.strip().lstrip("%"), times)

    walk(entry, 1)
    return kinds, bytes_


def without_shardings(text, where=""):
    """The text without the shardings of the lines that hold a word."""
    lines = []
    for line in text.splitlines():
        at = line.find(", sharding={") if where in line else -1
        if at >= 0:
            end, depth = at + len(", sharding="), 0
            while True:
                depth += {"{": 1, "}": -1}.get(line[end], 0)
                end += 1
                if depth == 0:
                    break
            line = line[:at] + line[end:]
        lines.append(line)
    return "\n".join(lines)


def pieces(text):
    """The parts of a list in braces."""
    parts, depth, start = [], 0, 1
    for i, c in enumerate(text):
        depth += {"{": 1, "}": -1}.get(c, 0)
        if (c == "," and depth == 1) or depth == 0:
            if i > start:
                parts.append(text[start:i].strip())
            start = i + 1
        if depth == 0:
            break
    return parts


def part(shape, sharding):
    """Dims of a device's part."""
    dims = [int(d) for d in shape.split(",") if d]
    tiles = re.match(r"\{devices=\[([\d,]*)\]", sharding)
    return [-(-d // int(t)) for d, t in zip(dims, tiles[1].split(","))] if tiles else dims


def keeps_boundary(case, text):
    """Whether XLA's module takes and gives what the annotations ask. It replaces by copies the shardings of parameters and
    results that do not divide, and results it may split as it likes where the root has no annotation."""
    main = case["text"][case["text"].index("ENTRY"):]
    wanted = [None] * len(case["arguments"])
    for shape, number, rest in re.findall(r"= \w+\[([\d,]*)\] parameter\((\d+)\)(.*)", main):
        if ", sharding=" in rest:
            wanted[int(number)] = part(shape, rest.split(", sharding=")[1])
    root = re.search(r"ROOT \S+ = \((.*?)\) tuple\(.*?\)(?:, sharding=(.*))?", main)
    shapes = ARRAY.findall(root[1])
    shardings = pieces(root[2]) if root[2] else [None] * len(shapes)
    wanted += [part(dims, own) if own else None for (_, dims), own in zip(shapes, shardings)]
    head = re.search(r"entry_computation_layout=\{(.*?)->(.*?)\}(?:, \w+=|\s*$)", text.splitlines()[0])
    found = [[int(d) for d in dims.split(",") if d] for _, dims in ARRAY.findall(head[1] + head[2])]
    return all(w is None or w == f for w, f in zip(wanted, found))


# --- running

def child(path, first, out):
    os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8 --xla_backend_optimization_level=0"
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    import numpy as np
    from jax._src.interpreters import mlir
    from jax._src.lib import _jax
    from jax._src.lib import xla_client
    from jaxlib import _hlo
    import ml_dtypes

    jax.config.update("jax_enable_x64", True)
    types = {
        "pred": np.bool_, "s8": np.int8, "s16": np.int16, "s32": np.int32, "s64": np.int64,
        "u8": np.uint8, "u16": np.uint16, "u32": np.uint32, "u64": np.uint64,
        "f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32, "f64": np.float64,
        "c64": np.complex64, "c128": np.complex128}

    def array(literal):
        name, dims, values = literal
        if name[0] == "c":
            pairs = np.array(values, np.float64).reshape(-1, 2)
            return (pairs[:, 0] + 1j * pairs[:, 1]).astype(types[name]).reshape(dims)
        if name == "pred" or name[0] in "su":
            return np.array(values, dtype=object).astype(types[name]).reshape(dims)
        return np.array(values, np.float64).astype(types[name]).reshape(dims)

    def manual(line):
        hit = re.match(r"  (?:ROOT )?%\S+ = (\(.*?\)|\S+) ", line)
        # A while takes its sharding from its operand: the way into XLA drops state that no trip changes, and then
        # refuses a sharding that still counts it.
        if not hit or " while(" in line:
            return line
        # A collective of several operands stays without: the way into XLA holds its sharding against one of them.
        if hit[1][0] == "(" and MERGED.search(line):
            return line
        leaves = len(ARRAY.findall(hit[1]))
        each = ", ".join(["{manual}"] * leaves)
        return f"{line}, sharding={'{' + each + '}' if hit[1][0] == '(' else each}"

    def compile_(text, devices, own):
        parsed = _hlo.hlo_module_from_text(text)
        computation = _hlo.XlaComputation(parsed.as_serialized_hlo_module_proto())
        with mlir.make_ir_context():
            return load(mlir.ir.Module.parse(_jax.mlir.xla_computation_to_mlir_module(computation)), devices, own)

    def load(program, devices, own=False, shardy=False):
        options = xla_client.CompileOptions()
        options.num_replicas = 1
        options.num_partitions = devices
        options.device_assignment = xla_client.DeviceAssignment.create(np.arange(devices).reshape(1, devices))
        build = options.executable_build_options
        build.num_partitions = devices
        build.use_spmd_partitioning = devices > 1
        build.use_shardy_partitioner = shardy
        if own:
            build.allow_spmd_sharding_propagation_to_output = [True]
            build.allow_spmd_sharding_propagation_to_parameters = [True]
        used = xla_client.DeviceList(tuple(jax.devices()[:devices]))
        return jax.devices()[0].client.compile_and_load(program, used, options)

    def execute(executable, per_device):
        """Arguments by device and number; results by device and number."""
        devices = len(per_device)
        buffers = []
        for i in range(len(per_device[0])):
            pieces = [jax.device_put(per_device[d][i], jax.devices()[d]) for d in range(devices)]
            if devices == 1:
                buffers.append(pieces[0])
                continue
            shape = pieces[0].shape
            mesh = jax.sharding.Mesh(np.array(jax.devices()[:devices]), ("d",))
            spec = jax.sharding.PartitionSpec("d") if shape else jax.sharding.PartitionSpec()
            whole = (shape[0] * devices,) + shape[1:] if shape else ()
            buffers.append(jax.make_array_from_single_device_arrays(
                whole, jax.sharding.NamedSharding(mesh, spec), pieces))
        outputs = executable.execute_sharded(buffers, with_tokens=False)
        arrays = outputs.disassemble_into_single_device_arrays()
        return [[np.asarray(a[d]) for a in arrays] for d in range(devices)]

    def join(pieces, offsets, dims):
        whole = np.zeros(dims, pieces[0].dtype)
        for piece, offset in zip(pieces, offsets):
            here = tuple(slice(o, min(o + n, d)) for o, n, d in zip(offset, piece.shape, dims))
            there = tuple(slice(0, max(0, s.stop - s.start)) for s in here)
            if all(s.stop > s.start for s in here):
                whole[here] = piece[there]
        return whole

    def whole_results(executable, case):
        found = execute(executable, [[array(a) for a in own] for own in case["cut"]])
        return [
            join([own[i] for own in found], case["offsets"][i], case["results"][i][1])
            for i in range(len(case["results"]))]

    def compare(found, case):
        for i, (value, want) in enumerate(zip(found, case["results"])):
            if not case["judged"][i]:
                continue
            name = want[0]
            want = array(want)
            if value.dtype != want.dtype or value.shape != want.shape:
                return f"result {i}: {value.dtype}{value.shape}, expected {want.dtype}{want.shape}"
            if name in TOLERANCE:
                kind = np.complex128 if name[0] == "c" else np.float64
                a, b = value.astype(kind), want.astype(kind)
                finite = np.abs(b[np.isfinite(b)])
                scale = max(1.0, finite.max() if finite.size else 1.0)
                if not np.allclose(a, b, 0, TOLERANCE[name] * scale, equal_nan=True):
                    bad = np.argwhere(~np.isclose(a, b, 0, TOLERANCE[name] * scale, equal_nan=True))[0]
                    return f"result {i} at {tuple(map(int, bad))}: {a[tuple(bad)]}, expected {b[tuple(bad)]}"
            elif not np.array_equal(value, want):
                bad = np.argwhere(value != want)[0]
                return f"result {i} at {tuple(map(int, bad))}: {value[tuple(bad)]}, expected {want[tuple(bad)]}"
        return "ok"

    def guarded(body):
        try:
            return body()
        except Exception as e:  # Whatever XLA says is the answer.
            return f"{type(e).__name__}: {str(e)[:400]}"

    def whole(case):
        text = without_shardings(case["text"])
        text = re.sub(r", num_partitions=\d+", "", text)
        executable = compile_(text, 1, False)
        return compare(execute(executable, [[array(a) for a in case["arguments"]]])[0], case)

    def ours(case):
        text = "\n".join(manual(line) for line in case["program"].splitlines())
        return compare(whole_results(compile_(text, case["devices"], False), case), case)

    def theirs(case):
        # Where the root is annotated XLA has to keep to it.
        free = not re.search(r"ROOT %out.* sharding=", case["text"])
        executable = compile_(without_shardings(case["text"], " while("), case["devices"], free)
        text = executable.hlo_modules()[0].to_string()
        kinds, bytes_ = traffic(text, case["devices"])
        kept = keeps_boundary(case, text)
        verdict = "not run"
        if kept and not free:
            # Parameters and results lie on the devices as in our module.
            verdict = guarded(lambda: compare(whole_results(executable, case), case))
        return [dict(kinds), bytes_, kept, verdict]

    def shardy(case):
        if not case["shardy"]:
            return "not run"
        with mlir.make_ir_context() as context:
            context.allow_unregistered_dialects = False
            try:
                program = mlir.ir.Module.parse(case["shardy"])
                program.operation.verify()
            except Exception as e:
                return f"refused: {str(e)[:600]}"
            # Where a parameter or result does not divide, XLA splits it otherwise.
            if not case["even"]:
                return "not run"
            executable = load(program, case["devices"], shardy=True)
        return compare(whole_results(executable, case), case)

    with open(path) as cases, open(out, "a", buffering=1) as log:
        for number, line in enumerate(cases):
            if number < first:
                continue
            case = json.loads(line)
            log.write(json.dumps({"begin": number, "seed": case["seed"], "family": case["family"]}) + "\n")
            answer = {"case": number, "whole": guarded(lambda: whole(case)), "ours": guarded(lambda: ours(case))}
            log.write(json.dumps(answer) + "\n")
            kinds, bytes_ = traffic(case["partitioned"], case["devices"])
            log.write(json.dumps({
                "traffic": number, "ours": [dict(kinds), bytes_], "xla": guarded(lambda: theirs(case))}) + "\n")
            log.write(json.dumps({"shardy": number, "said": guarded(lambda: shardy(case))}) + "\n")


def run(path, out):
    total = sum(1 for _ in open(path))
    first = 0
    while first < total:
        process = subprocess.run(
            [sys.executable, __file__, "--child", str(first), "--keep", out, path], stderr=subprocess.PIPE, text=True)
        rows = [json.loads(line) for line in open(out)]
        last = max((r["begin"] for r in rows if "begin" in r), default=first)
        if process.returncode == 0:
            break
        with open(out, "a") as log:
            log.write(json.dumps({"crash": last, "error": process.stderr[-600:]}) + "\n")
        if not any(r.get("begin") == last for r in rows):
            raise SystemExit("the child does not start:\n" + process.stderr[-3000:])
        first = last + 1


SHORT = {"all-gather": "AG", "all-reduce": "AR", "all-to-all": "A2A", "collective-permute": "CP", "reduce-scatter": "RS"}


def summary(kinds):
    return ", ".join(f"{n} {SHORT.get(k, k)}" for k, n in sorted(kinds.items())) or "none"


def report(path, out, table):
    cases = [json.loads(line) for line in open(path)]
    rows = [json.loads(line) for line in open(out)]
    answers = {r["case"]: r for r in rows if "case" in r}
    counts = {r["traffic"]: r for r in rows if "traffic" in r}
    crashes = {r["crash"]: r["error"] for r in rows if "crash" in r}
    shardy = {r["shardy"]: r["said"] for r in rows if "shardy" in r}
    failed = 0
    unrunnable = 0
    for number, case in enumerate(cases):
        for form in ("whole", "ours"):
            said = answers.get(number, {}).get(form, "crash: " + crashes.get(number, "?"))
            if UNRUNNABLE in said:
                unrunnable += 1
            elif said != "ok":
                failed += 1
                print(f"seed {case['seed']} {case['family']}: {form}: {said}")
        said = shardy.get(number, "crash: " + crashes.get(number, "?"))
        if said not in ("ok", "not run"):
            print(f"seed {case['seed']} {case['family']}: shardy: {said}")
            failed += said.startswith("refused")
    by_family = collections.OrderedDict()
    refused = 0
    replaced = 0
    differs = 0
    for number, case in enumerate(cases):
        row = by_family.setdefault(case["family"], [0, 0, 0, 0.0, 0.0, collections.Counter(), collections.Counter(), []])
        count = counts.get(number)
        if count is None or isinstance(count["xla"], str):
            refused += 1
            print(f"seed {case['seed']} {case['family']}: XLA's partitioner: {count['xla'] if count else crashes.get(number)}")
            continue
        (own, own_bytes), (xla, xla_bytes, kept, verdict) = count["ours"], count["xla"]
        if verdict not in ("ok", "not run"):
            differs += 1
            print(f"seed {case['seed']} {case['family']}: XLA's partitioner: {verdict}")
        if not kept:
            replaced += 1
            continue
        row[0] += 1
        row[1] += sum(own.values())
        row[2] += sum(xla.values())
        row[3] += own_bytes
        row[4] += xla_bytes
        row[5].update(own)
        row[6].update(xla)
        if own_bytes > xla_bytes:
            row[7].append((own_bytes - xla_bytes, case["seed"]))
    lines = ["| cases of | number | collectives, ours | XLA's | bytes, ours | bytes, XLA's | ours is more |",
             "|---|---|---|---|---|---|---|"]
    sums = [0, 0, 0, 0.0, 0.0, 0]
    for family, row in sorted(by_family.items()):
        worst = "".join(f", seed {s} by {b:,.0f}" for b, s in sorted(row[7], reverse=True)[:1])
        lines.append(
            f"| {family} | {row[0]} | {summary(row[5])} | {summary(row[6])} | {row[3]:,.0f} | {row[4]:,.0f} | "
            f"{len(row[7])}{worst} |")
        for i in range(5):
            sums[i] += row[i]
        sums[5] += len(row[7])
    lines.append(f"| **all** | {sums[0]} | {sums[1]} | {sums[2]} | **{sums[3]:,.0f}** | **{sums[4]:,.0f}** | {sums[5]} |")
    print("\n".join(lines))
    print(f"{len(cases)} cases; {failed} runs that differ from the reference, {unrunnable} that XLA's CPU cannot do; {refused} that XLA's partitioner could not compile, "
          f"{replaced} whose parameters or results it did not split as annotated; neither are in the table; {differs} whose results, as it made them, differ from the reference")
    said = collections.Counter(shardy.get(number, "crash") for number in range(len(cases)))
    print(f"in Shardy's form {said['ok']} agree, {said['not run']} cannot be said in StableHLO, or have parameters or results that do not divide, "
          f"{len(cases) - said['ok'] - said['not run']} failed or differ")
    if table:
        pathlib.Path(table).write_text("\n".join(lines) + "\n")
    return 1 if failed or not cases else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases")
    parser.add_argument("--table")
    parser.add_argument("--keep")
    parser.add_argument("--child", type=int)
    options = parser.parse_args()
    if options.child is not None:
        child(options.cases, options.child, options.keep)
        return 0
    out = options.keep or tempfile.mkstemp(suffix=".jsonl")[1]
    open(out, "w").close()
    run(options.cases, out)
    return report(options.cases, out, options.table)


if __name__ == "__main__":
    sys.exit(main())
