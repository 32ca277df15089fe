package io.gshard.nmt.model;

import static io.gshard.tensor.Ops.activations;
import static io.gshard.tensor.Ops.constant;
import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.einsum;
import static io.gshard.tensor.Ops.greater;
import static io.gshard.tensor.Ops.minimize;
import static io.gshard.tensor.Ops.size;
import static io.gshard.tensor.Ops.sum;
import static io.gshard.tensor.Ops.zeros;

import io.gshard.annotation.Backend;
import io.gshard.annotation.Config;
import io.gshard.annotation.Dims;
import io.gshard.annotation.Init;
import io.gshard.annotation.Model;
import io.gshard.annotation.Program;
import io.gshard.annotation.Replicate;
import io.gshard.annotation.Split;
import io.gshard.annotation.Stack;
import io.gshard.nn.Adafactor;
import io.gshard.nn.Nn;
import io.gshard.nn.Random;
import io.gshard.nn.Schedule;
import io.gshard.tensor.DType;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.List;

/**
 * The paper's translation model: an encoder-decoder Transformer with a mixture of experts in every
 * other layer of both. Experts are split over the mesh, all other weights are replicated, the batch
 * is split.
 *
 * <p>Dims: B rows of L source and T target positions; the same tokens as G groups for routing; E
 * experts, each with F times its even share of places; M model, H hidden, A = N heads of D; V
 * source and W target subwords; P stacked pairs of layers in the encoder and in the decoder.
 *
 * <p>The build compiles the configs that are not on request; {@code bin/nmt compile --config} any.
 */
@Model
@Config(
    name = "Demo",
    sizes = "B=16 L=64 T=32 G=8 E=8 F=2 M=128 H=512 A=128 N=4 D=32 V=4096 W=1536 P=1",
    mesh = "expert=8")
@Config(
    name = "Gshard12B",
    sizes =
        "B=1024 L=1024 T=1024 G=128 E=128 F=2 M=1024 H=8192 A=2048 N=16 D=128 V=64000 W=32000 P=3",
    mesh = "expert=128",
    onRequest = true,
    rematerialize = true,
    targets = Backend.XLA)
@Config(
    name = "Gshard37B",
    sizes =
        "B=1024 L=1024 T=1024 G=128 E=128 F=2 M=1024 H=8192 A=2048 N=16 D=128 V=64000 W=32000 P=9",
    mesh = "expert=128",
    rematerialize = true,
    targets = Backend.XLA)
@Config(
    name = "Gshard50B",
    sizes =
        "B=1024 L=1024 T=1024 G=512 E=512 F=2 M=1024 H=8192 A=2048 N=16 D=128 V=64000 W=32000 P=3",
    mesh = "expert=512",
    onRequest = true,
    rematerialize = true,
    targets = Backend.XLA)
@Config(
    name = "Gshard150B",
    sizes =
        "B=1024 L=1024 T=1024 G=512 E=512 F=2 M=1024 H=8192 A=2048 N=16 D=128 V=64000 W=32000 P=9",
    mesh = "expert=512",
    onRequest = true,
    rematerialize = true,
    targets = Backend.XLA)
@Config(
    name = "Gshard200B",
    sizes =
        "B=4096 L=1024 T=1024 G=2048 E=2048 F=2 M=1024 H=8192 A=2048 N=16 D=128 V=64000 W=32000 P=3",
    mesh = "expert=2048",
    onRequest = true,
    rematerialize = true,
    targets = Backend.XLA)
@Config(
    name = "Gshard600B",
    sizes =
        "B=4096 L=1024 T=1024 G=2048 E=2048 F=2 M=1024 H=8192 A=2048 N=16 D=128 V=64000 W=32000 P=9",
    mesh = "expert=2048",
    rematerialize = true,
    targets = Backend.XLA)
@Config(
    name = "Gshard1T",
    sizes =
        "B=4096 L=1024 T=1024 G=2048 E=2048 F=2 M=1024 H=8192 A=2048 N=16 D=128 V=64000 W=32000 P=15",
    mesh = "expert=2048",
    onRequest = true,
    rematerialize = true,
    targets = Backend.XLA)
public class Nmt {
  /**
   * The weight of the auxiliary loss, times E squared: the loss is 1 / (E * E) where all is even.
   */
  private static final double AUXILIARY = 0.01;

  /** The learning rate's peak, relative to a parameter's size, and the steps that lead up to it. */
  private static final double PEAK = 0.02;

  private static final double WARMUP_STEPS = 100;

  /** When translating experts have so many times the places that they have in training. */
  private static final int EVALUATION = 2;

  /** Of the random second choices; folded with the step. */
  private static final int SEED = 17;

  @Replicate
  @Init(Init.Kind.NORMAL)
  @Dims("V M")
  Tensor sourceEmbedding;

  @Replicate
  @Init(Init.Kind.NORMAL)
  @Dims("W M")
  Tensor targetEmbedding;

  @Stack("P")
  List<EncoderLayers> encoder;

  @Stack("P")
  List<DecoderLayers> decoder;

  final Norm encoderNorm = new Norm();
  final Norm decoderNorm = new Norm();

  /**
   * What a training step reports: the mean negative log-likelihood of a target token in nats, the
   * mean auxiliary loss of a layer, the number of target tokens, and how many tokens each expert
   * took.
   */
  public record Step(Tensor loss, Tensor auxiliary, Tensor tokens, Tensor load) {}

  /** An encoder's or decoder's last activations [B, L, M], summed auxiliary loss and load. */
  record Coded(Tensor x, Tensor auxiliary, Tensor load) {}

  /**
   * One training step on packed rows. Segments number the pairs in a row from 1, with 0 for
   * padding; positions count from 0 in each.
   *
   * @param target the target shifted right, after a start token
   * @param labels the target
   * @param step s32[], the steps done before
   * @param progress f32[], from 0 to 1, how much of the training is done
   */
  @Program
  Step trainStep(
      @Split(dim = 0) @Dims(value = "B L", type = DType.S32) Tensor source,
      @Split(dim = 0) @Dims(value = "B L", type = DType.S32) Tensor sourceSegments,
      @Split(dim = 0) @Dims(value = "B L", type = DType.S32) Tensor sourcePositions,
      @Split(dim = 0) @Dims(value = "B T", type = DType.S32) Tensor target,
      @Split(dim = 0) @Dims(value = "B T", type = DType.S32) Tensor labels,
      @Split(dim = 0) @Dims(value = "B T", type = DType.S32) Tensor targetSegments,
      @Split(dim = 0) @Dims(value = "B T", type = DType.S32) Tensor targetPositions,
      @Dims(value = "", type = DType.S32) Tensor step,
      @Dims("") Tensor progress) {
    Tensor key = Random.fold(Random.key(SEED), step);
    Coded memory = encode(source, sourceSegments, sourcePositions, size("F"), Random.fold(key, 1));
    Coded decoded =
        decode(
            memory.x(),
            sourceSegments,
            target,
            targetSegments,
            targetPositions,
            size("F"),
            Random.fold(key, 2));
    Tensor real = real(targetSegments);
    Tensor tokens = sum(real);
    Tensor loss = sum(Nn.crossEntropy(logits(decoded.x()), labels, 0).times(real)).over(tokens);
    Tensor auxiliary = memory.auxiliary().plus(decoded.auxiliary());
    minimize(
        loss.plus(auxiliary.times(AUXILIARY * size("E") * size("E"))),
        new Adafactor(new Schedule.Given(learningRate(step, progress))),
        step);
    return new Step(
        loss, auxiliary.over(2.0 * size("P")), tokens, memory.load().plus(decoded.load()));
  }

  /** The encoder's view of a source, for {@link #nextTokens}. */
  @Program
  @Dims("B L M")
  Tensor encodeSource(
      @Split(dim = 0) @Dims(value = "B L", type = DType.S32) Tensor source,
      @Split(dim = 0) @Dims(value = "B L", type = DType.S32) Tensor sourceSegments,
      @Split(dim = 0) @Dims(value = "B L", type = DType.S32) Tensor sourcePositions) {
    Tensor x =
        encode(source, sourceSegments, sourcePositions, EVALUATION * size("F"), Random.key(SEED))
            .x();
    return convert(x, DType.F32);
  }

  /** The most likely token after each position of the target so far: s32 [B, T]. */
  @Program
  @Dims(value = "B T", type = DType.S32)
  Tensor nextTokens(
      @Split(dim = 0) @Dims("B L M") Tensor memory,
      @Split(dim = 0) @Dims(value = "B L", type = DType.S32) Tensor sourceSegments,
      @Split(dim = 0) @Dims(value = "B T", type = DType.S32) Tensor target,
      @Split(dim = 0) @Dims(value = "B T", type = DType.S32) Tensor targetSegments,
      @Split(dim = 0) @Dims(value = "B T", type = DType.S32) Tensor targetPositions) {
    Coded decoded =
        decode(
            convert(memory, activations()),
            sourceSegments,
            target,
            targetSegments,
            targetPositions,
            EVALUATION * size("F"),
            Random.key(SEED));
    return Nn.argmax(logits(decoded.x()), -1);
  }

  private Coded encode(
      Tensor source, Tensor segments, Tensor positions, int factor, Tensor firstKey) {
    Tensor mask = Nn.segmentMask(segments, segments);
    Tensor real = real(segments);
    Tensor key = firstKey;
    Tensor x = embed(sourceEmbedding, source, positions);
    Tensor auxiliary = constant(DType.F32, 0);
    Tensor load = zeros(Shape.of(DType.F32, size("E")));
    for (EncoderLayers layers : encoder) {
      ExpertFeedForward.Output output = layers.apply(x, mask, real, factor, key);
      x = output.y();
      auxiliary = auxiliary.plus(output.auxiliary());
      load = load.plus(output.load());
      key = Random.fold(key, 1);
    }
    return new Coded(encoderNorm.apply(x), auxiliary, load);
  }

  private Coded decode(
      Tensor memory,
      Tensor sourceSegments,
      Tensor target,
      Tensor segments,
      Tensor positions,
      int factor,
      Tensor firstKey) {
    Tensor selfMask = Nn.causalSegmentMask(segments);
    Tensor crossMask = Nn.segmentMask(segments, sourceSegments);
    Tensor real = real(segments);
    Tensor key = firstKey;
    Tensor x = embed(targetEmbedding, target, positions);
    Tensor auxiliary = constant(DType.F32, 0);
    Tensor load = zeros(Shape.of(DType.F32, size("E")));
    for (DecoderLayers layers : decoder) {
      ExpertFeedForward.Output output =
          layers.apply(x, memory, selfMask, crossMask, real, factor, key);
      x = output.y();
      auxiliary = auxiliary.plus(output.auxiliary());
      load = load.plus(output.load());
      key = Random.fold(key, 1);
    }
    return new Coded(decoderNorm.apply(x), auxiliary, load);
  }

  private Tensor embed(Tensor table, Tensor ids, Tensor positions) {
    Tensor x = Nn.take(table, ids).plus(Nn.sinusoidalPositions(positions, size("M"), DType.F32));
    return convert(x, activations());
  }

  /** f32[B, T, W], through the target embedding. */
  private Tensor logits(Tensor x) {
    Tensor logits = einsum("BLM,WM->BLW", x, convert(targetEmbedding, x.type()));
    return convert(logits, DType.F32).times(1 / Math.sqrt(size("M")));
  }

  /** 1 where there is a token, 0 where there is padding. */
  private static Tensor real(Tensor segments) {
    return convert(greater(segments, constant(DType.S32, 0)), DType.F32);
  }

  /** Linear warm-up, then linearly down to a twentieth. */
  private static Tensor learningRate(Tensor step, Tensor progress) {
    Tensor warmup =
        Ops.minimum(convert(step, DType.F32).plus(1).over(WARMUP_STEPS), constant(DType.F32, 1));
    return warmup.times(progress.times(-0.95).plus(1)).times(PEAK);
  }
}
