package io.gshard.kernels;

import static com.google.common.truth.Truth.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

class KernelBenchmarksTest {
  /** For a moment, in this JVM. */
  @Test
  void allOfThemRun() throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include(KernelBenchmarks.class.getName())
            .param("size", "13")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(5))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    assertThat(results).hasSize(8);
    for (RunResult result : results) {
      assertThat(result.getPrimaryResult().getScore()).isGreaterThan(0);
    }
  }
}
