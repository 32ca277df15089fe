package io.gshard.nmt.corpus;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.nmt.UserError;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CorpusTest {
  private static final List<String> LANGUAGES = List.of("de", "sw", "th", "fa");
  private static final Corpus CORPUS = Corpus.generate(LANGUAGES, 1);

  @Test
  void atLeastAHundredLanguagesHaveEnoughText() {
    List<String> available = Corpus.available();
    assertThat(available.size()).isAtLeast(100);
    assertThat(available).containsAtLeastElementsIn(LANGUAGES);
    assertThat(available).containsNoneOf("en", "root", "");
  }

  @Test
  void germanSaysWhatGermansSay() {
    Set<String> lines =
        Corpus.generate(List.of("de"), 1).train().stream()
            .filter(pair -> pair.family().equals("relative"))
            .map(pair -> pair.source() + " = " + pair.english())
            .collect(toSet());
    assertThat(lines).containsAnyOf("in 5 Tagen = in 5 days", "vor 5 Tagen = 5 days ago");
    assertThat(lines).containsNoneOf("in 5 Tagen = 5 days ago", "vor 5 Tagen = in 5 days");
  }

  @Test
  void everyFamilyIsThere() {
    Map<String, Set<String>> families =
        CORPUS.train().stream().collect(groupingBy(Pair::language, mapping(Pair::family, toSet())));
    assertThat(families.keySet()).containsExactlyElementsIn(LANGUAGES);
    assertThat(families.get("de"))
        .containsExactly("date", "relative", "quantity", "list", "number", "name");
  }

  @Test
  void calendarsAreGregorian() {
    for (Pair pair : CORPUS.train()) {
      if (pair.language().equals("th") && pair.family().equals("date")) {
        String year = pair.english().substring(pair.english().length() - 4);
        assertThat(pair.source()).contains(year);
      }
    }
  }

  @Test
  void noHeldOutEnglishStringIsTrainedOn() {
    Set<String> train = CORPUS.train().stream().map(Pair::english).collect(toSet());
    assertThat(CORPUS.test()).isNotEmpty();
    for (Pair pair : CORPUS.test()) {
      assertWithMessage(pair.tsv()).that(train).doesNotContain(pair.english());
    }
  }

  @Test
  void aHeldOutStringIsHeldOutForEverySeedAndLanguage() {
    Set<String> test = CORPUS.test().stream().map(Pair::english).collect(toSet());
    Corpus other = Corpus.generate(List.of("fr", "de"), 2);
    assertThat(other.train()).isNotEqualTo(CORPUS.train());
    for (Pair pair : other.train()) {
      assertWithMessage(pair.tsv()).that(test).doesNotContain(pair.english());
    }
  }

  @Test
  void sameSeedSameText() {
    assertThat(Corpus.generate(LANGUAGES, 1)).isEqualTo(CORPUS);
  }

  @Test
  void linesAreCleanAndNeverCopies() {
    for (Pair pair : CORPUS.train()) {
      assertThat(pair.source()).isEqualTo(TextNormalizer.normalize(pair.source()));
      assertThat(pair.source()).isNotEqualTo(pair.english());
      assertThat(pair.tsv().split("\t", -1)).hasLength(4);
    }
  }

  @Test
  void unknownLanguageNamesTheNearest() {
    UserError e = assertThrows(UserError.class, () -> Corpus.check(List.of("de", "swa")));
    assertThat(e)
        .hasMessageThat()
        .isEqualTo("language 'swa' is unknown; did you mean 'sw'? `bin/nmt languages` lists all");
  }

  @Test
  void languageWithLittleTextSaysSo() {
    UserError e = assertThrows(UserError.class, () -> Corpus.generate(List.of("bez"), 1));
    assertThat(e)
        .hasMessageThat()
        .isEqualTo(
            "language 'bez' has too little text in ICU to learn from; `bin/nmt languages` lists"
                + " those that have enough");
  }

  @Test
  void normalizerLeavesPlainSpacesAndNoMarks() {
    assertThat(TextNormalizer.normalize("\u200F 5\u00A0\u202Fkm\u00A0 e\u0301 "))
        .isEqualTo("5 km \u00E9");
  }
}
