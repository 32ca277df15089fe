package io.gshard.nmt.corpus;

import com.ibm.icu.text.DisplayContext;
import com.ibm.icu.text.LocaleDisplayNames;
import com.ibm.icu.util.Currency;
import com.ibm.icu.util.ULocale;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Names of regions, languages and currencies: "South Korea", "Swahili", "Swiss Franc". */
final class NameFamily implements Family<NameFamily.Name> {

  enum Kind {
    REGION,
    LANGUAGE,
    CURRENCY
  }

  record Name(Kind kind, String code) {}

  private final List<Name> names;

  NameFamily(List<Name> names) {
    this.names = List.copyOf(names);
  }

  @Override
  public String name() {
    return "name";
  }

  @Override
  public int draws() {
    return 400;
  }

  @Override
  public Name draw(SplittableRandom random) {
    return names.get(random.nextInt(names.size()));
  }

  @Override
  public Function<Name, String> voice(ULocale language) {
    LocaleDisplayNames display =
        LocaleDisplayNames.getInstance(language, DisplayContext.NO_SUBSTITUTE);
    return name ->
        switch (name.kind()) {
          case REGION -> display.regionDisplayName(name.code());
          case LANGUAGE -> display.languageDisplayName(name.code());
          case CURRENCY -> currency(name.code(), language);
        };
  }

  private static String currency(String code, ULocale language) {
    String name = Currency.getInstance(code).getName(language, Currency.LONG_NAME, null);
    return name.equals(code) ? null : name;
  }
}
