package io.gshard.trace;

import io.gshard.autodiff.Autodiff;
import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.mesh.ShardingDetails;
import io.gshard.nn.Optimizer;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The engine that computes nothing and writes down: each op becomes an instruction of a graph. The
 * layers of gshard-annotations run on it as the ordinary Java that they are, and so do the gradient
 * rules.
 *
 * <p>A tracer for the body of a loop has the enclosing one as its parent. A tensor of the parent
 * that is used in the body is <em>captured</em>: it becomes a parameter of the body, after those it
 * has already.
 */
public final class Tracer implements Engine {

  /** What ops about the running model mean; given by whoever traces a model. */
  public interface Model {
    long size(String dim);

    DType activations();

    void minimize(Tensor loss, Optimizer optimizer, Tensor step);

    /** No model: such ops are refused. */
    Model NONE =
        new Model() {
          @Override
          public long size(String dim) {
            throw new IllegalStateException("size(\"" + dim + "\") outside of a model");
          }

          @Override
          public DType activations() {
            throw new IllegalStateException("activations() outside of a model");
          }

          @Override
          public void minimize(Tensor loss, Optimizer optimizer, Tensor step) {
            throw new IllegalStateException("minimize outside of a model");
          }
        };
  }

  private final Tracer parent;
  private final Model model;
  private final GraphBuilder builder;
  private final Map<Tensor, Tensor> captured = new LinkedHashMap<>();
  private List<String> manual = List.of();

  public Tracer(String name, MeshShape mesh, Model model) {
    this(name, mesh, model, null);
  }

  private Tracer(String name, MeshShape mesh, Model model, Tracer parent) {
    this.parent = parent;
    this.model = model;
    this.builder = new GraphBuilder(name, mesh);
  }

  /** A tracer for a computation that is called from this one's graph. */
  public Tracer nested(String name) {
    Tracer nested = new Tracer(name, builder.mesh(), model, this);
    nested.builder.at(builder.source());
    nested.manual = manual;
    return nested;
  }

  /**
   * Traces a plain function, as tests do: the arguments' shapes in, a module with a flat tuple out.
   */
  public static HloModule trace(
      String name,
      MeshShape mesh,
      List<Shape> arguments,
      Function<List<Tensor>, List<Tensor>> body) {
    Tracer tracer = new Tracer(name, mesh, Model.NONE);
    List<Tensor> parameters = new ArrayList<>();
    for (Shape shape : arguments) {
      parameters.add(tracer.parameter("arg" + parameters.size(), shape));
    }
    List<Tensor> results = Engine.with(tracer, () -> body.apply(parameters));
    return new HloModule(name, mesh, tracer.build(results));
  }

  public GraphBuilder builder() {
    return builder;
  }

  public Tensor parameter(String hint, Shape shape) {
    return wrap(builder.parameter(hint, shape));
  }

  public Tensor wrap(Instruction instruction) {
    return new TracedTensor(instruction, this);
  }

  /** The instruction of a tensor in this graph; one of an enclosing graph is captured. */
  public Instruction instruction(Tensor tensor) {
    if (!(tensor instanceof TracedTensor traced)) {
      return builder.add(new Op.Constant(tensor.literal()));
    }
    if (traced.tracer() == this) {
      return traced.instruction();
    }
    if (parent == null) {
      throw new IllegalStateException(traced + " belongs to another program");
    }
    if (traced.instruction().op() instanceof Op.Constant) {
      return builder.add(traced.instruction().op());
    }
    Tensor known = captured.get(traced);
    if (known == null) {
      // The parent may have to capture it in turn; then that is what both refer to.
      Instruction outer = parent.instruction(traced);
      known = parameter("captured", outer.shape());
      captured.put(traced, known);
    }
    return ((TracedTensor) known).instruction();
  }

  /** The enclosing graph's tensors that this one has captured, in the order of their parameters. */
  public List<Tensor> captured() {
    return List.copyOf(captured.keySet());
  }

  /** The computation, whose root is a tuple of the results. */
  public Computation build(List<Tensor> results) {
    return builder.build(builder.tuple(results.stream().map(this::instruction).toList()));
  }

  /** Adds a structural op and gives the leaves of its (flat tuple) result. */
  public List<Tensor> applyTuple(HloOp op, Type type, List<Tensor> operands) {
    Instruction result = builder.add(op, type, operands.stream().map(this::instruction).toList());
    List<Tensor> leaves = new ArrayList<>();
    for (int i = 0; i < type.leaves().size(); i++) {
      leaves.add(wrap(builder.element(result, i)));
    }
    return leaves;
  }

  @Override
  public Tensor apply(Op op, List<Tensor> operands) {
    return wrap(builder.add(op, operands.stream().map(this::instruction).toList()));
  }

  /**
   * Adds a {@code Sharding} custom-call that carries the sharding, so that one value can be split
   * in several ways.
   */
  @Override
  public Tensor annotate(Tensor tensor, Sharding sharding) {
    Instruction operand = instruction(tensor);
    Sharding resolved = resolve(sharding, operand.shape());
    Instruction annotated =
        Instruction.of(
            "sharding",
            new HloOp.CustomCall("Sharding", "", operand.type()),
            operand.type(),
            List.of(operand),
            builder.source());
    return wrap(builder.add(annotated.withSharding(resolved)));
  }

  // --- manual regions

  /** The axes that are manual here. */
  public List<String> manual() {
    return manual;
  }

  /** Traces a body in which these axes are manual as well. */
  public <R> R inManual(List<String> axes, Supplier<R> body) {
    List<String> outer = manual;
    manual = joined(outer, axes);
    try {
      return body.get();
    } finally {
      manual = outer;
    }
  }

  /**
   * A device's part of a whole, to be used where these axes are manual too.
   *
   * @param cut which dims the axes split, into equal parts; the rest of them replicate
   * @return of the part's shape
   */
  public Tensor enter(Tensor whole, Sharding cut, List<String> axes) {
    Instruction operand = instruction(whole);
    Shape part = cut.local(builder.mesh(), operand.shape());
    List<String> outside = outside(axes);
    Instruction split = custom("Sharding", operand, operand.shape(), open(cut, outside));
    Sharding inside = open(Sharding.replicated(part.rank()), joined(outside, axes));
    return wrap(custom(HloOp.CustomCall.FULL_TO_SHARD, split, part, inside));
  }

  /**
   * The whole of the devices' parts, to be used where these axes are no longer manual.
   *
   * @param cut which dims the axes split; along the rest of them each device has the same
   */
  public Tensor leave(Tensor part, Sharding cut, List<String> axes) {
    Instruction operand = instruction(part);
    List<Long> dims = new ArrayList<>();
    for (int d = 0; d < cut.rank(); d++) {
      dims.add(operand.shape().dim(d) * cut.parts(builder.mesh(), d));
    }
    Shape whole = operand.shape().withDims(dims);
    return wrap(custom(HloOp.CustomCall.SHARD_TO_FULL, operand, whole, open(cut, outside(axes))));
  }

  private List<String> outside(List<String> axes) {
    return manual.stream().filter(axis -> !axes.contains(axis)).toList();
  }

  private Instruction custom(String target, Instruction operand, Shape shape, Sharding sharding) {
    Type type = new Type.Array(shape);
    Instruction call =
        Instruction.of(
            target,
            new HloOp.CustomCall(target, "", type),
            type,
            List.of(operand),
            builder.source());
    return builder.add(call.withSharding(sharding));
  }

  /** The sharding, which other axes may refine, where some are manual. */
  private static Sharding open(Sharding sharding, List<String> manual) {
    List<Integer> all = IntStream.range(0, sharding.rank()).boxed().toList();
    return sharding.with(ShardingDetails.NONE.withManual(manual).withOpen(all));
  }

  private static List<String> joined(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).distinct().toList();
  }

  @Override
  public List<String> manual(List<String> axes) {
    for (String axis : axes) {
      if (!manual.contains(axis) && !builder.mesh().axes().isEmpty()) {
        throw new IllegalStateException(
            "mesh axis '%s' is not manual here; manual are %s; annotate the method with @Manual(\"%s\")"
                .formatted(axis, manual, axis));
      }
    }
    if (axes.isEmpty() && manual.isEmpty() && !builder.mesh().axes().isEmpty()) {
      throw new IllegalStateException(
          "a collective outside of a manual method; annotate the method with @Manual");
    }
    return axes.isEmpty() ? manual : axes.stream().filter(builder.mesh()::has).toList();
  }

  @Override
  public long devices(List<String> axes) {
    return builder.mesh().size(axes);
  }

  /** A device's part of all their numbers. */
  @Override
  public Tensor device(List<String> axes) {
    Tensor all = apply(new Op.Iota(Shape.of(DType.S32, devices(axes)), 0), List.of());
    Tensor own = enter(all, new Sharding(List.of(axes)), manual);
    return apply(new Op.Reshape(List.of()), List.of(own));
  }

  /**
   * The sharding with {@link Sharding#ONLY_AXIS} replaced, checked against a shape and the mesh.
   *
   * @throws ShapeException if it names an axis that the mesh has not, or dims that the shape has
   *     not
   */
  public Sharding resolve(Sharding sharding, Shape shape) {
    MeshShape mesh = builder.mesh();
    if (sharding.rank() != shape.rank()) {
      throw new ShapeException(
          "a sharding of %d dims for %s, which has %d"
              .formatted(sharding.rank(), shape, shape.rank()));
    }
    if (sharding.order() != null && sharding.order().size() != mesh.devices()) {
      throw new ShapeException(
          "%d devices are assigned, the mesh '%s' has %d"
              .formatted(sharding.order().size(), mesh, mesh.devices()));
    }
    List<List<String>> dims = new ArrayList<>();
    for (List<String> axes : sharding.dims()) {
      List<String> named = new ArrayList<>();
      for (String axis : axes) {
        named.add(axis.equals(Sharding.ONLY_AXIS) ? onlyAxis(mesh) : axis);
      }
      for (String axis : named) {
        if (!axis.isEmpty() && !mesh.has(axis)) {
          throw new ShapeException("the mesh '%s' has no axis '%s'".formatted(mesh, axis));
        }
        if (manual.contains(axis)) {
          throw new ShapeException(
              "mesh axis '%s' is manual here, where each device has its own; expected another axis"
                  .formatted(axis));
        }
      }
      named.removeIf(String::isEmpty);
      dims.add(named);
    }
    return new Sharding(dims).with(sharding.details());
  }

  /**
   * The axis meant by a split that names none; "" on a mesh of one device, where nothing is split.
   */
  private static String onlyAxis(MeshShape mesh) {
    return switch (mesh.axes().size()) {
      case 0 -> "";
      case 1 -> mesh.axes().getFirst().name();
      default ->
          throw new ShapeException(
              "the mesh '%s' has several axes: name one, as in axis = \"%s\""
                  .formatted(mesh, mesh.axes().getFirst().name()));
    };
  }

  /** A scan that keeps nothing of its turns. */
  @Override
  public Tensor map(List<Tensor> stacks, Function<List<Tensor>, Tensor> body) {
    long turns = Engine.turns(stacks);
    Tracer inner = nested("map");
    List<Tensor> slices = new ArrayList<>();
    for (Tensor stack : stacks) {
      Shape whole = stack.shape();
      slices.add(inner.parameter("slice", whole.withDims(whole.dims().subList(1, whole.rank()))));
    }
    Tensor result = Engine.with(inner, () -> body.apply(slices));
    List<Long> dims = new ArrayList<>(result.shape().dims());
    dims.addFirst(turns);
    HloOp.Scan loop =
        new HloOp.Scan(inner.build(List.of(result)), turns, 0, stacks.size(), false, true);
    List<Tensor> operands = new ArrayList<>(stacks);
    operands.addAll(inner.captured());
    return applyTuple(loop, Type.tuple(List.of(result.shape().withDims(dims))), operands)
        .getFirst();
  }

  @Override
  public List<Tensor> gradients(Tensor loss, List<Tensor> wrt) {
    return Autodiff.gradients(this, loss, wrt);
  }

  @Override
  public void minimize(Tensor loss, Optimizer optimizer, Tensor step) {
    model.minimize(loss, optimizer, step);
  }

  @Override
  public long size(String dim) {
    return model.size(dim);
  }

  @Override
  public DType activations() {
    return model.activations();
  }
}
