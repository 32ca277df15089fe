package io.gshard.conformance;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.eager.EagerEngine;
import io.gshard.eval.ReferenceOps;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class EagerConformanceTest {

  /** Eager mode. */
  private static final EngineUnderTest EAGER =
      new EngineUnderTest() {
        private final Engine engine = new EagerEngine();

        @Override
        public String name() {
          return "eager";
        }

        @Override
        public List<Literal> run(List<OpCase> cases) {
          return cases.stream().map(this::run).toList();
        }

        private Literal run(OpCase one) {
          List<Tensor> operands =
              one.operands().stream()
                  .map(x -> engine.apply(new Op.Constant(x), List.of()))
                  .toList();
          return engine.apply(one.op(), operands).literal();
        }
      };

  @TestFactory
  Stream<DynamicTest> everyOp() {
    return Conformance.suite(EAGER);
  }

  @Test
  void theSuiteLeavesNoOpOut() {
    Set<Class<?>> covered =
        new OpCases(1)
            .groups().values().stream()
                .flatMap(List::stream)
                .map(c -> c.op().getClass())
                .collect(Collectors.toSet());
    List<Class<?>> onOneDevice =
        Arrays.stream(Op.class.getPermittedSubclasses())
            .filter(c -> c != Op.Structural.class && c != Op.Collective.class)
            .filter(c -> c != Op.PartitionId.class)
            .collect(Collectors.toList());
    assertThat(covered).containsExactlyElementsIn(onOneDevice);
  }

  @Test
  void bothRefuseCollectives() {
    Op op = new Op.AllReduce(Combiner.ADD, List.of("x"));
    Literal x = Literal.scalar(DType.F32, 1);
    assertThrows(IllegalArgumentException.class, () -> ReferenceOps.apply(op, List.of(x)));
    var error =
        assertThrows(
            ShapeException.class,
            () -> Engine.with(new EagerEngine(), () -> Ops.apply(op, Ops.constant(x))));
    assertThat(error)
        .hasMessageThat()
        .isEqualTo(
            "all-reduce in eager mode, which has one device; it belongs in compiled programs");
  }
}
