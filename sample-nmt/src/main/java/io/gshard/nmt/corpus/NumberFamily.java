package io.gshard.nmt.corpus;

import com.ibm.icu.text.RuleBasedNumberFormat;
import com.ibm.icu.util.ULocale;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Numbers in words, where ICU has the language's rules: "three hundred twenty-one". */
final class NumberFamily implements Family<Integer> {

  @Override
  public String name() {
    return "number";
  }

  @Override
  public int draws() {
    return 500;
  }

  @Override
  public Integer draw(SplittableRandom random) {
    int digits = random.nextInt(1, 5);
    return random.nextInt((int) Math.pow(10, digits));
  }

  @Override
  public Function<Integer, String> voice(ULocale language) {
    RuleBasedNumberFormat rules =
        new RuleBasedNumberFormat(language, RuleBasedNumberFormat.SPELLOUT);
    return number -> {
      String words = rules.format((long) number);
      // Where there are no rules, digits come back.
      return words.codePoints().anyMatch(Character::isDigit) ? null : words;
    };
  }
}
