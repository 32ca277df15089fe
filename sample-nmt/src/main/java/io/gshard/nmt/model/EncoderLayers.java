package io.gshard.nmt.model;

import io.gshard.annotation.Module;
import io.gshard.tensor.Tensor;

/** Two layers of the encoder: one with a dense feed-forward layer, one with experts. */
@Module
public class EncoderLayers {
  final Norm selfNorm1 = new Norm();
  final Attention self1 = new Attention();
  final Norm denseNorm = new Norm();
  final DenseFeedForward dense = new DenseFeedForward();
  final Norm selfNorm2 = new Norm();
  final Attention self2 = new Attention();
  final Norm expertNorm = new Norm();
  final ExpertFeedForward experts = new ExpertFeedForward();

  /** The same arguments as the parts'. */
  ExpertFeedForward.Output apply(Tensor input, Tensor mask, Tensor real, int factor, Tensor key) {
    Tensor x = input;
    Tensor n = selfNorm1.apply(x);
    x = x.plus(self1.apply(n, n, mask));
    x = x.plus(dense.apply(denseNorm.apply(x)));
    n = selfNorm2.apply(x);
    x = x.plus(self2.apply(n, n, mask));
    ExpertFeedForward.Output routed = experts.apply(expertNorm.apply(x), real, factor, key);
    return new ExpertFeedForward.Output(x.plus(routed.y()), routed.auxiliary(), routed.load());
  }
}
