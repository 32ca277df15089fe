package io.gshard.hlo.text;

import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Normalisation over a batch, which our graph holds as elementwise ops and reductions (XLA's
 * "Operation Semantics": BatchNormTraining, BatchNormInference, BatchNormGrad). All is computed in
 * f32 at least, and variances as means of squared differences.
 */
final class BatchNorms {
  static final Set<String> OPCODES =
      Set.of("batch-norm-training", "batch-norm-inference", "batch-norm-grad");

  private final Reading in;
  private final ComputationReader scope;
  private final Shape given;
  private final int feature;
  private final DType type;
  private final Instruction x;
  private final Instruction epsilon;

  private BatchNorms(Reading in, ComputationReader scope) {
    this.in = in;
    this.scope = scope;
    this.given = in.shape(0);
    this.feature = in.number("feature_index");
    if (feature < 0 || feature >= given.rank()) {
      throw in.error("feature_index=%d, expected a dim of %s".formatted(feature, given));
    }
    if (!given.type().isFloating()) {
      throw in.error("%s of %s, expected floating numbers".formatted(in.opcode(), given));
    }
    this.type = given.type() == DType.F64 ? DType.F64 : DType.F32;
    this.x = converted(in.operand(0), type);
    String said = in.attribute("epsilon", text -> text.word(","));
    try {
      this.epsilon = features(Double.parseDouble(said));
    } catch (NumberFormatException e) {
      throw in.error("epsilon=%s, expected a number".formatted(said));
    }
  }

  /** What a line of one of the {@link #OPCODES} becomes. */
  static Expansion expand(Reading in, ComputationReader scope) {
    BatchNorms norm = new BatchNorms(in, scope);
    return switch (in.opcode()) {
      case "batch-norm-training" -> norm.training();
      case "batch-norm-inference" -> norm.inference();
      default -> norm.gradient();
    };
  }

  /** (x, scale, offset): y, and the batch's mean and variance by feature. */
  private Expansion training() {
    check(3);
    Instruction mean = mean(x);
    Instruction centered = binary(Op.BinaryKind.SUBTRACT, x, spread(mean));
    Instruction variance = mean(product(centered, centered));
    DType features = in.shape(1).type();
    return new Expansion(
        new HloOp.Tuple(),
        List.of(
            converted(scaled(centered, variance), given.type()),
            converted(mean, features),
            converted(variance, features)));
  }

  /** (x, scale, offset, mean, variance): y. */
  private Expansion inference() {
    check(5);
    Instruction centered = binary(Op.BinaryKind.SUBTRACT, x, spread(of(3)));
    return new Expansion(new Op.Convert(given.type()), List.of(scaled(centered, of(4))));
  }

  /**
   * (x, scale, mean, variance, dy): the gradients by x, scale and offset, the mean and the variance
   * being the batch's own.
   */
  private Expansion gradient() {
    check(4);
    if (!in.shape(4).equals(given)) {
      throw in.error("a gradient %s of %s".formatted(in.shape(4), given));
    }
    Instruction dy = converted(in.operand(4), type);
    Instruction centered = binary(Op.BinaryKind.SUBTRACT, x, spread(of(2)));
    Instruction inverse = inverse(of(3));
    Instruction normal = product(centered, spread(inverse));
    Instruction byScale = sum(product(dy, normal));
    Instruction byOffset = sum(dy);
    Instruction common = spread(divided(byOffset));
    Instruction along = product(normal, spread(divided(byScale)));
    Instruction rest =
        binary(Op.BinaryKind.SUBTRACT, binary(Op.BinaryKind.SUBTRACT, dy, common), along);
    Instruction byX = product(spread(product(of(1), inverse)), rest);
    DType features = in.shape(1).type();
    return new Expansion(
        new HloOp.Tuple(),
        List.of(
            converted(byX, given.type()),
            converted(byScale, features),
            converted(byOffset, features)));
  }

  /** All operands but the first, up to this one, have an element for each feature. */
  private void check(int operands) {
    for (int i = 1; i < operands; i++) {
      Shape wanted = in.shape(1).withDims(List.of(given.dim(feature)));
      if (!in.shape(i).equals(wanted)) {
        throw in.error("operand %d is %s, expected %s".formatted(i, in.shape(i), wanted));
      }
    }
  }

  private Instruction scaled(Instruction centered, Instruction variance) {
    Instruction factor = product(of(1), inverse(variance));
    return binary(Op.BinaryKind.ADD, product(centered, spread(factor)), spread(of(2)));
  }

  private Instruction inverse(Instruction variance) {
    Instruction sum = binary(Op.BinaryKind.ADD, variance, epsilon);
    return scope.add(new Op.Unary(Op.UnaryKind.RSQRT), List.of(sum));
  }

  private Instruction mean(Instruction array) {
    return divided(sum(array));
  }

  private Instruction sum(Instruction array) {
    List<Integer> dims =
        IntStream.range(0, given.rank()).filter(d -> d != feature).boxed().toList();
    return scope.add(new Op.Reduce(Combiner.ADD, dims), List.of(array));
  }

  /** A sum over all but the features, by how many elements it has. */
  private Instruction divided(Instruction sum) {
    double count = (double) given.elements() / given.dim(feature);
    return binary(Op.BinaryKind.DIVIDE, sum, features(count));
  }

  private Instruction features(double value) {
    Instruction scalar = scope.add(new Op.Constant(Literal.scalar(type, value)), List.of());
    return scope.add(new Op.Broadcast(List.of(given.dim(feature)), List.of()), List.of(scalar));
  }

  private Instruction spread(Instruction features) {
    return scope.add(new Op.Broadcast(given.dims(), List.of(feature)), List.of(features));
  }

  private Instruction of(int operand) {
    return converted(in.operand(operand), type);
  }

  private Instruction product(Instruction a, Instruction b) {
    return binary(Op.BinaryKind.MULTIPLY, a, b);
  }

  private Instruction binary(Op.BinaryKind kind, Instruction a, Instruction b) {
    return scope.add(new Op.Binary(kind), List.of(a, b));
  }

  private Instruction converted(Instruction array, DType wanted) {
    return array.shape().type() == wanted
        ? array
        : scope.add(new Op.Convert(wanted), List.of(array));
  }
}
