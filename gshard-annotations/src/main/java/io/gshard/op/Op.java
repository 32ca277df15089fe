package io.gshard.op;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * The vocabulary that every engine speaks: HLO's operations on arrays, with HLO's names, attributes
 * and semantics. An op has no operands of its own; it is applied to tensors by an {@link
 * io.gshard.tensor.Engine} and to instructions in the compiler's graph. {@link ShapeInference}
 * gives the result's shape, {@link Vjp} the gradients.
 *
 * <p>Every op here takes arrays and gives one array. What holds computations or tuples (while,
 * call, ...) is {@link Structural} and known to the compiler alone.
 *
 * <p>Dims are counted from 0; nothing is broadcast implicitly.
 */
public sealed interface Op {

  /**
   * An op with computations, tuples or parameters; the compiler's graph has its own sealed family.
   */
  non-sealed interface Structural extends Op {}

  /** An op in which devices meet; only partitioned programs have them. */
  sealed interface Collective extends Op {
    /** The mesh axes along which they do. */
    List<String> axes();
  }

  /** Whether the result depends on other devices, or on which device it is computed. */
  default boolean needsMesh() {
    return this instanceof Collective || this instanceof PartitionId;
  }

  // --- sources

  /** A constant of the program. No operands. */
  record Constant(Literal value) implements Op {}

  /** Counts 0, 1, 2, ... along one dim. No operands. */
  record Iota(Shape shape, int dimension) implements Op {}

  // --- elementwise

  /** One operand, the same shape back ({@code IS_FINITE}: as pred). */
  record Unary(UnaryKind kind) implements Op {}

  enum UnaryKind {
    ABS,
    NEGATE,
    SIGN,
    EXP,
    EXPM1,
    LOG,
    LOG1P,
    SQRT,
    RSQRT,
    CBRT,
    TANH,
    LOGISTIC,
    ERF,
    SINE,
    COSINE,
    TAN,
    FLOOR,
    CEIL,
    ROUND_NEAREST_AFZ,
    ROUND_NEAREST_EVEN,
    NOT,
    IS_FINITE,
    POPCNT,
    CLZ
  }

  /** Two operands of one shape, the same shape back. AND, OR, XOR are bitwise (logical on pred). */
  record Binary(BinaryKind kind) implements Op {}

  enum BinaryKind {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    REMAINDER,
    MAXIMUM,
    MINIMUM,
    POWER,
    ATAN2,
    AND,
    OR,
    XOR,
    SHIFT_LEFT,
    SHIFT_RIGHT_LOGICAL,
    SHIFT_RIGHT_ARITHMETIC
  }

  /** Two operands of one shape; pred of that shape. Comparisons with NaN are false, NE is true. */
  record Compare(Direction direction) implements Op {}

  enum Direction {
    EQ,
    NE,
    LT,
    LE,
    GT,
    GE
  }

  /** (pred, onTrue, onFalse), all of one shape, elementwise. */
  record Select() implements Op {}

  /** (min, x, max): min and max scalars or of x's shape. */
  record Clamp() implements Op {}

  /** Another element type, by value. Floating to integer truncates; NaN gives 0. */
  record Convert(DType type) implements Op {}

  /** Another element type of the same width, by bits. */
  record BitcastConvert(DType type) implements Op {}

  // --- moving elements

  /** Operand dim i becomes result dim {@code dimensions[i]} (ascending); other dims repeat it. */
  record Broadcast(List<Long> dims, List<Integer> dimensions) implements Op {
    public Broadcast {
      dims = List.copyOf(dims);
      dimensions = List.copyOf(dimensions);
    }
  }

  /** The same elements in row-major order under other dims. */
  record Reshape(List<Long> dims) implements Op {
    public Reshape {
      dims = List.copyOf(dims);
    }
  }

  /** Result dim i is operand dim {@code permutation[i]}. */
  record Transpose(List<Integer> permutation) implements Op {
    public Transpose {
      permutation = List.copyOf(permutation);
    }
  }

  /** The given dims run backwards. */
  record Reverse(List<Integer> dimensions) implements Op {
    public Reverse {
      dimensions = List.copyOf(dimensions);
    }
  }

  /** Elements start, start+stride, ... below limit along each dim. */
  record Slice(List<Long> starts, List<Long> limits, List<Long> strides) implements Op {
    public Slice {
      starts = List.copyOf(starts);
      limits = List.copyOf(limits);
      strides = List.copyOf(strides);
    }
  }

  /**
   * (x, scalar value). Low and high may be negative, which crops; interior elements go between
   * neighbours.
   */
  record Pad(List<Long> low, List<Long> high, List<Long> interior) implements Op {
    public Pad {
      low = List.copyOf(low);
      high = List.copyOf(high);
      interior = List.copyOf(interior);
    }
  }

  /** One or more operands, joined along a dim. */
  record Concatenate(int dimension) implements Op {}

  /** (x, scalar index per dim): the window of these sizes at the index, clamped into x. */
  record DynamicSlice(List<Long> sizes) implements Op {
    public DynamicSlice {
      sizes = List.copyOf(sizes);
    }
  }

  /**
   * (x, update, scalar index per dim): x with the window at the index, clamped into x, replaced.
   */
  record DynamicUpdateSlice() implements Op {}

  // --- contractions and reductions

  /**
   * (lhs, rhs): result dims are batch, then lhs's other dims, then rhs's other dims; products are
   * summed over the contracting dims. The two element types are equal; the result has that type, or
   * {@code preferred} where it is not null (bf16 in, f32 out).
   */
  record Dot(
      List<Integer> lhsBatch,
      List<Integer> rhsBatch,
      List<Integer> lhsContracting,
      List<Integer> rhsContracting,
      DType preferred)
      implements Op {
    public Dot {
      lhsBatch = List.copyOf(lhsBatch);
      rhsBatch = List.copyOf(rhsBatch);
      lhsContracting = List.copyOf(lhsContracting);
      rhsContracting = List.copyOf(rhsContracting);
    }

    /** The dims of an operand that are neither batch nor contracting. */
    public static List<Integer> free(int rank, List<Integer> batch, List<Integer> contracting) {
      return java.util.stream.IntStream.range(0, rank)
          .filter(i -> !batch.contains(i) && !contracting.contains(i))
          .boxed()
          .toList();
    }
  }

  /** (x): the dims are folded away with a combiner, from its identity. */
  record Reduce(Combiner combiner, List<Integer> dimensions) implements Op {
    public Reduce {
      dimensions = List.copyOf(dimensions);
    }
  }

  /**
   * (x): running fold along one dim, the same shape back. {@code exclusive} leaves each element
   * itself out; {@code reverse} runs from the end. HLO writes it as a reduce-window as long as the
   * dim.
   */
  record Cumulative(Combiner combiner, int dimension, boolean exclusive, boolean reverse)
      implements Op {}

  // --- indexed

  /** (x, s32 or s64 start indices): HLO's gather; windows are clamped into x. */
  record Gather(
      List<Integer> offsetDims,
      List<Integer> collapsedSliceDims,
      List<Integer> operandBatchingDims,
      List<Integer> indicesBatchingDims,
      List<Integer> startIndexMap,
      int indexVectorDim,
      List<Long> sliceSizes)
      implements Op {
    public Gather {
      offsetDims = List.copyOf(offsetDims);
      collapsedSliceDims = List.copyOf(collapsedSliceDims);
      operandBatchingDims = List.copyOf(operandBatchingDims);
      indicesBatchingDims = List.copyOf(indicesBatchingDims);
      startIndexMap = List.copyOf(startIndexMap);
      sliceSizes = List.copyOf(sliceSizes);
    }
  }

  /**
   * (x, s32 or s64 indices, updates): x with updates combined in ({@code combiner} null: put);
   * windows that do not fit whole into x are left out.
   */
  record Scatter(
      Combiner combiner,
      List<Integer> updateWindowDims,
      List<Integer> insertedWindowDims,
      List<Integer> operandBatchingDims,
      List<Integer> indicesBatchingDims,
      List<Integer> scatterDimsToOperandDims,
      int indexVectorDim)
      implements Op {
    public Scatter {
      updateWindowDims = List.copyOf(updateWindowDims);
      insertedWindowDims = List.copyOf(insertedWindowDims);
      operandBatchingDims = List.copyOf(operandBatchingDims);
      indicesBatchingDims = List.copyOf(indicesBatchingDims);
      scatterDimsToOperandDims = List.copyOf(scatterDimsToOperandDims);
    }
  }

  // --- gradients and scheduling

  /** The operand, through which no gradient flows. Gone after autodiff. */
  record StopGradient() implements Op {}

  /** The operand, which no pass may look through (used to pin rematerialisation). */
  record OptimizationBarrier() implements Op {}

  // --- several devices: only in partitioned programs and manual regions

  /** The device's id as u32[]. No operands. */
  record PartitionId() implements Op {}

  /** Folds the operand over the devices along the axes; all get the result. */
  record AllReduce(Combiner combiner, List<String> axes) implements Collective {
    public AllReduce {
      axes = List.copyOf(axes);
    }
  }

  /** Joins the operands of the devices along the axes, in their order, along a dim. */
  record AllGather(int dimension, List<String> axes) implements Collective {
    public AllGather {
      axes = List.copyOf(axes);
    }
  }

  /** Folds over the axes, then each device keeps its part of the dim, which must divide. */
  record ReduceScatter(Combiner combiner, int dimension, List<String> axes) implements Collective {
    public ReduceScatter {
      axes = List.copyOf(axes);
    }
  }

  /**
   * Cuts the split dim in as many parts as the axes have devices (it must divide), sends part i to
   * the i-th, and joins what arrives along the concat dim in the senders' order.
   */
  record AllToAll(int splitDimension, int concatDimension, List<String> axes)
      implements Collective {
    public AllToAll {
      axes = List.copyOf(axes);
    }
  }

  /**
   * Along the axes, device i (of n) sends to device {@code targets[i]}; -1 sends to nobody. A
   * device that nobody sends to gets zeros.
   */
  record CollectivePermute(List<String> axes, List<Integer> targets) implements Collective {
    public CollectivePermute {
      axes = List.copyOf(axes);
      targets = targets instanceof Route ? targets : List.copyOf(targets);
    }
  }
}
