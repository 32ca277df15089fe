package io.gshard.spmd.cases;

import static com.google.common.truth.Truth.assertWithMessage;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Generated modules around every op: partitioned and run on all devices they give what they give on
 * one. {@code -Dcases=2500} runs that many, {@code -Dcases.seed=N} the case of one seed, {@code
 * -Dcases.engine=pjrt} on XLA's devices.
 */
class PartitionCasesTest {
  private static final long FIRST = Long.getLong("cases.first", 0);

  @BeforeAll
  static void sayWhichSeeds() {
    System.out.printf(
        "generated cases: seeds from %d and from %d on; -Dcases.first=N begins elsewhere%n",
        FIRST, Families.EVEN);
  }

  static Stream<String> families() {
    return Families.names().stream();
  }

  @ParameterizedTest
  @MethodSource("families")
  void partitionedEqualsWhole(String family) {
    List<String> names = Families.names();
    Long only = Long.getLong("cases.seed");
    long perFamily = (Long.getLong("cases", 324) + names.size() - 1) / names.size();
    LongStream seeds =
        only != null
            ? LongStream.of(only).filter(s -> Families.of(s).family().equals(family))
            : LongStream.concat(seeds(FIRST, perFamily, family), seeds(Families.EVEN, 1, family));
    List<String> failures = new ArrayList<>();
    List<Long> failed = new ArrayList<>();
    seeds.forEach(
        seed -> {
          try {
            CaseCheck.check(Families.of(seed));
          } catch (AssertionError e) {
            failed.add(seed);
            failures.add(e.getMessage());
          }
        });
    assertWithMessage(
            "seeds from %s; the first of those that failed: %s",
            FIRST, failures.isEmpty() ? "" : failures.getFirst())
        .that(failed)
        .isEmpty();
  }

  /** The first seeds of a family from some number on. */
  private static LongStream seeds(long from, long count, String family) {
    return LongStream.iterate(from, s -> s + 1)
        .filter(s -> Families.name(s).equals(family))
        .limit(count);
  }

  @Test
  void aSeedIsAlwaysTheSameCase() {
    for (long seed = 0; seed < Families.names().size(); seed++) {
      Case first = Families.of(seed);
      Case second = Families.of(seed);
      assertWithMessage(first.family()).that(second).isEqualTo(first);
    }
  }
}
