package io.gshard.nmt.corpus;

import com.ibm.icu.util.ULocale;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A kind of text that ICU can write in many languages: facts, such as a date, and for each language
 * a way of saying them.
 *
 * @param <F> a fact
 */
interface Family<F> {

  /** The name, as it stands in a corpus's last column. */
  String name();

  /** How many facts are drawn for a language. */
  int draws();

  /** A fact. */
  F draw(SplittableRandom random);

  /** Says facts in a language, or null where ICU knows no word. The function is for one thread. */
  Function<F, String> voice(ULocale language);
}
