package io.gshard.nmt.corpus;

import static java.util.stream.Collectors.groupingBy;

import io.gshard.nmt.UserError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Parallel text, from about 120 languages into English, written by ICU from its locale data (CLDR).
 *
 * <p>Whether a line is for training or held out depends on its English string alone, so no held-out
 * English string stands in the training text of any language. The same seed gives the same text on
 * every machine.
 *
 * @param languages the codes of the languages, sorted
 * @param train the pairs to learn from, language by language
 * @param test the held-out pairs, as many of each language
 */
public record Corpus(List<String> languages, List<Pair> train, List<Pair> test) {

  /** One English string in so many is held out. */
  private static final int HELD_OUT_PER_MILLE = 15;

  private static final int TEST_PER_LANGUAGE = 40;

  /** A language needs so many of the six families; few have rules for numbers in words. */
  private static final int LEAST_FAMILIES = 5;

  public Corpus {
    languages = List.copyOf(languages);
    train = List.copyOf(train);
    test = List.copyOf(test);
  }

  /** The text of every language with enough data. */
  public static Corpus generate(long seed) {
    return of(texts(World.LANGUAGES, seed));
  }

  /**
   * The text of some languages.
   *
   * @throws UserError if a code is not one of {@link #available()}
   */
  public static Corpus generate(Collection<String> languages, long seed) {
    check(languages);
    return of(texts(List.copyOf(new TreeSet<>(languages)), seed));
  }

  /** The languages that have enough data, sorted. */
  public static List<String> available() {
    return World.LANGUAGES.parallelStream().filter(Corpus::hasEnough).toList();
  }

  /**
   * Says so if a code is not one of {@link #available()}.
   *
   * @throws UserError naming the nearest language there is
   */
  public static void check(Collection<String> languages) {
    for (String language : languages) {
      if (!World.LANGUAGES.contains(language)) {
        throw unknown(language);
      }
      if (!hasEnough(language)) {
        throw new UserError(
            "language '"
                + language
                + "' has too little text in ICU to learn from;"
                + " `bin/nmt languages` lists those that have enough");
      }
    }
  }

  private static boolean hasEnough(String language) {
    return LanguageText.families(language).size() >= LEAST_FAMILIES;
  }

  private static SortedMap<String, List<Pair>> texts(List<String> languages, long seed) {
    SortedMap<String, List<Pair>> texts = new TreeMap<>();
    languages.parallelStream()
        .map(language -> text(language, seed))
        .filter(pairs -> !pairs.isEmpty())
        .toList()
        .forEach(pairs -> texts.put(pairs.getFirst().language(), pairs));
    return texts;
  }

  private static List<Pair> text(String language, long seed) {
    List<Family<?>> families = LanguageText.families(language);
    return families.size() < LEAST_FAMILIES ? List.of() : LanguageText.of(language, families, seed);
  }

  private static Corpus of(Map<String, List<Pair>> texts) {
    List<Pair> train = new ArrayList<>();
    List<Pair> test = new ArrayList<>();
    for (List<Pair> pairs : texts.values()) {
      Map<Boolean, List<Pair>> split = pairs.stream().collect(groupingBy(Corpus::heldOut));
      train.addAll(split.getOrDefault(false, List.of()));
      split.getOrDefault(true, List.of()).stream()
          .sorted(Comparator.comparingLong(pair -> StableHash.of(pair.tsv())))
          .limit(TEST_PER_LANGUAGE)
          .forEach(test::add);
    }
    return new Corpus(List.copyOf(texts.keySet()), train, test);
  }

  /**
   * Whether a pair is held out: by its English string, so the same in every language and for every
   * seed.
   */
  static boolean heldOut(Pair pair) {
    return Long.remainderUnsigned(StableHash.of(pair.english()), 1000) < HELD_OUT_PER_MILLE;
  }

  private static UserError unknown(String language) {
    String nearest =
        available().stream()
            .min(Comparator.comparingInt(code -> Nearest.distance(language, code)))
            .orElseThrow();
    return new UserError(
        "language '"
            + language
            + "' is unknown; did you mean '"
            + nearest
            + "'? `bin/nmt languages` lists all");
  }
}
