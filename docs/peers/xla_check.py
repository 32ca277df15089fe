"""Compiles and runs, with XLA on virtual CPU devices, the modules that XlaTest wrote into a folder.

  python3.11 -m venv venv && venv/bin/pip install jax==0.10.2 numpy
  venv/bin/python docs/peers/xla_check.py gshard-codegen-xla/target/xla

For each NAME: NAME.hlo and NAME.mlir (the program), NAME.txt ("devices N", then for each device its arguments, then its
results, as the reference evaluator has them; a program without it is only compiled). A program in Shardy's form is
partitioned by XLA. A line per program and form; exit status 1 if one of them fails.
"""

import os
import pathlib
import re
import sys

os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import numpy as np
from jax._src.interpreters import mlir
from jax._src.lib import _jax
from jax._src.lib import xla_client
from jaxlib import _hlo
import ml_dtypes

TYPES = {
    "pred": np.bool_, "s8": np.int8, "s16": np.int16, "s32": np.int32, "s64": np.int64,
    "u8": np.uint8, "u16": np.uint16, "u32": np.uint32, "u64": np.uint64,
    "f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32, "f64": np.float64,
}
TOLERANCE = {"f16": 1e-2, "bf16": 2e-2, "f32": 2e-5, "f64": 1e-6}


def literal(line):
    name, dims, *values = line.split()
    shape = [] if dims == "-" else [int(d) for d in dims.split(",")]
    dtype = TYPES[name]
    if name == "pred" or name[0] in "su":
        return name, np.array([int(v) for v in values], dtype=object).astype(dtype).reshape(shape)
    return name, np.array([float(v) for v in values], dtype=np.float64).astype(dtype).reshape(shape)


def case(path):
    lines = path.read_text().splitlines()
    devices, arguments, results = (int(word) for word in lines[0].split())
    values = [literal(line) for line in lines[1:]]
    per = arguments + results
    split = [values[d * per:(d + 1) * per] for d in range(devices)]
    return devices, [s[:arguments] for s in split], [s[arguments:] for s in split]


def manual(line):
    """An instruction of a partitioned program, which XLA's partitioner is to leave as it is."""
    found = re.match(r"  (?:ROOT )?%\S+ = (\(.*?\)|\S+) ", line)
    if not found:
        return line
    leaves = len(re.findall(r"\w+\[", found[1]))
    each = ", ".join(["{manual}"] * leaves)
    return f"{line}, sharding={'{' + each + '}' if found[1][0] == '(' else each}"


def module(path):
    """The program as an MLIR module that the client compiles."""
    text = path.read_text()
    if path.suffix == ".mlir":
        return text
    if 'gshard.partitioned="true"' in text:
        text = "\n".join(manual(line) for line in text.splitlines())
    parsed = _hlo.hlo_module_from_text(text)
    computation = _hlo.XlaComputation(parsed.as_serialized_hlo_module_proto())
    return _jax.mlir.xla_computation_to_mlir_module(computation)


def build(path, devices):
    with mlir.make_ir_context() as context:
        context.allow_unregistered_dialects = False
        program = module(path)
        parsed = mlir.ir.Module.parse(program)
        parsed.operation.verify()
        options = xla_client.CompileOptions()
        options.num_replicas = 1
        options.num_partitions = devices
        options.device_assignment = xla_client.DeviceAssignment.create(np.arange(devices).reshape(1, devices))
        options.executable_build_options.num_partitions = devices
        options.executable_build_options.use_spmd_partitioning = devices > 1
        options.executable_build_options.use_shardy_partitioner = "sdy.mesh" in program
        client = jax.devices()[0].client
        used = xla_client.DeviceList(tuple(jax.devices()[:devices]))
        return client.compile_and_load(parsed, used, options)


def run(path, devices, arguments):
    executable = build(path, devices)
    buffers = []
    for i in range(len(arguments[0])):
        pieces = [
            jax.device_put(arguments[d][i][1], jax.devices()[d]) for d in range(devices)
        ]
        buffers.append(assemble(pieces))
    outputs = executable.execute_sharded(buffers, with_tokens=False)
    arrays = outputs.disassemble_into_single_device_arrays()
    return [[np.asarray(a[d]) for a in arrays] for d in range(devices)]


def assemble(pieces):
    if len(pieces) == 1:
        return pieces[0]
    mesh = jax.sharding.Mesh(np.array(jax.devices()[:len(pieces)]), ("d",))
    shape = pieces[0].shape
    # Any global shape does whose shards have this shape: scalars are given as copies.
    spec = jax.sharding.PartitionSpec("d") if shape else jax.sharding.PartitionSpec()
    whole = (shape[0] * len(pieces),) + shape[1:] if shape else ()
    return jax.make_array_from_single_device_arrays(
        whole, jax.sharding.NamedSharding(mesh, spec), pieces)


def compare(found, expected):
    for device, (outputs, wanted) in enumerate(zip(found, expected)):
        if len(outputs) != len(wanted):
            return f"{len(outputs)} results, expected {len(wanted)}"
        for i, (value, (name, want)) in enumerate(zip(outputs, wanted)):
            if value.dtype != want.dtype or value.shape != want.shape:
                return f"result {i}: {value.dtype}{value.shape}, expected {want.dtype}{want.shape}"
            if name in TOLERANCE:
                a, b = value.astype(np.float64), want.astype(np.float64)
                if not np.allclose(a, b, TOLERANCE[name], TOLERANCE[name], equal_nan=True):
                    return f"device {device}, result {i}: {a.ravel()[:8]}, expected {b.ravel()[:8]}"
            elif not np.array_equal(value, want):
                return f"device {device}, result {i}: {value.ravel()[:8]}, expected {want.ravel()[:8]}"
    return None


def main(folder):
    jax.config.update("jax_enable_x64", True)
    failed = 0
    programs = sorted(p for p in pathlib.Path(folder).iterdir() if p.suffix in (".hlo", ".mlir"))
    for path in programs:
        try:
            wrong = None
            if path.with_suffix(".txt").exists():
                devices, arguments, expected = case(path.with_suffix(".txt"))
                wrong = compare(run(path, devices, arguments), expected)
            else:
                build(path, 1)
        except Exception as e:  # Whatever XLA says is this program's answer.
            wrong = f"{type(e).__name__}: {str(e)[:600]}"
        failed += wrong is not None
        print(f"{path.name}: {wrong or 'ok'}", flush=True)
    print(f"{len(programs) - failed} of {len(programs)} programs agree")
    return 1 if failed or not programs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
