package io.gshard.nn;

import static io.gshard.tensor.Ops.add;
import static io.gshard.tensor.Ops.and;
import static io.gshard.tensor.Ops.anyTrue;
import static io.gshard.tensor.Ops.broadcast;
import static io.gshard.tensor.Ops.constant;
import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.cumsumExclusive;
import static io.gshard.tensor.Ops.equal;
import static io.gshard.tensor.Ops.full;
import static io.gshard.tensor.Ops.iota;
import static io.gshard.tensor.Ops.less;
import static io.gshard.tensor.Ops.mean;
import static io.gshard.tensor.Ops.multiply;
import static io.gshard.tensor.Ops.not;
import static io.gshard.tensor.Ops.notEqual;
import static io.gshard.tensor.Ops.select;
import static io.gshard.tensor.Ops.stopGradient;
import static io.gshard.tensor.Ops.sum;
import static io.gshard.tensor.Ops.zeros;
import static io.gshard.tensor.Ops.zerosLike;

import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.util.List;

/**
 * Which tokens go to which experts: the paper's Algorithm 1, "Group-level top-2 gating with
 * auxiliary loss". G groups of S tokens, E experts, C places for a group's tokens in each expert.
 * Tokens take places in their order; all first choices come before all second choices; a token that
 * finds its expert full is not sent there.
 *
 * @param combine [G, S, E, C]: the weight with which place C of expert E returns to the token; zero
 *     where it has not it
 * @param dispatch [G, S, E, C]: 1 where combine is not 0; no gradient flows through it
 * @param auxLoss scalar; least when experts get equal shares of the first choices
 * @param load f32[E]: how many tokens were sent to each expert, all groups together
 */
public record Top2(Tensor combine, Tensor dispatch, Tensor auxLoss, Tensor load) {

  /** What happens with second choices. */
  public enum Policy {
    /**
     * Algorithm 1 to the letter: a second choice is taken with probability 2*g2 (at most 1), and
     * uses up a place whether taken or not. The loss is sum over E of (share of first choices) *
     * (mean gate), over E.
     */
    PAPER,
    /**
     * Lingvo's {@code random}: taken with the same probability, and one that is not taken uses up
     * no place. The loss is E*E times the paper's: 1 when all is even.
     */
    RANDOM,
    /**
     * Always taken, while there are places; needs no random numbers. The loss is as in {@code
     * RANDOM}.
     */
    ALL
  }

  /** A second gate of this much is always used: the paper's 2*g2 > rnd. */
  private static final double THRESHOLD = 0.5;

  /**
   * Routes by Algorithm 1.
   *
   * @param gates [G, S, E]: softmaxed over E
   * @param padding [G, S] of gates' type, 1 for a real token and 0 for padding, which is sent
   *     nowhere; or null
   * @param capacity C, 1 or more
   * @param key s32[] or u32[] ({@link Random}); may be null for {@code ALL}
   * @throws ShapeException if the shapes do not fit
   */
  public static Top2 route(Tensor gates, Tensor padding, int capacity, Tensor key, Policy policy) {
    check(gates, padding, capacity);
    long experts = gates.dim(2);
    Shape tokens = Shape.of(gates.type(), gates.dim(0), gates.dim(1));

    Tensor first = Nn.argmax(gates, 2);
    Tensor isFirst = Nn.oneHotMask(first, experts);
    Tensor second = Nn.argmax(select(isFirst, full(gates.shape(), -1), gates), 2);
    Tensor isSecond = and(Nn.oneHotMask(second, experts), not(isFirst));
    Tensor gate1 = sum(select(isFirst, gates, zerosLike(gates)), 2);
    Tensor gate2 = sum(select(isSecond, gates, zerosLike(gates)), 2);
    Tensor total = gate1.plus(gate2).plus(1e-9);
    gate1 = gate1.over(total);
    gate2 = gate2.over(total);

    Tensor proxy = gates;
    if (padding != null) {
      Tensor real = overExperts(notEqual(padding, zerosLike(padding)), gates.shape());
      isFirst = and(isFirst, real);
      isSecond = and(isSecond, real);
      proxy = gates.times(overExperts(padding, gates.shape()));
    }

    // Pass 1: first choices, in the order of tokens, take places 0, 1, ... of their expert.
    Tensor count1 = convert(isFirst, DType.S32);
    Tensor place1 = chosen(isFirst, cumsumExclusive(count1, 1));
    Tensor taken1 = sum(count1, 1);
    Tensor loss = auxLoss(convert(isFirst, gates.type()), proxy, policy);

    // Pass 2: second choices take the places after those.
    Tensor sent =
        switch (policy) {
          case PAPER, RANDOM -> less(Random.uniform(key, tokens), gate2.times(1 / THRESHOLD));
          case ALL -> full(tokens.withType(DType.PRED), 1);
        };
    if (policy == Policy.RANDOM) {
      isSecond = and(isSecond, overExperts(sent, gates.shape()));
    }
    Tensor count2 = convert(isSecond, DType.S32);
    Tensor before = add(cumsumExclusive(count2, 1), Nn.along(taken1, count2.shape(), 1));
    Tensor place2 = chosen(isSecond, before);
    if (policy == Policy.PAPER) {
      isSecond = and(isSecond, overExperts(sent, gates.shape()));
    }

    Tensor slot1 = slot(first, place1, isFirst, capacity);
    Tensor slot2 = slot(second, place2, isSecond, capacity);
    Tensor combine = combine(gate1, slot1, gate2, slot2, gates.shape(), capacity);
    Tensor dispatch = convert(notEqual(stopGradient(combine), zerosLike(combine)), gates.type());
    return new Top2(combine, dispatch, loss, load(dispatch));
  }

  private static void check(Tensor gates, Tensor padding, int capacity) {
    if (gates.rank() != 3) {
      throw new ShapeException("top-2 gating takes gates [G, S, E], found " + gates.shape());
    }
    if (padding != null
        && !padding.shape().equals(gates.shape().withDims(gates.shape().dims().subList(0, 2)))) {
      throw new ShapeException(
          "top-2 gating of gates %s takes padding [G, S] of their type, found %s"
              .formatted(gates.shape(), padding.shape()));
    }
    if (capacity < 1) {
      throw new ShapeException(
          "top-2 gating with capacity " + capacity + ": an expert needs 1 place or more");
    }
  }

  /**
   * By the paper: how often an expert is chosen has no gradient, so its mean gate stands in for one
   * factor.
   */
  private static Tensor auxLoss(Tensor isFirst, Tensor proxy, Policy policy) {
    double experts = proxy.dim(2);
    Tensor loss = mean(multiply(mean(isFirst, 1), mean(proxy, 1)));
    return policy == Policy.PAPER ? loss : loss.times(experts * experts);
  }

  private static Tensor overExperts(Tensor x, Shape gates) {
    return Nn.along(x, gates, 2);
  }

  /** The value at the chosen expert: [G, S]. */
  private static Tensor chosen(Tensor mask, Tensor values) {
    return sum(select(mask, values, zerosLike(values)), 2);
  }

  /** The number of the token's place among all E*C, or -1 for none. */
  private static Tensor slot(Tensor expert, Tensor place, Tensor mask, int capacity) {
    Tensor fits = and(anyTrue(mask, 2), less(place, constant(DType.S32, capacity)));
    return select(fits, expert.times(capacity).plus(place), full(expert.shape(), -1));
  }

  private static Tensor combine(
      Tensor gate1, Tensor slot1, Tensor gate2, Tensor slot2, Shape gates, int capacity) {
    List<Long> dims = List.of(gates.dim(0), gates.dim(1), gates.dim(2), (long) capacity);
    Shape places = new Shape(DType.S32, dims);
    Tensor place = iota(places, 2).times(capacity).plus(iota(places, 3));
    List<Integer> byToken = List.of(0, 1);
    Tensor rest =
        select(
            equal(place, broadcast(slot2, dims, byToken)),
            broadcast(gate2, dims, byToken),
            zeros(new Shape(gates.type(), dims)));
    return select(
        equal(place, broadcast(slot1, dims, byToken)), broadcast(gate1, dims, byToken), rest);
  }

  private static Tensor load(Tensor dispatch) {
    return sum(convert(dispatch, DType.F32), 0, 1, 3);
  }
}
