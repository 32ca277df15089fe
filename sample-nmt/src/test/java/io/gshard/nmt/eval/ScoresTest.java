package io.gshard.nmt.eval;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.nmt.corpus.Pair;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoresTest {
  private static final List<Pair> PAIRS =
      List.of(
          new Pair("de", "in 5 Tagen und Nächten", "in 5 days and nights", "x"),
          new Pair("sw", "baada ya siku 5 na usiku", "in 5 days and nights", "x"));

  @Test
  void countsOverallAndByLanguage() {
    Scores scores = Scores.of(PAIRS, List.of("in 5 days and nights", "no word of it is right"));
    assertThat(scores.exactMatch()).isEqualTo(50.0);
    assertThat(scores.bleuByLanguage().keySet()).containsExactly("de", "sw").inOrder();
    assertThat(scores.bleuByLanguage().get("de")).isWithin(1e-9).of(100.0);
    assertThat(scores.bleuByLanguage().get("sw")).isEqualTo(0.0);
    assertThat(scores.bleu()).isGreaterThan(0.0);
    assertThat(scores.bleu()).isLessThan(100.0);
  }

  @Test
  void tableShowsLanguageSourceOutputAndReference() {
    String table = Scores.of(PAIRS, List.of("out one", "out two")).table(10);
    assertThat(table.lines().count()).isEqualTo(3);
    assertThat(table.lines().skip(1).findFirst().orElseThrow())
        .matches("de +in 5 Tagen und Nächten +out one +in 5 days and nights");
  }
}
