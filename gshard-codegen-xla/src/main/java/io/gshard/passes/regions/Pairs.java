package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.op.Op.BinaryKind;
import io.gshard.op.Op.UnaryKind;
import io.gshard.op.ShapeInference;
import io.gshard.passes.Emitter;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Makes of each complex array a tuple of two real ones, its real and its imaginary part. So loops,
 * calls and tuples stay as they are, and what only moves or adds elements is done to both parts.
 */
final class Pairs {
  private final MeshShape mesh;
  private final Map<Computation, Computation> done = new IdentityHashMap<>();

  private Pairs(MeshShape mesh) {
    this.mesh = mesh;
  }

  /** The module without complex arrays; what takes or gives some stays as it is. */
  static HloModule run(HloModule module) {
    Computation entry = module.entry();
    boolean outside =
        isComplex(entry.root()) || entry.parameters().stream().anyMatch(Pairs::isComplex);
    return outside ? module : module.withEntry(new Pairs(module.mesh()).rewrite(entry));
  }

  private static boolean isComplex(Instruction instruction) {
    return instruction.type().stream().anyMatch(s -> s.type().isComplex());
  }

  private Computation rewrite(Computation computation) {
    Computation known = done.get(computation);
    if (known == null) {
      boolean plain =
          computation.instructions().stream()
              .allMatch(i -> !isComplex(i) && Computation.calledBy(i).isEmpty());
      known = plain ? computation : new Body(computation).build();
      done.put(computation, known);
    }
    return known;
  }

  private static Type paired(Type type) {
    return switch (type) {
      case Type.Array(Shape shape) when shape.type().isComplex() -> {
        Shape part = shape.withType(shape.type().part());
        yield Type.tuple(List.of(part, part));
      }
      case Type.Array array -> array;
      case Type.Tuple(List<Type> elements) ->
          new Type.Tuple(elements.stream().map(Pairs::paired).toList());
    };
  }

  /** One computation. */
  private final class Body {
    private final Computation from;
    private final GraphBuilder target;
    private final Arrays arrays;
    private final Map<Instruction, Instruction> images = new IdentityHashMap<>();

    Body(Computation from) {
      this.from = from;
      target = new GraphBuilder(from.name(), mesh);
      arrays = new Arrays(new Emitter(target));
    }

    Computation build() {
      for (Instruction instruction : from.instructions()) {
        target.at(instruction.source());
        images.put(instruction, image(instruction));
      }
      return target.build(images.get(from.root()));
    }

    private Instruction image(Instruction i) {
      boolean touched = isComplex(i) || i.operands().stream().anyMatch(Pairs::isComplex);
      if (i.op() instanceof HloOp.Parameter) {
        return touched ? target.parameter(i.name(), paired(i.type())) : target.parameter(i);
      }
      Op op = i.op() instanceof HloOp h ? Computation.calling(h, Pairs.this::rewrite) : i.op();
      List<Instruction> operands = i.operands().stream().map(images::get).toList();
      if (!touched) {
        return target.add(i.withOp(op).withOperands(operands));
      }
      return switch (op) {
        case ArrayOp.Complex c -> target.tuple(operands);
        case ArrayOp.Real r -> part(operands.getFirst(), 0);
        case ArrayOp.Imag m -> part(operands.getFirst(), 1);
        case ArrayOp.Merged m -> merged(i, m, operands);
        case HloOp.CustomCall c when c.target().equals("Sharding") -> operands.getFirst();
        case HloOp h -> target.add(h, paired(i.type()), operands);
        case Op.Constant c -> constant(c.value());
        case Op.Iota c -> {
          Shape part = c.shape().withType(c.shape().type().part());
          Instruction count = arrays.emit(new Op.Iota(part, c.dimension()));
          yield target.tuple(List.of(count, arrays.filled(part, 0)));
        }
        case Op.Convert c -> convert(i.operand(0), operands.getFirst(), c.type());
        case Op.Compare c -> compare(c, operands.get(0), operands.get(1));
        case Op.Dot d -> dot(d, operands.get(0), operands.get(1));
        case Op.Unary(UnaryKind kind) when kind == UnaryKind.IS_FINITE ->
            arrays.emit(op, part(operands.getFirst(), 0));
        case Op.Unary(UnaryKind kind) when kind != UnaryKind.NEGATE -> unary(kind, i, operands);
        case Op.Binary(BinaryKind kind)
            when kind != BinaryKind.ADD && kind != BinaryKind.SUBTRACT ->
            exact(i, ComplexParts.binary(kind, parts(operands.get(0)), parts(operands.get(1))));
        default -> target.tuple(IntStream.range(0, 2).mapToObj(p -> of(op, operands, p)).toList());
      };
    }

    private Instruction part(Instruction x, int part) {
      return x.type() instanceof Type.Tuple
          ? x.op() instanceof HloOp.Tuple ? x.operand(part) : target.element(x, part)
          : x;
    }

    /** An op on one part of what is complex; indices and the like are whole. */
    private Instruction of(Op op, List<Instruction> operands, int part) {
      return arrays.emit(op, operands.stream().map(x -> part(x, part)).toArray(Instruction[]::new));
    }

    private Instruction constant(Literal value) {
      Shape shape = value.shape().withType(value.shape().type().part());
      int n = Math.toIntExact(shape.elements());
      double[] re = IntStream.range(0, n).mapToDouble(value::real).toArray();
      double[] im = IntStream.range(0, n).mapToDouble(value::imaginary).toArray();
      return target.tuple(
          List.of(
              arrays.emit(new Op.Constant(Literal.ofReals(shape, re))),
              arrays.emit(new Op.Constant(Literal.ofReals(shape, im)))));
    }

    private Instruction convert(Instruction from, Instruction x, DType type) {
      if (isComplex(from) && type.isComplex()) {
        return target.tuple(
            List.of(
                arrays.convert(part(x, 0), type.part()), arrays.convert(part(x, 1), type.part())));
      }
      if (type.isComplex()) {
        Instruction re = arrays.convert(x, type.part());
        return target.tuple(List.of(re, arrays.filled(re.shape(), 0)));
      }
      if (type == DType.PRED) {
        return arrays.binary(
            BinaryKind.OR, arrays.convert(part(x, 0), type), arrays.convert(part(x, 1), type));
      }
      return arrays.convert(part(x, 0), type);
    }

    private Instruction compare(Op.Compare c, Instruction x, Instruction y) {
      return arrays.binary(
          c.direction() == Op.Direction.EQ ? BinaryKind.AND : BinaryKind.OR,
          of(c, List.of(x, y), 0),
          of(c, List.of(x, y), 1));
    }

    private Instruction dot(Op.Dot d, Instruction x, Instruction y) {
      Op.Dot plain =
          new Op.Dot(d.lhsBatch(), d.rhsBatch(), d.lhsContracting(), d.rhsContracting(), null);
      return target.tuple(
          List.of(
              arrays.binary(
                  BinaryKind.SUBTRACT,
                  arrays.emit(plain, part(x, 0), part(y, 0)),
                  arrays.emit(plain, part(x, 1), part(y, 1))),
              arrays.binary(
                  BinaryKind.ADD,
                  arrays.emit(plain, part(x, 0), part(y, 1)),
                  arrays.emit(plain, part(x, 1), part(y, 0)))));
    }

    private Instruction unary(UnaryKind kind, Instruction i, List<Instruction> operands) {
      ComplexParts result = ComplexParts.unary(kind, parts(operands.getFirst()));
      return kind == UnaryKind.ABS
          ? arrays.convert(result.re(), i.shape().type())
          : exact(i, result);
    }

    private ComplexParts parts(Instruction x) {
      return new ComplexParts(
          arrays, arrays.convert(part(x, 0), DType.F64), arrays.convert(part(x, 1), DType.F64));
    }

    private Instruction exact(Instruction i, ComplexParts z) {
      DType type = i.shape().type().part();
      return target.tuple(List.of(arrays.convert(z.re(), type), arrays.convert(z.im(), type)));
    }

    /** One message for all parts. */
    private Instruction merged(Instruction i, ArrayOp.Merged m, List<Instruction> operands) {
      List<Instruction> flat = new ArrayList<>();
      for (Instruction x : operands) {
        flat.add(part(x, 0));
        if (x.type() instanceof Type.Tuple) {
          flat.add(part(x, 1));
        }
      }
      List<Shape> shapes =
          flat.stream()
              .map(x -> ShapeInference.infer(m.collective(), List.of(x.shape()), mesh::size))
              .toList();
      Type type = Type.tuple(shapes);
      Instruction sent = target.add(m, type, flat);
      List<Instruction> results = new ArrayList<>();
      int next = 0;
      for (Shape shape : i.type().leaves()) {
        Instruction one = target.element(sent, next++);
        results.add(
            shape.type().isComplex()
                ? target.tuple(List.of(one, target.element(sent, next++)))
                : one);
      }
      return target.tuple(results);
    }
  }
}
