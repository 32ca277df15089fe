#!/usr/bin/env python3
"""Programs as people write them in JAX, for tests that read and run what XLA prints of them.

  jax_programs.py FOLDER

Writes for each program NAME.hlo (the module with shardings, for 8 devices, before XLA's partitioner), NAME.compiled.hlo (what XLA's CPU
compiler made of the whole, fusions and layouts included; not for programs that name mesh axes), NAME.in.npz (arg0, ...) and
NAME.out.npz (result0, ..., by XLA on one device, or by shard_map on 8). Prints the names. Needs jax from PyPI.
"""
import os
import pathlib
import sys

os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
os.environ["JAX_PLATFORMS"] = "cpu"
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import Mesh, NamedSharding, PartitionSpec as P

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
mesh = Mesh(np.array(jax.devices()).reshape(2, 4), ("x", "y"))
draw = np.random.default_rng(0)
BOTH, ROWS, COLUMNS, ALL = P("x", "y"), P("x"), P(None, "y"), P(("x", "y"))
RING = [(d, (d + 1) % 4) for d in range(4)]
IMAGES = ("NHWC", "HWIO", "NHWC")


def f(*dims):
    return draw.standard_normal(dims).astype(np.float32)


def i(limit, *dims):
    return draw.integers(0, limit, dims).astype(np.int32)


def conv(x, w, **how):
    return lax.conv_general_dilated(x, w, how.pop("strides", (1, 1)), how.pop("padding", "SAME"), dimension_numbers=IMAGES, **how)


def manual(body, takes, gives, **how):
    return jax.shard_map(body, mesh=mesh, in_specs=takes, out_specs=gives, check_vma=False, **how)


def attention(q, k, v):
    weights = jax.nn.softmax(jnp.einsum("bqhd,bkhd->bhqk", q, k))
    return jnp.einsum("bhqk,bkhd->bqhd", weights, v)


def experts(x, gate, wi):
    chosen = jax.nn.one_hot(jnp.argmax(x @ gate, -1), 4)
    hidden = jax.nn.relu(jnp.einsum("gm,ge,emh->geh", x, chosen, wi))
    return (hidden.sum(1) ** 2).sum()


# name: (function, arguments, how they are split)
PROGRAMS = dict(
    mlp_gradient=(
        jax.grad(lambda w1, w2, x: jnp.mean(jax.nn.gelu(x @ w1) @ w2) ** 2, (0, 1)),
        [f(16, 32), f(32, 16), f(8, 16)],
        [COLUMNS, P("y"), ROWS],
    ),
    attention=(attention, [f(4, 8, 4, 8)] * 3, [P("x", None, "y")] * 3),
    experts_gradient=(jax.grad(experts, 2), [f(8, 6), f(6, 4), f(4, 6, 5)], [ROWS, P(), P("y")]),
    layer_norm=(lambda x: (x - x.mean(-1, keepdims=True)) * lax.rsqrt(x.var(-1, keepdims=True) + 1e-5), [f(8, 16)], [BOTH]),
    standardize=(lambda x: jax.nn.standardize(x, axis=(0, 1)), [f(8, 6, 4)], [P("x", None, "y")]),
    logsumexp=(lambda x: jax.nn.logsumexp(x, -1), [f(16, 8)], [BOTH]),
    convolution=(conv, [f(4, 8, 8, 3), f(3, 3, 3, 8)], [BOTH, P()]),
    convolution_gradient=(
        jax.grad(lambda x, w: (conv(x, w, strides=(2, 2)) ** 2).sum(), (0, 1)),
        [f(4, 8, 8, 3), f(3, 3, 3, 8)],
        [BOTH, P()],
    ),
    depthwise=(
        lambda x, w: conv(x, w, feature_group_count=4),
        [f(4, 8, 8, 4), f(3, 3, 1, 8)],
        [P("x", None, None, "y"), P()],
    ),
    transposed_convolution=(
        lambda x, w: lax.conv_transpose(x, w, (2,), "SAME", dimension_numbers=("NWC", "WIO", "NWC")),
        [f(4, 8, 3), f(3, 3, 5)],
        [BOTH, P()],
    ),
    max_pool_gradient=(
        jax.grad(lambda x: (lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID") ** 2).sum()),
        [f(4, 8, 8, 3)],
        [BOTH],
    ),
    average_pool=(lambda x: lax.reduce_window(x, 0.0, lax.add, (1, 3, 3, 1), (1, 1, 1, 1), "SAME"), [f(4, 8, 8, 3)], [BOTH]),
    sort=(lambda x: jnp.sort(x, 0), [f(16, 6)], [ALL]),
    argsort=(lambda x: jnp.argsort(x, 1), [f(4, 16)], [BOTH]),
    top_k=(lambda x: lax.top_k(x, 3), [f(4, 16)], [BOTH]),
    median=(lambda x: jnp.median(x, 0), [f(15, 8)], [COLUMNS]),
    search=(lambda a, v: jnp.searchsorted(jnp.sort(a), v), [f(16), f(8)], [ROWS, P("y")]),
    argmax=(lambda x: (jnp.argmax(x, 0), jnp.argmin(x, 1)), [f(16, 8)], [BOTH]),
    cumulative=(lambda x: jnp.cumsum(x, 0) + jnp.cumprod(x, 1) + lax.cummax(x, 0) + lax.cumlogsumexp(x, 1), [f(16, 8)], [BOTH]),
    segment_sum=(lambda x, s: jax.ops.segment_sum(x, s, 5), [f(16, 4), i(5, 16)], [ALL, ALL]),
    gather=(lambda t, s: t[s], [f(32, 4), i(32, 16)], [P("y"), ROWS]),
    gather_gradient=(jax.grad(lambda t, s: (t[s] ** 2).sum()), [f(32, 4), i(32, 16)], [P("y"), ROWS]),
    take_along=(lambda x, s: jnp.take_along_axis(x, s, 1), [f(8, 16), i(16, 8, 4)], [BOTH, ROWS]),
    scatter_multiply=(lambda x, s, u: x.at[s].multiply(u), [f(16, 4), i(16, 5), f(5, 4)], [BOTH, P(), P()]),
    scatter_maximum=(lambda x, s, u: x.at[:, s].max(u), [f(8, 16), i(16, 5), f(8, 5)], [BOTH, P(), ROWS]),
    update=(lambda x, u, at: lax.dynamic_update_slice(x, u, (at[0], at[1])), [f(16, 8), f(3, 2), i(10, 2)], [BOTH, P(), P()]),
    roll=(lambda x: jnp.roll(x, 3, 0), [f(16, 8)], [ALL]),
    concatenate=(lambda x, y: jnp.concatenate([x, y], 0), [f(16, 8), f(10, 8)], [BOTH, ROWS]),
    reshape=(lambda x: x.reshape(4, 4, 8).transpose(1, 0, 2).reshape(16, 8), [f(16, 8)], [BOTH]),
    pad=(lambda x: jnp.pad(x, ((1, 2), (3, 0)), mode="reflect"), [f(16, 8)], [BOTH]),
    triangles=(lambda x: jnp.tril(x) @ jnp.triu(x), [f(16, 16)], [BOTH]),
    dispatch=(lambda a, b: jnp.einsum("gsec,gsm->egcm", a, b), [f(4, 8, 4, 2), f(4, 8, 16)], [ROWS, ROWS]),
    outer=(jax.vmap(lambda x, w: jnp.outer(x, w).sum(0)), [f(8, 5), f(8, 6)], [ROWS, ROWS]),
    scan=(lambda x, w: lax.scan(lambda c, w: (jnp.tanh(c @ w), c.sum()), x, w), [f(8, 8), f(5, 8, 8)], [ROWS, COLUMNS]),
    while_loop=(lambda x: lax.while_loop(lambda c: c[0] < 5, lambda c: (c[0] + 1, c[1] * 1.5 + c[1].sum()), (0, x)), [f(8, 8)], [BOTH]),
    cond=(lambda x, p: lax.cond(p[0] > 0, lambda x: x @ x.T, lambda x: (x * 2) @ x.T, x), [f(8, 8), f(1)], [BOTH, P()]),
    rematerialized=(jax.grad(lambda w, x: jax.checkpoint(lambda w: jnp.sin(x @ w).sum())(w)), [f(8, 8), f(8, 8)], [COLUMNS, ROWS]),
    random=(lambda x: x + jax.random.normal(jax.random.key(1), x.shape), [f(8, 8)], [BOTH]),
    dropout=(
        lambda x, k: x * jax.random.bernoulli(jax.random.wrap_key_data(k.astype(jnp.uint32)), 0.5, x.shape),
        [f(8, 8), i(100, 2)],
        [BOTH, P()],
    ),
    half=(lambda x, y: (x.astype(jnp.float16) + y.astype(jnp.float16)).astype(jnp.float32), [f(16, 8), f(16, 8)], [ROWS, COLUMNS]),
    bytes=(lambda x, y: (x.astype(jnp.int8) * y.astype(jnp.int8)).astype(jnp.int32) // 3, [i(100, 16, 8), i(100, 16, 8)], [ROWS, COLUMNS]),
    bits=(lambda x: (lax.population_count(x) << 2) ^ lax.shift_right_logical(x, 3), [i(1000, 16, 8)], [BOTH]),
    precision=(lambda x: lax.reduce_precision(x, 5, 10) + x.astype(jnp.bfloat16).astype(jnp.float32), [f(8, 16)], [BOTH]),
    special=(lambda x: lax.erf(x) + lax.erf_inv(jnp.clip(x, -0.9, 0.9)) + lax.lgamma(jnp.abs(x) + 1) + lax.digamma(jnp.abs(x) + 1), [f(16, 8)], [BOTH]),
    trigonometry=(lambda x: jnp.arctan2(x, x + 1) + jnp.sinh(x) + jnp.arcsin(jnp.clip(x, -1, 1)) + jnp.cbrt(x) + jnp.tan(x), [f(16, 8)], [BOTH]),
    complex=(lambda x, y: jnp.real((x + 1j * y) * (y - 2j * x)), [f(16, 8), f(16, 8)], [BOTH, BOTH]),
    fft=(lambda x: jnp.abs(jnp.fft.fft(x)) + jnp.fft.irfft(jnp.fft.rfft(x)), [f(8, 16)], [ALL]),
    constraint=(lambda x: lax.with_sharding_constraint(x @ x.T, NamedSharding(mesh, P("y", "x"))), [f(16, 8)], [BOTH]),
    manual_ring=(
        manual(lambda x: lax.psum(x, "x") + lax.ppermute(x, "y", RING), BOTH, BOTH),
        [f(16, 8)],
        [BOTH],
    ),
    manual_exchange=(
        manual(lambda x: lax.all_to_all(x, "y", 1, 0, tiled=True) + lax.axis_index("y").astype(jnp.float32), BOTH, ALL),
        [f(16, 16)],
        [BOTH],
    ),
    manual_tuple=(
        manual(
            lambda x, y: (lax.all_gather(x, "y", axis=1, tiled=True), lax.psum_scatter(y, "x", tiled=True)),
            (BOTH, COLUMNS),
            (ROWS, BOTH),
        ),
        [f(16, 8), f(16, 8)],
        [BOTH, P()],
    ),
    manual_in_part=(
        lambda x: manual(lambda x: lax.psum(jnp.sin(x), "y"), COLUMNS, P(), axis_names={"y"})(x) * 2,
        [f(16, 8)],
        [BOTH],
    ),
    manual_gradient=(
        jax.grad(lambda x, w: (manual(lambda x, w: lax.psum(jnp.tanh(x @ w), "y"), (BOTH, P("y")), ROWS)(x, w) ** 2).sum(), (0, 1)),
        [f(16, 8), f(8, 4)],
        [BOTH, P("y")],
    ),
    manual_loop=(
        manual(lambda x: lax.fori_loop(0, 4, lambda _, c: lax.ppermute(c, "y", RING) + 1, x), BOTH, BOTH),
        [f(16, 8)],
        [BOTH],
    ),
)

for name, (function, arguments, specs) in PROGRAMS.items():
    split = jax.jit(function, in_shardings=[NamedSharding(mesh, spec) for spec in specs]).lower(*arguments)
    (folder / (name + ".hlo")).write_text(split.compiler_ir("hlo").as_hlo_text())
    whole = jax.jit(function)
    if not name.startswith("manual") and name != "constraint":
        (folder / (name + ".compiled.hlo")).write_text(whole.lower(*arguments).compile().as_text())
    np.savez(folder / (name + ".in.npz"), **{"arg%d" % k: a for k, a in enumerate(arguments)})
    results = jax.tree.leaves(whole(*arguments))
    np.savez(folder / (name + ".out.npz"), **{"result%d" % k: np.asarray(r) for k, r in enumerate(results)})
    print(name, flush=True)
