#!/usr/bin/env python3
"""The other side of bin/bench: the same work in JAX on XLA's CPU devices.

Needs Python with jax. It compiles what the benchmark has, prints "ready", then reads names of
subjects from its input and answers each with the seconds of one call, over a round of 20 ms or more; by --clock cpu, of the
process's CPU time.

  xla_cpu.py --mode as_shipped|eigen [--clock wall|cpu] KIND [--option value ...]

Mode eigen switches XLA's YNNPACK fusions off. Threads are pinned, one to a core in turn, because some
kernels leave woken threads on their waker's core.
"""
import argparse
import os
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--mode", choices=["as_shipped", "eigen"], default="as_shipped")
parser.add_argument("--clock", choices=["wall", "cpu"], default="wall")
parser.add_argument("kind")
parser.add_argument("--shapes", default="")
parser.add_argument("--devices", type=int, default=0)
for size in ("R", "C", "D", "N", "G", "S", "M", "H", "E"):
    parser.add_argument("--" + size, type=int, default=0)
arguments = parser.parse_args()
kind = arguments.kind
devices = arguments.devices or {"nmt": 8}.get(kind, 1)

os.environ["JAX_PLATFORMS"] = "cpu"
flags = [os.environ.get("XLA_FLAGS", ""), f"--xla_force_host_platform_device_count={devices}"]
if arguments.mode == "eigen":
    flags.append("--xla_cpu_experimental_ynn_fusion_type=")
os.environ["XLA_FLAGS"] = " ".join(flags).strip()

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec as P

mesh = Mesh(np.array(jax.devices()[:devices]), ("x",))
random = np.random.default_rng(0)


def on(*spec):
    return NamedSharding(mesh, P(*spec))


def normal(shape, scale=1.0, spec=(), dtype=np.float32):
    return jax.device_put((random.standard_normal(shape) * scale).astype(dtype), on(*spec))


# --- the work of each kind: name -> (function, arguments)


def gemm():
    for shape in arguments.shapes.split(","):
        batch, _, dims = shape.rpartition("@")
        m, k, n = map(int, dims.split("x"))
        lead = (int(batch),) if batch else ()
        yield shape, jax.jit(jnp.matmul), (normal(lead + (m, k)), normal(lead + (k, n)))


def elementwise():
    x = normal((arguments.R, arguments.C))
    half = x.astype(jnp.bfloat16)

    def norm_gelu(x, scale, shift):
        centred = x - x.mean(-1, keepdims=True)
        y = centred * jax.lax.rsqrt((centred * centred).mean(-1, keepdims=True) + 1e-6)
        return jax.nn.gelu(y * scale + shift, approximate=False)

    yield "exponential", jax.jit(jnp.exp), (x,)
    yield "softmax", jax.jit(lambda x: jax.nn.softmax(x, -1)), (x,)
    ones = jnp.ones(arguments.C)
    yield "layerNormGelu", jax.jit(norm_gelu), (x, ones, 0 * ones)
    yield "toBf16", jax.jit(lambda x: x.astype(jnp.bfloat16)), (x,)
    yield "toF32", jax.jit(lambda x: x.astype(jnp.float32)), (half,)


def collectives():
    x = normal((devices, arguments.N), spec=("x",))

    def mapped(body, out):
        return jax.jit(
            jax.shard_map(body, mesh=mesh, in_specs=P("x"), out_specs=out, check_vma=False)
        )

    yield "allReduce", mapped(lambda v: jax.lax.psum(v[0], "x"), P()), (x,)
    yield "allGather", mapped(lambda v: jax.lax.all_gather(v, "x", tiled=True), P()), (x,)
    yield "allToAll", mapped(
        lambda v: jax.lax.all_to_all(v, "x", 1, 0, tiled=True), P(None, "x")
    ), (x,)
    yield "nothing", mapped(lambda v: jnp.zeros(1, jnp.int32), P("x")), (x,)


def route(gates, capacity):
    """Top-2 gating: each token's two experts, its places there, and its weights, 0 where dropped."""
    first = jnp.argmax(gates, -1)
    hot1 = jax.nn.one_hot(first, gates.shape[-1], dtype=gates.dtype)
    second = jnp.argmax(jnp.where(hot1 > 0, -1.0, gates), -1)
    hot2 = jax.nn.one_hot(second, gates.shape[-1], dtype=gates.dtype)
    place1 = ((jnp.cumsum(hot1, 1) - hot1) * hot1).sum(-1)
    place2 = ((jnp.cumsum(hot2, 1) - hot2 + hot1.sum(1, keepdims=True)) * hot2).sum(-1)
    gate1, gate2 = (gates * hot1).sum(-1), (gates * hot2).sum(-1)
    total = gate1 + gate2 + 1e-9
    auxiliary = gates.shape[-1] ** 2 * jnp.mean(hot1.mean(1) * gates.mean(1))
    weights = (
        jnp.where(place1 < capacity, gate1 / total, 0.0),
        jnp.where(place2 < capacity, gate2 / total, 0.0),
    )
    return (first, second), (place1.astype(int), place2.astype(int)), weights, auxiliary


def padded(rows):
    return jnp.concatenate([rows, jnp.zeros((rows.shape[0], 1, rows.shape[2]), rows.dtype)], 1)


def to_places(x, slots, count):
    """Rows of x [g, s, m] at their slots of count; slot count is for those that are dropped."""
    g, s, _ = x.shape
    tokens = jnp.broadcast_to(jnp.arange(s), (g, s))
    holder = jnp.full((g, count + 1), s)
    for slot in slots:
        holder = jax.vmap(lambda h, i, t: h.at[i].set(t))(holder, slot, tokens)
    return jax.vmap(lambda rows, i: rows[i])(padded(x), holder[:, :-1])


def from_places(rows, slots, weights):
    take = jax.vmap(lambda r, i: r[i])
    rows = padded(rows)
    return sum(take(rows, slot) * weight[..., None] for slot, weight in zip(slots, weights))


def slots_of(experts, places, weights, capacity, count):
    return [
        jnp.where(w > 0, e * capacity + p, count) for e, p, w in zip(experts, places, weights)
    ]


def dispatch():
    g, s, m, e, c = (getattr(arguments, n) for n in ("G", "S", "M", "E", "C"))

    def step(x, logits):
        experts, places, weights, _ = route(jax.nn.softmax(logits), c)
        slots = slots_of(experts, places, weights, c, e * c)
        return from_places(to_places(x, slots, e * c), slots, weights)

    yield "gather", jax.jit(step), (normal((g, s, m)), normal((g, s, e)))


def gathered_experts(x, gates, w1, w2, capacity):
    """Dispatch, experts and combine, moving only the rows that are routed."""
    e = gates.shape[-1]
    experts, places, weights, auxiliary = route(gates, capacity)
    slots = slots_of(experts, places, weights, capacity, e * capacity)

    def local(x, slot1, slot2, weight1, weight2, w1, w2):
        g, _, m = x.shape
        sent = to_places(x, (slot1, slot2), e * capacity)
        sent = sent.reshape(g, e, capacity, m).transpose(1, 0, 2, 3)
        if devices > 1:
            sent = jax.lax.all_to_all(sent, "x", 0, 1, tiled=True)
        hidden = jax.nn.relu(jnp.einsum("egcm,emh->egch", sent, w1))
        back = jnp.einsum("egch,ehm->egcm", hidden, w2)
        if devices > 1:
            back = jax.lax.all_to_all(back, "x", 1, 0, tiled=True)
        back = back.transpose(1, 0, 2, 3).reshape(g, e * capacity, m)
        return from_places(back, (slot1, slot2), (weight1, weight2))

    y = jax.shard_map(local, mesh=mesh, in_specs=(P("x"),) * 7, out_specs=P("x"))(
        x, *slots, *weights, w1, w2
    )
    return y, auxiliary


def dense_experts(x, gates, w1, w2, capacity):
    """The paper's Algorithm 2: one-hot masks and einsums."""
    e = gates.shape[-1]
    experts, places, weights, auxiliary = route(gates, capacity)
    combine = sum(
        w[..., None, None]
        * jax.nn.one_hot(i, e)[..., None]
        * jax.nn.one_hot(p, capacity)[..., None, :]
        for i, p, w in zip(experts, places, weights)
    )
    mask = jax.lax.stop_gradient((combine > 0).astype(x.dtype))
    split = jax.lax.with_sharding_constraint
    sent = split(jnp.einsum("gsec,gsm->egcm", mask, x), on("x"))
    hidden = split(jax.nn.relu(jnp.einsum("egcm,emh->egch", sent, w1)), on("x"))
    back = split(jnp.einsum("egch,ehm->egcm", hidden, w2), on("x"))
    back = split(back, on(None, "x"))
    return jnp.einsum("gsec,egcm->gsm", combine, back), auxiliary


def moe_layer():
    g, s, m, h, e, c = (getattr(arguments, n) for n in ("G", "S", "M", "H", "E", "C"))
    values = (
        normal((g, s, m), spec=("x",)),
        normal((m, e), m**-0.5),
        normal((e, m, h), m**-0.5, ("x",)),
        normal((e, h, m), h**-0.5, ("x",)),
    )

    def step(experts):
        def loss(x, gate, w1, w2):
            gates = jax.nn.softmax(jnp.einsum("gsm,me->gse", x, gate))
            y, auxiliary = experts(x, gates, w1, w2, c)
            return jnp.mean(y * y) + 0.01 * auxiliary

        shardings = (on("x"), on(), on("x"), on("x"))
        return jax.jit(
            jax.value_and_grad(loss, (0, 1, 2, 3)),
            in_shardings=shardings,
            out_shardings=(on(), shardings),
        )

    yield "gather", step(gathered_experts), values
    yield "einsum", step(dense_experts), values


# --- the sample's model, config Demo


def nmt():
    rows, source, target, groups, experts = 16, 64, 32, 8, 8
    model, hidden, heads, depth, pieces, words = 128, 512, 4, 32, 4096, 1536
    weights = {}

    def add(name, *shape, spec=()):
        weights[name] = normal(shape, shape[-2] ** -0.5 if len(shape) > 1 else 1.0, spec)

    def attention(name):
        for part in ("query", "key", "value", "output"):
            add(f"{name}.{part}", model, model)
        add(f"{name}.norm", model)

    for side in ("encoder", "decoder"):
        for layer in (0, 1):
            attention(f"{side}{layer}.self")
            if side == "decoder":
                attention(f"{side}{layer}.cross")
            add(f"{side}{layer}.norm", model)
        add(f"{side}0.wi", model, hidden)
        add(f"{side}0.wo", hidden, model)
        add(f"{side}1.gate", model, experts)
        add(f"{side}1.wi", experts, model, hidden, spec=("x",))
        add(f"{side}1.wo", experts, hidden, model, spec=("x",))
        add(f"{side}.norm", model)
    add("source", pieces, model)
    add("target", words, model)

    def normed(x, scale):
        return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-6) * scale

    def attend(w, name, x, memory, causal):
        def split(part, value):
            return (value @ w[f"{name}.{part}"]).reshape(*value.shape[:2], heads, depth)

        q, k, v = split("query", x), split("key", memory), split("value", memory)
        scores = jnp.einsum("bqnd,bknd->bnqk", q, k) * depth**-0.5
        if causal:
            length = x.shape[1]
            scores = jnp.where(jnp.tril(jnp.ones((length, length), bool)), scores, -1e9)
        mixed = jnp.einsum("bnqk,bknd->bqnd", jax.nn.softmax(scores), v)
        return mixed.reshape(x.shape) @ w[f"{name}.output"]

    def feed_forward(w, name, x, layer):
        y = normed(x, w[f"{name}.norm"])
        if layer == 0:
            return x + jax.nn.relu(y @ w[f"{name}.wi"]) @ w[f"{name}.wo"], 0.0
        tokens = y.shape[0] * y.shape[1] // groups
        grouped = y.reshape(groups, tokens, model)
        gates = jax.nn.softmax(grouped @ w[f"{name}.gate"])
        out, auxiliary = gathered_experts(
            grouped, gates, w[f"{name}.wi"], w[f"{name}.wo"], 2 * tokens // experts
        )
        return x + out.reshape(x.shape), auxiliary

    def waves(length):
        angle = jnp.arange(length)[:, None] * 10000.0 ** (-jnp.arange(0, model, 2) / model)
        return jnp.concatenate([jnp.sin(angle), jnp.cos(angle)], -1)

    def loss(w, inputs, outputs):
        auxiliary = 0.0
        x = w["source"][inputs] + waves(source)
        for layer in (0, 1):
            y = normed(x, w[f"encoder{layer}.self.norm"])
            x = x + attend(w, f"encoder{layer}.self", y, y, False)
            x, more = feed_forward(w, f"encoder{layer}", x, layer)
            auxiliary += more
        memory = normed(x, w["encoder.norm"])
        x = w["target"][outputs] + waves(target)
        for layer in (0, 1):
            y = normed(x, w[f"decoder{layer}.self.norm"])
            x = x + attend(w, f"decoder{layer}.self", y, y, True)
            y = normed(x, w[f"decoder{layer}.cross.norm"])
            x = x + attend(w, f"decoder{layer}.cross", y, memory, False)
            x, more = feed_forward(w, f"decoder{layer}", x, layer)
            auxiliary += more
        scores = normed(x, w["decoder.norm"]) @ w["target"].T
        chosen = jnp.take_along_axis(jax.nn.log_softmax(scores), outputs[..., None], -1)
        return -chosen.mean() + 0.01 * auxiliary

    def adafactor(value, gradient, state, rate):
        squares = gradient * gradient + 1e-30
        if value.ndim < 2:
            moment = 0.99 * state["v"] + 0.01 * squares
            update, state = gradient * jax.lax.rsqrt(moment), {"v": moment}
        else:
            row = 0.99 * state["row"] + 0.01 * squares.mean(-1)
            column = 0.99 * state["column"] + 0.01 * squares.mean(-2)
            factor = jax.lax.rsqrt(row / row.mean(-1, keepdims=True))[..., None]
            update = gradient * factor * jax.lax.rsqrt(column)[..., None, :]
            state = {"row": row, "column": column}
        update = update / jnp.maximum(1.0, jnp.sqrt((update * update).mean()))
        size = jnp.maximum(1e-3, jnp.sqrt((value * value).mean()))
        return value - rate * size * update, state

    def fresh(value):
        if value.ndim < 2:
            return {"v": jnp.zeros_like(value)}
        return {
            "row": jnp.zeros_like(value[..., 0]),
            "column": jnp.zeros_like(value[..., 0, :]),
        }

    @jax.jit
    def step(w, states, inputs, outputs):
        result, gradients = jax.value_and_grad(loss)(w, inputs, outputs)
        updated = {n: adafactor(w[n], gradients[n], states[n], 1e-3) for n in w}
        return result, {n: u[0] for n, u in updated.items()}, {n: u[1] for n, u in updated.items()}

    donating = jax.jit(step, donate_argnums=(0, 1))
    inputs = jax.device_put(random.integers(4, pieces, (rows, source)), on("x"))
    outputs = jax.device_put(random.integers(4, words, (rows, target)), on("x"))
    held = {"w": weights, "s": jax.tree.map(lambda v: v, {n: fresh(v) for n, v in weights.items()})}

    def run():
        result, held["w"], held["s"] = donating(held["w"], held["s"], inputs, outputs)
        return result

    yield "step", run, ()


work = {
    name: (function, values)
    for name, function, values in {
        "gemm": gemm,
        "elementwise": elementwise,
        "collectives": collectives,
        "dispatch": dispatch,
        "moe-layer": moe_layer,
        "nmt": nmt,
    }[kind]()
}


def call(name):
    function, values = work[name]
    jax.block_until_ready(function(*values))


for name in work:
    for _ in range(3):
        call(name)
cores = sorted(os.sched_getaffinity(0))
for turn, thread in enumerate(sorted(map(int, os.listdir("/proc/self/task")))):
    os.sched_setaffinity(thread, {cores[turn % len(cores)]})
for name in work:
    for _ in range(3):
        call(name)
clock = time.process_time if arguments.clock == "cpu" else time.perf_counter
print("ready", flush=True)
for line in sys.stdin:
    start = clock()
    calls = 0
    while True:
        call(line.strip())
        calls += 1
        seconds = clock() - start
        if seconds >= 0.02:
            break
    print(seconds / calls, flush=True)
