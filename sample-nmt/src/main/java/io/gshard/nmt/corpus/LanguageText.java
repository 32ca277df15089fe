package io.gshard.nmt.corpus;

import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The pairs of one language. */
final class LanguageText {

  /** Draws by which a family is tried. */
  private static final int PROBE = 60;

  /** A family counts where at least this share of the draws is in the language. */
  private static final double ENOUGH = 0.4;

  private static final Map<String, List<Family<?>>> KNOWN = new ConcurrentHashMap<>();

  private LanguageText() {}

  /** The families that ICU really has in a language, the same for every seed. */
  static List<Family<?>> families(String language) {
    return KNOWN.computeIfAbsent(language, LanguageText::find);
  }

  private static List<Family<?>> find(String language) {
    List<Family<?>> families = new ArrayList<>();
    for (Family<?> family : World.FAMILIES) {
      if (real(family, language)) {
        families.add(family);
      }
    }
    return List.copyOf(families);
  }

  /** All pairs of a language in some families. */
  static List<Pair> of(String language, List<Family<?>> families, long seed) {
    List<Pair> pairs = new ArrayList<>();
    for (Family<?> family : families) {
      long stream = StableHash.of(language + "/" + family.name()) ^ StableHash.mix(seed);
      pairs.addAll(pairs(family, language, new SplittableRandom(stream)));
    }
    return pairs;
  }

  private static <F> boolean real(Family<F> family, String language) {
    Translation<F> translation = new Translation<>(family, language);
    SplittableRandom random = new SplittableRandom(StableHash.of(language));
    int real = 0;
    for (int i = 0; i < PROBE; i++) {
      if (translation.of(family.draw(random)).isPresent()) {
        real++;
      }
    }
    return real >= ENOUGH * PROBE;
  }

  private static <F> List<Pair> pairs(Family<F> family, String language, SplittableRandom random) {
    Translation<F> translation = new Translation<>(family, language);
    List<Pair> pairs = new ArrayList<>();
    Set<F> seen = new HashSet<>();
    for (int i = 0; i < family.draws(); i++) {
      F fact = family.draw(random);
      if (seen.add(fact)) {
        translation.of(fact).ifPresent(pairs::add);
      }
    }
    return pairs;
  }

  /** Says a fact in a language and in English. */
  private static final class Translation<F> {
    private final String family;
    private final String language;
    private final Function<F, String> voice;
    private final Function<F, String> root;
    private final Function<F, String> english;

    Translation(Family<F> family, String language) {
      this.family = family.name();
      this.language = language;
      voice = family.voice(new ULocale(language));
      root = family.voice(ULocale.ROOT);
      english = family.voice(ULocale.US);
    }

    /** Nothing where ICU falls back to root's or English text, which it does without a word. */
    Optional<Pair> of(F fact) {
      String said = voice.apply(fact);
      String reference = english.apply(fact);
      if (said == null || reference == null || said.equals(root.apply(fact))) {
        return Optional.empty();
      }
      String source = TextNormalizer.normalize(said);
      String target = TextNormalizer.normalize(reference);
      return source.isEmpty() || source.equals(target)
          ? Optional.empty()
          : Optional.of(new Pair(language, source, target, family));
    }
  }
}
