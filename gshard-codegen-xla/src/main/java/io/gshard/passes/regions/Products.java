package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Window;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Folds of complex numbers by products, as folds with a computation of their own: unlike sums, they
 * do not keep the parts apart.
 */
final class Products {
  private final Arrays arrays;
  private final MeshShape mesh;

  Products(Arrays arrays, MeshShape mesh) {
    this.arrays = arrays;
    this.mesh = mesh;
  }

  static boolean isOne(Instruction instruction) {
    Combiner combiner =
        switch (instruction.op()) {
          case Op.Reduce r -> r.combiner();
          case Op.Cumulative c -> c.combiner();
          case Op.Scatter s -> s.combiner();
          case Op.AllReduce a -> a.combiner();
          case Op.ReduceScatter r -> r.combiner();
          default -> null;
        };
    return combiner == Combiner.MULTIPLY && instruction.shape().type().isComplex();
  }

  Instruction fold(Op op, List<Instruction> operands) {
    Instruction x = operands.getFirst();
    List<Long> dims = x.shape().dims();
    Computation product = product(x.shape().type());
    return switch (op) {
      case Op.Reduce r -> reduce(product, x, r.dimensions());
      case Op.Cumulative c -> {
        List<Window.Dim> window = new ArrayList<>(Window.trivial(dims.size()).dims());
        long n = dims.get(c.dimension());
        long before = c.exclusive() ? n : n - 1;
        long after = c.exclusive() ? -1 : 0;
        long low = c.reverse() ? after : before;
        long high = c.reverse() ? before : after;
        window.set(c.dimension(), new Window.Dim(Math.max(1, n), 1, low, high, 1, 1, false));
        ArrayOp.ReduceWindow running = new ArrayOp.ReduceWindow(product, new Window(window));
        yield n == 0 ? x : new Folds(arrays).window(running, List.of(x, one(x))).getFirst();
      }
      case Op.Scatter s ->
          Scattering.scatter(arrays, new ArrayOp.ScatterRegion(product, s), operands).getFirst();
      case Op.AllReduce a -> {
        List<Long> one = new ArrayList<>(dims);
        one.addFirst(1L);
        Instruction all = arrays.emit(new Op.AllGather(0, a.axes()), arrays.reshape(x, one));
        yield reduce(product, all, List.of(0));
      }
      case Op.ReduceScatter r -> {
        long parts = r.axes().stream().mapToLong(mesh::size).reduce(1, Math::multiplyExact);
        List<Long> cut = new ArrayList<>(dims);
        cut.set(r.dimension(), dims.get(r.dimension()) / parts);
        cut.add(r.dimension(), parts);
        Op.AllToAll swap = new Op.AllToAll(r.dimension(), r.dimension(), r.axes());
        Instruction own = arrays.emit(swap, arrays.reshape(x, cut));
        yield reduce(product, own, List.of(r.dimension()));
      }
      default -> throw new IllegalArgumentException(op + " folds nothing");
    };
  }

  private Instruction reduce(Computation product, Instruction x, List<Integer> dims) {
    HloOp.ReduceRegion fold = new HloOp.ReduceRegion(product, dims);
    return new Folds(arrays).reduce(fold, List.of(x, one(x))).getFirst();
  }

  private Instruction one(Instruction x) {
    return arrays.constant(x.shape().type(), 1);
  }

  private Computation product(DType type) {
    GraphBuilder builder = new GraphBuilder("product", mesh);
    Instruction x = builder.parameter("x", Shape.scalar(type));
    Instruction y = builder.parameter("y", Shape.scalar(type));
    return builder.build(builder.add(new Op.Binary(Op.BinaryKind.MULTIPLY), x, y));
  }
}
