package io.gshard.nmt.model;

import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.einsum;
import static io.gshard.tensor.Ops.reshape;
import static io.gshard.tensor.Ops.size;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Module;
import io.gshard.nn.Nn;
import io.gshard.tensor.Tensor;

/** Multi-head attention. Dims: B rows, L positions, M model, A = N heads of D. */
@Module
public class Attention {
  @Dims("M A")
  Tensor query;

  @Dims("M A")
  Tensor key;

  @Dims("M A")
  Tensor value;

  @Dims("A M")
  Tensor output;

  /**
   * Attends from x to memory.
   *
   * @param x [B, L, M]
   * @param memory [B, K, M]; x itself for self-attention
   * @param mask [B, L, K], pred: which positions of memory (last) each position of x may see
   */
  Tensor apply(Tensor x, Tensor memory, Tensor mask) {
    Tensor q = heads(einsum("BLM,MA->BLA", x, convert(query, x.type())));
    Tensor k = heads(einsum("BLM,MA->BLA", memory, convert(key, x.type())));
    Tensor v = heads(einsum("BLM,MA->BLA", memory, convert(value, x.type())));
    Tensor mixed = Nn.dotProductAttention(q, k, v, mask);
    Tensor flat = reshape(mixed, x.dim(0), x.dim(1), size("A"));
    return einsum("BLA,AM->BLM", flat, convert(output, x.type()));
  }

  private Tensor heads(Tensor x) {
    return reshape(x, x.dim(0), x.dim(1), size("N"), size("D"));
  }
}
