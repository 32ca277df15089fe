package io.gshard.spmd;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.op.Op;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products with an operand that goes round give what they give with the gathered one. */
class WindowedDotsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rows of the left operand | %g = f32[8,5] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0} ROOT %y = f32[8,3] dot(%g, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} | f32[2,5] | f32[5,3]
          columns of the right operand | %g = f32[5,8] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={1} ROOT %y = f32[3,8] dot(%w, %g), lhs_contracting_dims={1}, rhs_contracting_dims={0} | f32[5,2] | f32[3,5]
          the summed dim of the left | %g = f32[3,8] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={1} ROOT %y = f32[3,5] dot(%g, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} | f32[3,2] | f32[8,5]
          the summed dim of the right | %g = f32[8,5] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0} ROOT %y = f32[3,5] dot(%w, %g), lhs_contracting_dims={1}, rhs_contracting_dims={0} | f32[2,5] | f32[3,8]
          a batch dim | %g = f32[8,3,5] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0} ROOT %y = f32[8,3,4] dot(%g, %w), lhs_batch_dims={0}, rhs_batch_dims={0}, lhs_contracting_dims={2}, rhs_contracting_dims={1} | f32[2,3,5] | f32[8,5,4]
          one of two axes | %g = f32[4,5] all-gather(%x), replica_groups={{0,2},{1,3}}, dimensions={0} ROOT %y = f32[4,3] dot(%g, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} | f32[2,5] | f32[5,3]
          in a branch of other work | %g = f32[8,5] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0} %d = f32[8,3] dot(%g, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} %e = f32[8,3] tanh(%d) ROOT %y = f32[8,3] add(%d, %e) | f32[2,5] | f32[5,3]
          """)
  void partsGoRound(String what, String body, String x, String w) {
    HloModule module =
        HloParser.parse(
            "HloModule m, num_partitions=4\nENTRY %main {\n%x = "
                + x
                + " parameter(0)\n%w = "
                + w
                + " parameter(1)\n"
                + body
                + "\n}\n");
    HloModule windowed = WindowedDots.run(module, 0);
    Verifier.verify(windowed);
    Verifier.verify(HloParser.parse(HloPrinter.print(windowed)));
    assertThat(
            windowed.computations().stream()
                .flatMap(c -> c.instructions().stream())
                .anyMatch(i -> i.op() instanceof Op.AllGather))
        .isFalse();
    Random random = new Random(3);
    List<List<Literal>> arguments = new ArrayList<>();
    for (int device = 0; device < 4; device++) {
      List<Literal> each = new ArrayList<>();
      module
          .entry()
          .parameters()
          .forEach(
              p -> {
                Shape s = p.shape();
                each.add(Literal.ofReals(s, random.doubles(s.elements()).toArray()));
              });
      arguments.add(each);
    }
    List<List<Literal>> expected = SpmdEvaluator.run(module, arguments);
    List<List<Literal>> found = SpmdEvaluator.run(windowed, arguments);
    for (int device = 0; device < 4; device++) {
      Literal a = expected.get(device).getFirst();
      Literal b = found.get(device).getFirst();
      for (long i = 0; i < a.shape().elements(); i++) {
        assertThat(b.real(i)).isWithin(1e-5 * Math.abs(a.real(i))).of(a.real(i));
      }
    }
    assertThat(HloPrinter.print(WindowedDots.run(module, 1L << 20)))
        .isEqualTo(HloPrinter.print(module));
  }
}
