package io.gshard.nmt.model;

import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.einsum;
import static io.gshard.tensor.Ops.relu;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Module;
import io.gshard.tensor.Tensor;

/** The feed-forward layer of every other Transformer layer: M to H and back, no bias. */
@Module
public class DenseFeedForward {
  @Dims("M H")
  Tensor wi;

  @Dims("H M")
  Tensor wo;

  /** [B, L, M] to [B, L, M]. */
  Tensor apply(Tensor x) {
    Tensor hidden = relu(einsum("BLM,MH->BLH", x, convert(wi, x.type())));
    return einsum("BLH,HM->BLM", hidden, convert(wo, x.type()));
  }
}
