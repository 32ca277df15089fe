package io.gshard.nmt.vocab;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.collect.Range;
import io.gshard.nmt.UserError;
import io.gshard.nmt.corpus.Corpus;
import io.gshard.nmt.corpus.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTest {
  private static final Corpus CORPUS = Corpus.generate(List.of("de", "sw", "th", "ja"), 1);
  private static final Vocabulary SOURCE =
      Vocabulary.learn(CORPUS.train().stream().map(Pair::source).toList(), 1500, true);
  private static final Vocabulary TARGET =
      Vocabulary.learn(CORPUS.train().stream().map(Pair::english).toList(), 1000, false);

  @TempDir Path folder;

  /** Sennrich, Haddow and Birch 2016, section 3.2: "er" is the most frequent pair of neighbours. */
  @Test
  void mergesTheMostFrequentPairFirst() {
    List<String> lines = List.of("lower lower newer newer newer wider");
    assertThat(new BpeLearner(lines, 4 + 9 + 1, false).pieces().getLast()).isEqualTo("er");
  }

  @Test
  void everyHeldOutLineComesBack() {
    for (Pair pair : CORPUS.test()) {
      assertThat(SOURCE.decode(SOURCE.encode(pair.source()))).isEqualTo(pair.source());
      assertThat(TARGET.decode(TARGET.encode(pair.english()))).isEqualTo(pair.english());
    }
  }

  @Test
  void unseenCharactersComeBackAsBytes() {
    for (String line : List.of("", " ", "\uD83D\uDE00 \u10D0\u2581", "a  b", " a ", "\tx\n")) {
      assertWithMessage("'%s'", line).that(SOURCE.decode(SOURCE.encode(line))).isEqualTo(line);
    }
  }

  @Test
  void withoutBytesAnUnseenCharacterIsUnknown() {
    assertThat(TARGET.encode("\uD83D\uDE00")).asList().contains(Vocabulary.UNKNOWN);
    assertThat(TARGET.decode(new int[] {Vocabulary.UNKNOWN})).isEqualTo("\uFFFD");
  }

  @Test
  void digitsStayApart() {
    assertThat(TARGET.encode("1987").length).isEqualTo(4);
    assertThat(TARGET.encode("in 12 days").length).isEqualTo(4);
  }

  @Test
  void decodingEndsAtTheEnd() {
    int[] day = TARGET.encode("Monday");
    List<Integer> ids = new ArrayList<>(List.of(Vocabulary.BOS));
    for (int id : day) {
      ids.add(id);
    }
    ids.addAll(List.of(Vocabulary.EOS, day[0], Vocabulary.PAD));
    assertThat(TARGET.decode(ids.stream().mapToInt(i -> i).toArray())).isEqualTo("Monday");
  }

  @Test
  void sizeIsKept() {
    assertThat(SOURCE.size()).isEqualTo(1500);
    assertThat(TARGET.size()).isAtMost(1000);
    for (Pair pair : CORPUS.test()) {
      for (int id : SOURCE.encode(pair.source())) {
        assertThat(id).isIn(Range.closedOpen(4, 1500));
      }
    }
  }

  @Test
  void savedAndLoadedIsTheSame() throws IOException {
    Path file = folder.resolve("source.vocab");
    SOURCE.save(file);
    Vocabulary loaded = Vocabulary.load(file);
    for (Pair pair : CORPUS.test()) {
      assertThat(loaded.encode(pair.source())).isEqualTo(SOURCE.encode(pair.source()));
    }
  }

  @Test
  void damagedFileSaysSo() throws IOException {
    Path file = folder.resolve("source.vocab");
    SOURCE.save(file);
    List<String> lines = Files.readAllLines(file);
    Files.write(file, lines.subList(0, lines.size() / 2));
    UserError e = assertThrows(UserError.class, () -> Vocabulary.load(file));
    assertThat(e)
        .hasMessageThat()
        .isEqualTo(
            "the vocabulary "
                + file
                + " is damaged; restore the file or train again into a new"
                + " folder");
  }

  @Test
  void missingFileSaysSo() {
    Path file = folder.resolve("none.vocab");
    UserError e = assertThrows(UserError.class, () -> Vocabulary.load(file));
    assertThat(e)
        .hasMessageThat()
        .isEqualTo("cannot read the vocabulary " + file + "; give the folder of a finished run");
  }
}
