package io.gshard.mpi;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.mpi.Verdict.Known;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What rank 0 makes of signs of life, with a timeout of 10 seconds. */
class VerdictTest {
  private static final Known WELL = known(new Beat(7, 0, 0, false, ""));

  private static Known known(Beat beat) {
    return new Known(beat, 100, false);
  }

  private static Known waiting(long steps, long millis) {
    return known(new Beat(steps, millis, 0, false, ""));
  }

  private static String of(Known... processes) {
    return new Verdict(WatchLimits.of(Map.of())).of(List.of(processes)).orElse("");
  }

  @Test
  void allIsWell() {
    assertThat(of(WELL, WELL)).isEmpty();
    assertThat(of(WELL, waiting(8, 500_000))).isEmpty();
    assertThat(of(waiting(8, 1), waiting(8, 9_000))).isEmpty();
  }

  @Test
  void aProcessDied() {
    assertThat(of(WELL, new Known(Beat.FIRST, 0, true)))
        .isEqualTo("rank 1 is lost: its process ended");
  }

  @Test
  void secondsAreTheSameInEveryLanguage() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(of(waiting(8, 601_500), WELL)).contains("601.5 seconds");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aProcessThatIsDoneMayGo() {
    assertThat(of(WELL, new Known(new Beat(7, 0, 0, true, ""), 100, true))).isEmpty();
  }

  @Test
  void aProcessIsNotHeardOf() {
    assertThat(of(new Known(Beat.FIRST, 6_900, false), WELL)).isEmpty();
    assertThat(of(new Known(Beat.FIRST, 7_100, false), WELL))
        .isEqualTo("rank 0 is lost: it has not been heard of for 7.1 seconds");
  }

  @Test
  void aProcessFailed() {
    assertThat(of(WELL, new Known(new Beat(7, 0, 0, false, "device 5: no"), 0, true)))
        .isEqualTo("rank 1 failed: device 5: no");
  }

  @Test
  void aProcessHangsWhileOthersWait() {
    Known blocked = known(new Beat(7, 0, 7_500, false, ""));
    assertThat(of(waiting(8, 6_000), blocked)).isEmpty();
    assertThat(of(waiting(8, 7_200), blocked))
        .isEqualTo("rank 1 hangs: others have waited for it for 7.2 seconds");
  }

  @Test
  void aProcessThatComputesIsGivenLonger() {
    assertThat(of(waiting(8, 500_000), WELL)).isEmpty();
    assertThat(of(waiting(8, 601_000), WELL))
        .isEqualTo("rank 1 hangs: others have waited for it for 601.0 seconds");
  }

  @Test
  void aProcessEndsBeforeTheOthers() {
    Known leaving = known(new Beat(7, 0, 0, true, ""));
    assertThat(of(leaving, waiting(7, 6_000))).isEmpty();
    assertThat(of(leaving, waiting(8, 1))).isEqualTo("rank 0 ended while others wait for it");
  }

  @Test
  void signsOfLifeAreReadAsWritten() {
    Beat beat = new Beat(3, 4, 5, true, "why\nnot? Žluť");
    assertThat(Beat.parse(beat.line())).isEqualTo(beat);
    assertThat(Beat.parse(Beat.FIRST.line())).isEqualTo(Beat.FIRST);
  }

  @Test
  void timesAreSeconds() {
    WatchLimits limits = WatchLimits.of(Map.of("GSHARD_MPI_TIMEOUT", "2.5"));
    assertThat(limits.timeout().toMillis()).isEqualTo(2_500);
    assertThat(limits.patience().toSeconds()).isEqualTo(600);
    for (String wrong : List.of("soon", "0", "-1")) {
      assertThat(
              assertThrows(
                  MpiException.class, () -> WatchLimits.of(Map.of("GSHARD_MPI_TIMEOUT", wrong))))
          .hasMessageThat()
          .isEqualTo(
              "GSHARD_MPI_TIMEOUT (or gshard.mpi.timeout) is '%s': give seconds, at least 0.5"
                  .formatted(wrong));
    }
  }
}
