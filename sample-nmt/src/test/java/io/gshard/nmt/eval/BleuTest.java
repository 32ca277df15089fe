package io.gshard.nmt.eval;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The values are sacreBLEU's: {@code pip install sacrebleu==2.6.0; python -c "import sacrebleu;
 * print(sacrebleu.corpus_bleu(OUTPUTS, [REFERENCES]).score)"}.
 */
class BleuTest {
  private static final List<String> OUTPUTS =
      List.of(
          "Tuesday, March 5, 2024",
          "in 5 days",
          "Peru, Chad & Japan",
          "12.5 kilometers (7-8 miles)",
          "a \"quoted\" word's end.");
  private static final List<String> REFERENCES =
      List.of(
          "Tuesday, March 5, 2024",
          "in 15 days",
          "Peru, Chad, and Japan",
          "12.5 kilometers (7-8 miles)",
          "a 'quoted' word's ending.");

  @Test
  void corpusScoreIsSacreBleus() {
    assertThat(Bleu.corpus(OUTPUTS, REFERENCES)).isWithin(1e-9).of(62.547782441762294);
  }

  @Test
  void missingOrdersAreSmoothed() {
    assertThat(Bleu.corpus(OUTPUTS.subList(1, 3), REFERENCES.subList(1, 3)))
        .isWithin(1e-9)
        .of(31.20097720968457);
    assertThat(score("the cat sat on the mat", "a dog stood by the door"))
        .isWithin(1e-9)
        .of(8.116697886877475);
  }

  @Test
  void wordsCountNoMoreOftenThanInTheReference() {
    assertThat(score("the the the the the the", "the cat is on the mat &amp; 3-4 1,000.5"))
        .isWithin(1e-9)
        .of(4.194930905450255);
  }

  @Test
  void withoutFourWordsOrAMatchTheScoreIsZero() {
    assertThat(score("in days ago", "in 3 days ago now")).isEqualTo(0.0);
    assertThat(score("x", "x")).isEqualTo(0.0);
    assertThat(score("a b c d e", "f g h i j")).isEqualTo(0.0);
  }

  @Test
  void tokens() {
    assertThat(
            String.join(
                " ",
                Tokenizer13a.tokenize(
                    "12.5 km (7-8), \"a\" &amp; b's 1,000. x.y [z] {w} p|q~ a\u2013b")))
        .isEqualTo("12.5 km ( 7 - 8 ) , \" a \" & b's 1,000 . x . y [ z ] { w } p | q ~ a\u2013b");
  }

  @Test
  void countsMustAgree() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Bleu.corpus(OUTPUTS, List.of("one")));
    assertThat(e)
        .hasMessageThat()
        .isEqualTo(
            "5 outputs cannot be scored against 1 references; give one reference for each output");
  }

  private static double score(String output, String reference) {
    return Bleu.corpus(List.of(output), List.of(reference));
  }
}
