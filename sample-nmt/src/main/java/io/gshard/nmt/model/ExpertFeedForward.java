package io.gshard.nmt.model;

import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.einsum;
import static io.gshard.tensor.Ops.relu;
import static io.gshard.tensor.Ops.reshape;
import static io.gshard.tensor.Ops.size;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Module;
import io.gshard.annotation.Split;
import io.gshard.nn.Nn;
import io.gshard.nn.Top2;
import io.gshard.tensor.DType;
import io.gshard.tensor.Tensor;

/**
 * The mixture-of-experts layer of every other Transformer layer: the paper's Algorithm 2, its only
 * sharding annotations included. Dims: G groups of S tokens, E experts of capacity C in each group,
 * M model, H hidden.
 */
@Module
public class ExpertFeedForward {
  @Dims("M E")
  Tensor gate;

  @Split(dim = 0)
  @Dims("E M H")
  Tensor wi;

  @Split(dim = 0)
  @Dims("E H M")
  Tensor wo;

  /** What a layer gives back: y [B, L, M], of x's type, the auxiliary loss f32[], load f32[E]. */
  record Output(Tensor y, Tensor auxiliary, Tensor load) {}

  /**
   * Routes each token to its two best experts.
   *
   * @param x [B, L, M], rows of tokens, which are routed as G groups
   * @param real [B, L], 1 for tokens and 0 for padding, which is not routed
   * @param factor how many times its even share of a group's tokens an expert takes
   * @param key the random key for the second choices
   */
  Output apply(Tensor x, Tensor real, int factor, Tensor key) {
    long group = x.dim(0) * x.dim(1) / size("G");
    int capacity = (int) Math.max(1, factor * group / size("E"));
    Tensor inputs = reshape(x, size("G"), group, size("M"));
    Tensor tokens = reshape(real, size("G"), group);
    // Near gates are told apart in f32, whatever the activations are.
    Tensor logits = einsum("GSM,ME->GSE", convert(inputs, DType.F32), gate);
    Tensor gates = Nn.softmax(logits);
    Top2 route = Top2.route(gates, tokens, capacity, key, Top2.Policy.PAPER);
    @Split(dim = 0)
    Tensor toExperts = einsum("GSEC,GSM->EGCM", convert(route.dispatch(), x.type()), inputs);
    Tensor hidden = relu(einsum("EGCM,EMH->EGCH", toExperts, convert(wi, x.type())));
    @Split(dim = 0)
    Tensor fromExperts = einsum("EGCH,EHM->GECM", hidden, convert(wo, x.type()));
    Tensor y = einsum("GSEC,GECM->GSM", convert(route.combine(), x.type()), fromExperts);
    return new Output(reshape(y, x.dim(0), x.dim(1), size("M")), route.auxLoss(), route.load());
  }
}
