package io.gshard.kernels;

import static com.google.common.truth.Truth.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DirectivesTest {
  /** HotSpot reads the directives, and says them again. */
  @Test
  void hotSpotKnowsThem() throws Exception {
    Vec.abs(new float[1], 0, new float[1], 0, 1);
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    String directives = "";
    while (!directives.contains("$Kernels") && System.nanoTime() < end) {
      Thread.sleep(20);
      directives = Directives.command("compilerDirectivesPrint");
    }
    assertThat(directives).contains("matching: *$Kernels*.*");
    assertThat(directives).contains("inline: -io/gshard/kernels/*.*");
    assertThat(directives).contains("matching: io/gshard/kernels/*.*");
    assertThat(directives).contains("BackgroundCompilation:false");
  }
}
