package io.gshard.nmt.model;

import io.gshard.annotation.Module;
import io.gshard.tensor.Tensor;

/** Two layers of the decoder: one with a dense feed-forward layer, one with experts. */
@Module
public class DecoderLayers {
  final Norm selfNorm1 = new Norm();
  final Attention self1 = new Attention();
  final Norm crossNorm1 = new Norm();
  final Attention cross1 = new Attention();
  final Norm denseNorm = new Norm();
  final DenseFeedForward dense = new DenseFeedForward();
  final Norm selfNorm2 = new Norm();
  final Attention self2 = new Attention();
  final Norm crossNorm2 = new Norm();
  final Attention cross2 = new Attention();
  final Norm expertNorm = new Norm();
  final ExpertFeedForward experts = new ExpertFeedForward();

  /** The same arguments as the parts'; memory is what the encoder made of the source. */
  ExpertFeedForward.Output apply(
      Tensor input,
      Tensor memory,
      Tensor selfMask,
      Tensor crossMask,
      Tensor real,
      int factor,
      Tensor key) {
    Tensor x = input;
    Tensor n = selfNorm1.apply(x);
    x = x.plus(self1.apply(n, n, selfMask));
    x = x.plus(cross1.apply(crossNorm1.apply(x), memory, crossMask));
    x = x.plus(dense.apply(denseNorm.apply(x)));
    n = selfNorm2.apply(x);
    x = x.plus(self2.apply(n, n, selfMask));
    x = x.plus(cross2.apply(crossNorm2.apply(x), memory, crossMask));
    ExpertFeedForward.Output routed = experts.apply(expertNorm.apply(x), real, factor, key);
    return new ExpertFeedForward.Output(x.plus(routed.y()), routed.auxiliary(), routed.load());
  }
}
