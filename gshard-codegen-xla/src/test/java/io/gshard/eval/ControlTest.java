package io.gshard.eval;

import static com.google.common.truth.Truth.assertThat;
import static io.gshard.eval.Literals.f32;
import static io.gshard.eval.Literals.index;
import static io.gshard.eval.Literals.s32;
import static io.gshard.eval.Literals.shaped;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ControlTest {
  private static final Shape INT = Shape.scalar(DType.S32);
  private static final Op ADD = new Op.Binary(Op.BinaryKind.ADD);
  private static final Op MULTIPLY = new Op.Binary(Op.BinaryKind.MULTIPLY);
  private static final Op MAXIMUM = new Op.Binary(Op.BinaryKind.MAXIMUM);
  private static final MeshShape MESH = MeshShape.parse("x=2");

  private static GraphBuilder graph(String name) {
    return new GraphBuilder(name, MESH);
  }

  private static Instruction constant(GraphBuilder graph, long value) {
    return graph.add(new Op.Constant(index(value)));
  }

  private static HloModule module(GraphBuilder graph, Instruction root) {
    return new HloModule("test", MESH, graph.build(root));
  }

  /** x -> x op y on scalars. */
  private static Computation combine(Op op) {
    GraphBuilder body = graph("combine");
    return body.build(body.add(op, body.parameter("x", INT), body.parameter("y", INT)));
  }

  /** (i, product) while i is at most a limit: i + 1, product * i. */
  private static Instruction factorial(GraphBuilder main, Instruction limit) {
    Type state = Type.tuple(List.of(INT, INT, INT));
    GraphBuilder condition = graph("condition");
    Instruction seen = condition.parameter("state", state);
    Computation holds =
        condition.build(
            condition.add(
                new Op.Compare(Op.Direction.LE),
                condition.element(seen, 0),
                condition.element(seen, 2)));
    GraphBuilder body = graph("body");
    Instruction current = body.parameter("state", state);
    Instruction i = body.element(current, 0);
    Instruction next =
        body.tuple(
            List.of(
                body.add(ADD, i, constant(body, 1)),
                body.add(MULTIPLY, body.element(current, 1), i),
                body.element(current, 2)));
    Instruction start = main.tuple(List.of(constant(main, 1), constant(main, 1), limit));
    return main.add(new HloOp.While(holds, body.build(next), -1), state, List.of(start));
  }

  @Test
  void whileRunsUntilItsConditionFails() {
    GraphBuilder main = graph("main");
    Instruction loop = factorial(main, main.parameter("limit", INT));
    assertThat(Evaluator.run(module(main, main.element(loop, 1)), List.of(index(5))))
        .containsExactly(index(120));
  }

  @Test
  void whileConditionMustAgreeOnAllDevices() {
    GraphBuilder main = graph("main");
    Instruction loop = factorial(main, main.parameter("limit", INT));
    HloModule module = module(main, main.element(loop, 1));
    List<List<Literal>> same = List.of(List.of(index(4)), List.of(index(4)));
    assertThat(SpmdEvaluator.run(module, same))
        .containsExactly(List.of(index(24)), List.of(index(24)));
    List<List<Literal>> different = List.of(List.of(index(4)), List.of(index(2)));
    var error =
        assertThrows(IllegalStateException.class, () -> SpmdEvaluator.run(module, different));
    assertThat(error)
        .hasMessageThat()
        .isEqualTo(
            "while loop %while at unknown: after 2 trips device 0 goes on and device 1 stops; the"
                + " condition must be the same on all devices");
  }

  private static HloModule branching(Shape chooser) {
    GraphBuilder main = graph("main");
    Instruction chosen = main.parameter("chosen", chooser);
    Instruction x = main.parameter("x", INT);
    GraphBuilder first = graph("first");
    Instruction a = first.parameter("a", INT);
    GraphBuilder second = graph("second");
    Instruction b = second.parameter("b", INT);
    return module(
        main,
        main.add(
            new HloOp.Conditional(
                List.of(
                    first.build(first.add(ADD, a, a)), second.build(second.add(MULTIPLY, b, b)))),
            new Type.Array(INT),
            List.of(chosen, x, x)));
  }

  @Test
  void conditionalByPredicateAndByNumber() {
    HloModule byPredicate = branching(Shape.scalar(DType.PRED));
    Literal yes = Literal.scalar(DType.PRED, 1);
    Literal no = Literal.scalar(DType.PRED, 0);
    assertThat(Evaluator.run(byPredicate, List.of(yes, index(5)))).containsExactly(index(10));
    assertThat(Evaluator.run(byPredicate, List.of(no, index(5)))).containsExactly(index(25));
    HloModule byNumber = branching(INT);
    assertThat(Evaluator.run(byNumber, List.of(index(0), index(5)))).containsExactly(index(10));
    assertThat(Evaluator.run(byNumber, List.of(index(1), index(5)))).containsExactly(index(25));
    assertThat(Evaluator.run(byNumber, List.of(index(-3), index(5)))).containsExactly(index(25));
  }

  @Test
  void devicesMayTakeDifferentBranches() {
    assertThat(
            SpmdEvaluator.run(
                branching(INT), List.of(List.of(index(0), index(7)), List.of(index(1), index(7)))))
        .containsExactly(List.of(index(14)), List.of(index(49)))
        .inOrder();
  }

  @Test
  void differentBranchesMayHoldNoCollective() {
    GraphBuilder main = graph("main");
    Instruction id = main.add(new Op.Convert(DType.S32), main.add(new Op.PartitionId()));
    GraphBuilder plain = graph("plain");
    Instruction a = plain.parameter("a", INT);
    GraphBuilder summing = graph("summing");
    Instruction sum =
        summing.add(new Op.AllReduce(Combiner.ADD, List.of("x")), summing.parameter("b", INT));
    Instruction root =
        main.add(
            new HloOp.Conditional(List.of(plain.build(plain.add(ADD, a, a)), summing.build(sum))),
            new Type.Array(INT),
            List.of(id, id, id));
    HloModule module = module(main, root);
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> SpmdEvaluator.run(module, List.of(List.of(), List.of())));
    assertThat(error)
        .hasMessageThat()
        .isEqualTo(
            "%all-reduce at unknown: all-reduce where not all devices of a mesh run together");
  }

  @Test
  void callAndSharding() {
    GraphBuilder main = graph("main");
    Instruction x = main.parameter("x", INT);
    Type type = new Type.Array(INT);
    Instruction marked = main.add(new HloOp.CustomCall("Sharding", "", type), type, List.of(x));
    Instruction sum = main.add(new HloOp.Call(combine(ADD)), type, List.of(marked, x));
    assertThat(Evaluator.run(module(main, sum), List.of(index(4)))).containsExactly(index(8));
  }

  @Test
  void otherCustomCallsAreRefusedByName() {
    GraphBuilder main = graph("main");
    Type type = new Type.Array(INT);
    Instruction call =
        main.add(new HloOp.CustomCall("TopK", "", type), type, List.of(main.parameter("x", INT)));
    HloModule module = module(main, call);
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> Evaluator.run(module, List.of(index(1))));
    assertThat(error)
        .hasMessageThat()
        .isEqualTo(
            "%custom-call at unknown: custom-call \"TopK\" is not known to the reference"
                + " evaluator");
  }

  /** Carry c, slice s, constant k: c' = c * k + s, stacked: c'. */
  private static HloModule horner(boolean reverse) {
    GraphBuilder main = graph("main");
    Instruction start = main.parameter("start", INT);
    Instruction rows = main.parameter("rows", Shape.of(DType.S32, 3));
    Instruction base = main.parameter("base", INT);
    GraphBuilder body = graph("body");
    Instruction c = body.parameter("c", INT);
    Instruction s = body.parameter("s", INT);
    Instruction k = body.parameter("k", INT);
    Instruction next = body.add(ADD, body.add(MULTIPLY, c, k), s);
    Instruction scan =
        main.add(
            new HloOp.Scan(body.build(body.tuple(List.of(next, next))), 3, 1, 1, reverse, false),
            Type.tuple(List.of(INT, Shape.of(DType.S32, 3))),
            List.of(start, rows, base));
    return module(main, scan);
  }

  @Test
  void scanForwardsAndBackwards() {
    List<Literal> arguments = List.of(index(1), s32(2, 3, 4), index(10));
    assertThat(Evaluator.run(horner(false), arguments))
        .containsExactly(index(1234), s32(12, 123, 1234))
        .inOrder();
    assertThat(Evaluator.run(horner(true), arguments))
        .containsExactly(index(1432), s32(1432, 143, 14))
        .inOrder();
  }

  @Test
  void reduceByAComputation() {
    GraphBuilder main = graph("main");
    Instruction x = main.parameter("x", Shape.of(DType.S32, 2, 3));
    Instruction root =
        main.add(
            new HloOp.ReduceRegion(combine(MAXIMUM), List.of(1)),
            new Type.Array(Shape.of(DType.S32, 2)),
            List.of(x, constant(main, 4)));
    assertThat(Evaluator.run(module(main, root), List.of(shaped(s32(1, 9, 3, 2, 1, 0), 2, 3))))
        .containsExactly(s32(9, 4));
  }

  @Test
  void sortMovesAllArraysAndIsStable() {
    Shape keys = Shape.of(DType.F32, 5);
    Shape values = Shape.of(DType.S32, 5);
    GraphBuilder less = graph("less");
    Instruction a = less.parameter("a", Shape.scalar(DType.F32));
    Instruction b = less.parameter("b", Shape.scalar(DType.F32));
    less.parameter("av", INT);
    less.parameter("bv", INT);
    Computation comparator = less.build(less.add(new Op.Compare(Op.Direction.LT), a, b));
    GraphBuilder main = graph("main");
    Instruction sort =
        main.add(
            new HloOp.Sort(comparator, 0, true),
            Type.tuple(List.of(keys, values)),
            List.of(main.parameter("keys", keys), main.parameter("values", values)));
    assertThat(Evaluator.run(module(main, sort), List.of(f32(3, 1, 2, 1, 3), s32(0, 1, 2, 3, 4))))
        .containsExactly(f32(1, 1, 2, 3, 3), s32(1, 3, 2, 0, 4))
        .inOrder();
  }

  @Test
  void sortAlongAnInnerDim() {
    Shape shape = Shape.of(DType.S32, 3, 2);
    GraphBuilder less = graph("less");
    Instruction comparison =
        less.add(
            new Op.Compare(Op.Direction.GT), less.parameter("a", INT), less.parameter("b", INT));
    GraphBuilder main = graph("main");
    Instruction sort =
        main.add(
            new HloOp.Sort(less.build(comparison), 0, false),
            new Type.Array(shape),
            List.of(main.parameter("x", shape)));
    assertThat(Evaluator.run(module(main, sort), List.of(shaped(s32(1, 5, 3, 4, 2, 6), 3, 2))))
        .containsExactly(shaped(s32(3, 6, 2, 5, 1, 4), 3, 2));
  }

  @Test
  void argumentsAreChecked() {
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> Evaluator.run(branching(INT), List.of(index(1))));
    assertThat(error).hasMessageThat().isEqualTo("test takes [s32[], s32[]], found [s32[]]");
  }

  @Test
  void aCollectiveNeedsTheMesh() {
    GraphBuilder main = graph("main");
    Instruction sum =
        main.add(new Op.AllReduce(Combiner.ADD, List.of("x")), main.parameter("x", INT));
    HloModule module = module(main, sum);
    assertThrows(IllegalArgumentException.class, () -> Evaluator.run(module, List.of(index(1))));
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> ReferenceOps.apply(sum.op(), List.of(index(1))));
    assertThat(error)
        .hasMessageThat()
        .isEqualTo("all-reduce needs a mesh: run a partitioned program by SpmdEvaluator");
  }
}
