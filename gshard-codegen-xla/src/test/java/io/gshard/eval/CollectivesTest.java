package io.gshard.eval;

import static com.google.common.truth.Truth.assertThat;
import static io.gshard.eval.Literals.index;
import static io.gshard.eval.Literals.s32;
import static io.gshard.eval.Literals.shaped;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CollectivesTest {
  private static final MeshShape MESH = MeshShape.parse("a=2, b=2");

  /** Applies one collective to what the four devices (a,b) = (0,0), (0,1), (1,0), (1,1) hold. */
  private static List<Literal> run(Op op, Literal... perDevice) {
    GraphBuilder main = new GraphBuilder("main", MESH);
    var root = main.add(op, main.parameter("x", perDevice[0].shape()));
    HloModule module = new HloModule("test", MESH, main.build(root), List.of(), true);
    return SpmdEvaluator.run(module, Arrays.stream(perDevice).map(List::of).toList()).stream()
        .map(List::getFirst)
        .toList();
  }

  @Test
  void allReduceOverOneAxisAndBoth() {
    Literal[] x = {s32(1), s32(2), s32(30), s32(40)};
    assertThat(run(new Op.AllReduce(Combiner.ADD, List.of("b")), x))
        .containsExactly(s32(3), s32(3), s32(70), s32(70))
        .inOrder();
    assertThat(run(new Op.AllReduce(Combiner.MAXIMUM, List.of("a")), x))
        .containsExactly(s32(30), s32(40), s32(30), s32(40))
        .inOrder();
    assertThat(run(new Op.AllReduce(Combiner.ADD, List.of("a", "b")), x))
        .containsExactly(s32(73), s32(73), s32(73), s32(73));
    assertThat(run(new Op.AllReduce(Combiner.ADD, List.of()), x))
        .containsExactly((Object[]) x)
        .inOrder();
  }

  @Test
  void allGatherInTheOrderOfTheAxes() {
    Literal[] x = {s32(1), s32(2), s32(3), s32(4)};
    assertThat(run(new Op.AllGather(0, List.of("a")), x))
        .containsExactly(s32(1, 3), s32(2, 4), s32(1, 3), s32(2, 4))
        .inOrder();
    assertThat(run(new Op.AllGather(0, List.of("a", "b")), x)).contains(s32(1, 2, 3, 4));
    assertThat(run(new Op.AllGather(0, List.of("b", "a")), x)).contains(s32(1, 3, 2, 4));
  }

  @Test
  void reduceScatterKeepsOnesOwnPart() {
    assertThat(
            run(
                new Op.ReduceScatter(Combiner.ADD, 0, List.of("b")),
                s32(1, 2),
                s32(10, 20),
                s32(3, 4),
                s32(30, 40)))
        .containsExactly(s32(11), s32(22), s32(33), s32(44))
        .inOrder();
  }

  @Test
  void allToAllTransposesPartsAndDevices() {
    Literal[] x = {
      shaped(s32(0, 1), 2, 1),
      shaped(s32(10, 11), 2, 1),
      shaped(s32(20, 21), 2, 1),
      shaped(s32(30, 31), 2, 1)
    };
    assertThat(run(new Op.AllToAll(0, 1, List.of("b")), x))
        .containsExactly(
            shaped(s32(0, 10), 1, 2),
            shaped(s32(1, 11), 1, 2),
            shaped(s32(20, 30), 1, 2),
            shaped(s32(21, 31), 1, 2))
        .inOrder();
  }

  @Test
  void permuteGivesZerosWhereNobodySends() {
    Literal[] x = {s32(1), s32(2), s32(3), s32(4)};
    assertThat(run(new Op.CollectivePermute(List.of("a", "b"), List.of(1, 2, 3, 0)), x))
        .containsExactly(s32(4), s32(1), s32(2), s32(3))
        .inOrder();
    assertThat(run(new Op.CollectivePermute(List.of("a"), List.of(1, -1)), x))
        .containsExactly(s32(0), s32(0), s32(1), s32(2))
        .inOrder();
    assertThrows(
        IllegalArgumentException.class,
        () -> run(new Op.CollectivePermute(List.of("a"), List.of(1, 1)), x));
  }

  @Test
  void partitionIdIsTheDevicesNumber() {
    GraphBuilder main = new GraphBuilder("main", MESH);
    var root = main.add(new Op.PartitionId());
    HloModule module = new HloModule("test", MESH, main.build(root), List.of(), true);
    List<List<Literal>> none = List.of(List.of(), List.of(), List.of(), List.of());
    assertThat(SpmdEvaluator.run(module, none).get(3))
        .containsExactly(Literal.scalar(DType.U32, 3));
    assertThrows(IllegalArgumentException.class, () -> Evaluator.run(module, List.of()));
  }

  @Test
  void theNumberOfDevicesIsChecked() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> run(new Op.AllReduce(Combiner.ADD, List.of("a")), index(1)));
    assertThat(error).hasMessageThat().isEqualTo("test runs on 4 devices, arguments for 1 given");
  }
}
