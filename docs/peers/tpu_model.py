#!/usr/bin/env python3
"""The training step of sample-nmt's model written in JAX, partitioned and compiled by XLA for a TPU that need not be there.

  tpu_model.py TOPOLOGY --config Gshard600B      sizes are read from Nmt.java

Needs jax and libtpu from PyPI. The shardings that are asked for are those of the Java model: experts, expert activations and the
batch. Layers are computed again in the backward pass (jax.checkpoint), as the configs say. Prints JSON.
"""
import argparse
import json
import os
import pathlib
import re
import time

for name, value in dict(
    JAX_PLATFORMS="cpu",
    TPU_SKIP_MDS_QUERY="1",
    TPU_WORKER_HOSTNAMES="localhost",
    TPU_STDERR_LOG_LEVEL="3",
).items():
    os.environ.setdefault(name, value)
import libtpu

os.environ.setdefault("TPU_LIBRARY_PATH", os.path.join(os.path.dirname(libtpu.__file__), "libtpu.so"))
import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import topologies
from jax.sharding import Mesh, NamedSharding, PartitionSpec

parser = argparse.ArgumentParser()
parser.add_argument("topology")
parser.add_argument("--config", required=True)
parser.add_argument("--activations", choices=("f32", "bf16"), default="f32")
arguments = parser.parse_args()

source = pathlib.Path(__file__).parents[2] / "sample-nmt/src/main/java/io/gshard/nmt/model/Nmt.java"
config = re.search(r'@Config\(\s*name = "%s",\s*sizes =\s*"([^"]*)"' % arguments.config, source.read_text())
sizes = {k: int(v) for k, v in (part.split("=") for part in config.group(1).split())}
B, L, T, G, E, F, M, H, A, N, D, V, W, P = (sizes[k] for k in "B L T G E F M H A N D V W P".split())

activations = {"f32": jnp.float32, "bf16": jnp.bfloat16}[arguments.activations]
topology = topologies.get_topology_desc(platform="tpu", topology_name=arguments.topology)
mesh = Mesh(np.array(topology.devices), ("expert",))


def on(*spec):
    return NamedSharding(mesh, PartitionSpec(*spec))


def split(x):
    return jax.lax.with_sharding_constraint(x, on("expert"))


def wide(x):
    return x.astype(jnp.float32)


def norm(x, scale):
    y = wide(x)
    return (y * jax.lax.rsqrt(jnp.mean(y * y, -1, keepdims=True) + 1e-6) * scale).astype(x.dtype)


def attention(w, x, memory, mask):
    w = {name: matrix.astype(x.dtype) for name, matrix in w.items()}
    heads = lambda y: y.reshape(*y.shape[:2], N, D)
    q, k, v = heads(x @ w["query"]), heads(memory @ w["key"]), heads(memory @ w["value"])
    scores = jnp.einsum("blnd,bknd->bnlk", q, k) * D**-0.5
    scores = jnp.where(mask[:, None], scores, -1e9)
    weights = jax.nn.softmax(wide(scores)).astype(x.dtype)
    mixed = jnp.einsum("bnlk,bknd->blnd", weights, v)
    return mixed.reshape(*x.shape[:2], A) @ w["output"]


def dense(w, x):
    return jax.nn.relu(x @ w["wi"].astype(x.dtype)) @ w["wo"].astype(x.dtype)


def experts(w, x, real, key):
    """Algorithm 2, with einsums over one-hot tensors; second choices are taken at random."""
    group = x.shape[0] * x.shape[1] // G
    capacity = max(1, F * group // E)
    inputs, tokens = split(x.reshape(G, group, M)), split(real.reshape(G, group))
    gates = jax.nn.softmax(jnp.einsum("gsm,me->gse", wide(inputs), w["gate"]))
    first = jax.nn.one_hot(jnp.argmax(gates, -1), E) * tokens[..., None]
    rest = gates * (1 - first)
    second = jax.nn.one_hot(jnp.argmax(rest, -1), E) * tokens[..., None]
    g1, g2 = (gates * first).sum(-1), (gates * second).sum(-1)
    total = g1 + g2 + 1e-9
    g1, g2 = g1 / total, g2 / total
    second = second * (jax.random.uniform(key, g2.shape) < 2 * g2)[..., None]
    auxiliary = (jax.lax.stop_gradient(first.mean(1)) * gates.mean(1)).sum() / (G * E)
    p1 = jnp.cumsum(first, 1) * first - first
    p2 = (jnp.cumsum(second, 1) + first.sum(1, keepdims=True)) * second - second
    first, second = first * (p1 < capacity), second * (p2 < capacity)

    def places(mask, place, gate):
        at = jax.nn.one_hot((place * mask).sum(-1).astype(jnp.int32), capacity)
        return gate[..., None, None] * mask[..., None] * at[..., None, :]

    combine = split(places(first, p1, g1) + places(second, p2, g2))
    dispatch = split((combine > 0).astype(x.dtype))
    combine, wi, wo = (y.astype(x.dtype) for y in (combine, w["wi"], w["wo"]))
    to_experts = split(jnp.einsum("gsec,gsm->egcm", dispatch, inputs))
    hidden = jax.nn.relu(jnp.einsum("egcm,emh->egch", to_experts, wi))
    from_experts = split(jnp.einsum("egch,ehm->gecm", hidden, wo))
    y = split(jnp.einsum("gsec,gecm->gsm", combine, from_experts))
    return y.reshape(x.shape), auxiliary


def pair(w, x, memory, masks, real, key):
    """A dense layer and one of experts, of the encoder or, with a memory, of the decoder."""
    for layer in ("1", "2"):
        n = norm(x, w["norm" + layer])
        x = x + attention(w["self" + layer], n, n, masks[0])
        if memory is not None:
            x = x + attention(w["cross" + layer], norm(x, w["crossNorm" + layer]), memory, masks[1])
        n = norm(x, w["outNorm" + layer])
        y, auxiliary = (dense(w["dense"], n), 0) if layer == "1" else experts(w["experts"], n, real, key)
        x = split(x + y)
    return x, auxiliary


def stack(w, x, memory, masks, real, key):
    def turn(x, wk):
        return jax.checkpoint(pair)(wk[0], x, memory, masks, real, wk[1])

    x, auxiliary = jax.lax.scan(turn, x, (w["layers"], jax.random.split(key, P)))
    return norm(x, w["norm"]), auxiliary.sum()


def positions(places):
    angles = places[..., None] / 10000 ** (jnp.arange(0, M, 2) / M)
    return jnp.concatenate([jnp.sin(angles), jnp.cos(angles)], -1)


def loss(w, source, segments, places, target, labels, target_segments, target_places, key):
    same = lambda a, b: (a[:, :, None] == b[:, None, :]) & (b > 0)[:, None, :]
    causal = jnp.arange(T)[:, None] >= jnp.arange(T)
    k1, k2 = jax.random.split(key)
    x = split((w["source"][source] + positions(places)).astype(activations))
    real = (segments > 0).astype(jnp.float32)
    memory, a1 = stack(w["encoder"], x, None, [same(segments, segments)], real, k1)
    x = split((w["target"][target] + positions(target_places)).astype(activations))
    real = (target_segments > 0).astype(jnp.float32)
    masks = [same(target_segments, target_segments) & causal, same(target_segments, segments)]
    x, a2 = stack(w["decoder"], x, memory, masks, real, k2)
    logits = split(wide(jnp.einsum("btm,wm->btw", x, w["target"].astype(x.dtype))) * M**-0.5)
    picked = jnp.take_along_axis(logits, labels[..., None], -1)[..., 0]
    nll = jax.nn.logsumexp(logits, -1) - picked
    mean = (nll * real).sum() / real.sum()
    return mean + 0.01 * E * E * (a1 + a2), mean


def adafactor(x, g, slots, step, rate):
    """One parameter's update; second moments factored over its last two dims."""
    fresh = (step + 1.0) ** -0.8
    squares = g * g + 1e-30
    blend = lambda old, now: old * (1 - fresh) + now * fresh
    if len(slots) == 1:
        slots = (blend(slots[0], squares),)
        direction = g * jax.lax.rsqrt(slots[0])
    else:
        slots = (blend(slots[0], squares.mean(-1)), blend(slots[1], squares.mean(-2)))
        relative = slots[0] / slots[0].mean(-1, keepdims=True)
        direction = g * jax.lax.rsqrt(relative)[..., None] * jax.lax.rsqrt(slots[1])[..., None, :]
    rms = lambda y: jnp.sqrt(jnp.mean(y * y))
    scale = rate / jnp.maximum(1.0, rms(direction)) * jnp.maximum(rms(x), 1e-3)
    return x - scale * direction, slots


def step(w, slots, count, rate, batch):
    key = jax.random.fold_in(jax.random.key(17), count)
    (_, mean), gradients = jax.value_and_grad(loss, has_aux=True)(w, *batch, key)
    leaves, form = jax.tree.flatten(w)
    updated = [
        adafactor(x, g, s, count.astype(jnp.float32), rate)
        for x, g, s in zip(leaves, jax.tree.leaves(gradients), slots)
    ]
    return form.unflatten([u[0] for u in updated]), [u[1] for u in updated], mean


def shape(*dims, spec=(), dtype=jnp.float32):
    return jax.ShapeDtypeStruct(dims, dtype, sharding=on(*spec))


def layers(decoder):
    w = dict(
        dense=dict(wi=shape(P, M, H), wo=shape(P, H, M)),
        experts=dict(
            gate=shape(P, M, E),
            wi=shape(P, E, M, H, spec=(None, "expert")),
            wo=shape(P, E, H, M, spec=(None, "expert")),
        ),
    )
    for layer in ("1", "2"):
        for kind in ("self", "cross") if decoder else ("self",):
            projections = {k: shape(P, M, A) for k in ("query", "key", "value")}
            w[kind + layer] = dict(projections, output=shape(P, A, M))
        for kind in ("norm", "crossNorm", "outNorm") if decoder else ("norm", "outNorm"):
            w[kind + layer] = shape(P, M)
    return dict(layers=w, norm=shape(M))


def slots_of(x):
    spec = tuple(x.sharding.spec) + (None,) * (len(x.shape) - len(x.sharding.spec))
    if len(x.shape) < 2 or min(x.shape[-2:]) < 128:
        return (x,)
    return (
        shape(*x.shape[:-1], spec=spec[:-1]),
        shape(*x.shape[:-2], x.shape[-1], spec=spec[:-2] + spec[-1:]),
    )


weights = dict(source=shape(V, M), target=shape(W, M), encoder=layers(False), decoder=layers(True))
ids = lambda length: shape(B, length, spec=("expert",), dtype=jnp.int32)
batch = [ids(L)] * 3 + [ids(T)] * 4
scalar = lambda dtype: shape(dtype=dtype)

start = time.time()
slots = [slots_of(x) for x in jax.tree.leaves(weights)]
lowered = jax.jit(step, donate_argnums=(0, 1)).lower(
    weights, slots, scalar(jnp.int32), scalar(jnp.float32), batch
)
lowering = time.time() - start
start = time.time()
try:
    compiled = lowered.compile()
except jax.errors.JaxRuntimeError as refusal:
    print(json.dumps(dict(error=re.search(r"Ran out of memory[^.]*(\.\d+[^.]*)*|$", str(refusal)).group() or str(refusal).split("\n")[0])))
    raise SystemExit(0)
compiling = time.time() - start
memory = compiled.memory_analysis()
text = compiled.as_text()
total = (
    memory.argument_size_in_bytes
    + memory.output_size_in_bytes
    - memory.alias_size_in_bytes
    + memory.temp_size_in_bytes
    + memory.generated_code_size_in_bytes
)
kinds = ("all-reduce", "all-gather", "all-to-all", "reduce-scatter", "collective-permute")
print(
    json.dumps(
        dict(
            topology=arguments.topology,
            parameters=sum(int(np.prod(x.shape)) for x in jax.tree.leaves(weights)),
            lower_seconds=round(lowering, 2),
            compile_seconds=round(compiling, 2),
            argument_bytes=memory.argument_size_in_bytes,
            temp_bytes=memory.temp_size_in_bytes,
            total_bytes=total,
            estimated_seconds=round(compiled.cost_analysis()["optimal_seconds"], 3),
            collectives={k: len(re.findall(r"= [^=\n]* %s(?:-start)?\(" % k, text)) for k in kinds},
        )
    )
)
