package io.gshard.nmt.train;

import static com.google.common.truth.Truth.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final StepResult RESULT = new StepResult(2, 0.1f, new float[] {3, 1}, 0.25f);

  private static String steps(boolean terminal) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Progress progress = new Progress(new PrintStream(out, true, StandardCharsets.UTF_8), terminal);
    for (int step = 1; step <= 25; step++) {
      progress.step(step, RESULT, 12345, step, "1:00 left");
    }
    progress.done();
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLineEveryTenSecondsWhereThereIsNoTerminal() {
    assertThat(steps(false).lines().toList())
        .containsExactly(
            "step 1  loss 2.000  12,345 tokens/s  expert load 1.50 of even, 25.0 % dropped  1:00"
                + " left",
            "step 11  loss 2.000  12,345 tokens/s  expert load 1.50 of even, 25.0 % dropped  1:00"
                + " left",
            "step 21  loss 2.000  12,345 tokens/s  expert load 1.50 of even, 25.0 % dropped  1:00"
                + " left")
        .inOrder();
  }

  @Test
  void oneRewrittenLineAtATerminal() {
    String text = steps(true);
    assertThat(text.chars().filter(c -> c == '\r').count()).isEqualTo(25);
    assertThat(text.chars().filter(c -> c == '\n').count()).isEqualTo(1);
  }
}
