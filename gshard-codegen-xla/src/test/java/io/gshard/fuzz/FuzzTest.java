package io.gshard.fuzz;

import static com.google.common.truth.Truth.assertWithMessage;

import org.junit.jupiter.api.Test;

/**
 * A short run of the fuzzer over the same seeds each time; {@code -Dgshard.fuzz.seconds=600} runs
 * longer, {@code -Dgshard.fuzz.seed=N} starts elsewhere.
 */
class FuzzTest {
  @Test
  void onlyDocumentedRefusals() throws Exception {
    Fuzzer fuzzer = new Fuzzer();
    fuzzer.run(Long.getLong("gshard.fuzz.seed", 0), 1000 * Long.getLong("gshard.fuzz.seconds", 3));
    assertWithMessage("%s\n%s", fuzzer.summary(), String.join("\n\n", fuzzer.failures().values()))
        .that(fuzzer.failures())
        .isEmpty();
  }
}
