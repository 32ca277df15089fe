package io.gshard.eval;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Runs computations instruction by instruction, on some devices in lock-step: each instruction is
 * done on all of them before the next one.
 */
final class Interpreter {
  private final MeshShape mesh;
  private final List<Integer> devices;
  private final boolean whole;

  /** How many rng there have been; one counter for all interpreters of a run. */
  private final long[] calls;

  private Interpreter(MeshShape mesh, List<Integer> devices, boolean whole, long[] calls) {
    this.calls = calls;
    this.mesh = mesh;
    this.devices = devices;
    this.whole = whole;
  }

  /** One device, no mesh: collectives are refused. */
  static Interpreter single() {
    return new Interpreter(MeshShape.SINGLE, List.of(0), false, new long[1]);
  }

  /** All devices of a mesh. */
  static Interpreter of(MeshShape mesh) {
    List<Integer> all = IntStream.range(0, mesh.devices()).boxed().toList();
    return new Interpreter(mesh, all, true, new long[1]);
  }

  /** One of the devices alone, for code that may differ between devices. */
  Interpreter only(int position) {
    return devices.size() == 1 && !whole
        ? this
        : new Interpreter(mesh, List.of(devices.get(position)), false, calls);
  }

  int size() {
    return devices.size();
  }

  int device(int position) {
    return devices.get(position);
  }

  /** The root's value for the parameters' values. */
  Value call(Computation computation, List<Value> arguments) {
    List<Instruction> parameters = computation.parameters();
    if (parameters.size() != arguments.size()) {
      throw new IllegalArgumentException(
          "computation %s takes %d arguments, found %d"
              .formatted(computation.name(), parameters.size(), arguments.size()));
    }
    Map<Instruction, Value> values = new HashMap<>();
    for (Instruction instruction : computation.instructions()) {
      Value value =
          instruction.op() instanceof HloOp.Parameter(int index)
              ? arguments.get(index)
              : evaluate(instruction, instruction.operands().stream().map(values::get).toList());
      check(instruction, value);
      values.put(instruction, value);
    }
    return values.get(computation.root());
  }

  private Value evaluate(Instruction instruction, List<Value> operands) {
    return switch (instruction.op()) {
      case HloOp op -> structural(instruction, op, operands);
      case Op.PartitionId op -> {
        refuseUnlessMesh(instruction, !mesh.axes().isEmpty() || whole);
        yield Collectives.partitionIds(devices);
      }
      case Op.Collective op -> {
        refuseUnlessMesh(instruction, whole);
        Value.Array operand = (Value.Array) operands.getFirst();
        yield new Value.Array(new Collectives(mesh).apply(op, operand.perDevice()));
      }
      case Op op -> {
        yield perDevice(i -> ReferenceOps.apply(op, operands.stream().map(v -> v.on(i)).toList()));
      }
    };
  }

  private static void refuseUnlessMesh(Instruction instruction, boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s at %s: %s where not all devices of a mesh run together"
              .formatted(instruction, instruction.source(), ShapeInference.name(instruction.op())));
    }
  }

  private Value structural(Instruction instruction, HloOp op, List<Value> operands) {
    return switch (op) {
      case HloOp.Parameter p ->
          throw new IllegalStateException(instruction + " is bound when its computation is called");
      case HloOp.Tuple t -> new Value.Tuple(operands);
      case HloOp.GetTupleElement g -> ((Value.Tuple) operands.getFirst()).elements().get(g.index());
      case HloOp.While w -> Control.loop(this, instruction, w, operands.getFirst());
      case HloOp.Conditional c -> Control.branch(this, c, operands);
      case HloOp.Call c -> call(c.computation(), operands);
      case HloOp.Scan s -> Control.scan(this, s, operands, instruction.type());
      case HloOp.ReduceRegion r -> Regions.apply(this, r, operands);
      case HloOp.Sort s -> Regions.apply(this, s, operands);
      case HloOp.CustomCall c -> {
        if (!c.target().equals("Sharding")) {
          throw new IllegalArgumentException(
              "%s at %s: custom-call \"%s\" is not known to the reference evaluator"
                  .formatted(instruction, instruction.source(), c.target()));
        }
        yield operands.getFirst();
      }
      case ArrayOp.Merged m -> {
        refuseUnlessMesh(instruction, whole);
        Collectives collectives = new Collectives(mesh);
        yield new Value.Tuple(
            operands.stream()
                .map(
                    v ->
                        (Value)
                            new Value.Array(
                                collectives.apply(m.collective(), ((Value.Array) v).perDevice())))
                .toList());
      }
      case ArrayOp.Rng r -> {
        long call = calls[0]++;
        yield perDevice(
            i -> Randoms.draw(r, operands.get(0).on(i), operands.get(1).on(i), call, device(i)));
      }
      case ArrayOp.RngBitGenerator r -> {
        List<Value> each = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
          Type.Tuple type = (Type.Tuple) r.type();
          each.add(RandomBits.generate(r.algorithm(), operands.getFirst().on(i), type));
        }
        yield Value.join(each);
      }
      case ArrayOp.Convolution c ->
          perDevice(
              i ->
                  Convolutions.convolve(
                      c, operands.get(0).on(i), operands.get(1).on(i), instruction.shape()));
      case ArrayOp.Fft f -> perDevice(i -> Fourier.transform(f, operands.getFirst().on(i)));
      case ArrayOp.Cholesky c -> perDevice(i -> Triangular.cholesky(c, operands.getFirst().on(i)));
      case ArrayOp.TriangularSolve t ->
          perDevice(i -> Triangular.solve(t, operands.get(0).on(i), operands.get(1).on(i)));
      case ArrayOp.ReducePrecision r ->
          perDevice(i -> Precision.reduce(r, operands.getFirst().on(i)));
      case ArrayOp.CompareTotal c ->
          perDevice(
              i ->
                  Elementwise.compareTotal(
                      c.direction(), operands.get(0).on(i), operands.get(1).on(i)));
      case ArrayOp.Complex c ->
          perDevice(i -> Elementwise.complex(operands.get(0).on(i), operands.get(1).on(i)));
      case ArrayOp.Real r -> perDevice(i -> Elementwise.part(operands.getFirst().on(i), false));
      case ArrayOp.Imag m -> perDevice(i -> Elementwise.part(operands.getFirst().on(i), true));
      case ArrayOp.ReduceWindow r -> Regions.apply(this, r, operands);
      case ArrayOp.SelectAndScatter s -> Regions.apply(this, s, operands);
      case ArrayOp.ScatterRegion s -> Regions.apply(this, s, operands);
      case ArrayOp.Map m -> Regions.apply(this, m, operands);
      case ArrayOp.TopK t -> Regions.apply(this, t, operands);
    };
  }

  private Value.Array perDevice(IntFunction<Literal> onPosition) {
    return new Value.Array(IntStream.range(0, size()).mapToObj(onPosition).toList());
  }

  /** What an instruction gives has the type that the graph says, or the graph or this is wrong. */
  private static void check(Instruction instruction, Value value) {
    List<Shape> expected = instruction.type().leaves();
    List<Shape> found = value.leaves().stream().map(a -> a.perDevice().getFirst().shape()).toList();
    if (!expected.equals(found)) {
      throw new IllegalStateException(
          "%s at %s should give %s, found %s"
              .formatted(instruction, instruction.source(), instruction.type(), found));
    }
  }
}
