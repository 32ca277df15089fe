package io.gshard.nmt.corpus;

import com.ibm.icu.util.Currency;
import com.ibm.icu.util.ULocale;
import io.gshard.nmt.corpus.NameFamily.Kind;
import io.gshard.nmt.corpus.NameFamily.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What the families talk about: ICU's languages, the regions they are at home in, the money spent
 * there.
 */
final class World {

  /** Every language ICU has any data for, but English. */
  static final List<String> LANGUAGES = languages();

  private static final List<String> REGIONS = regions();

  private static final List<Currency> CURRENCIES = currencies();

  static final List<Family<?>> FAMILIES =
      List.of(
          new DateFamily(),
          new RelativeFamily(),
          new QuantityFamily(CURRENCIES),
          new ListFamily(REGIONS),
          new NumberFamily(),
          new NameFamily(names()));

  private World() {}

  private static List<String> languages() {
    TreeSet<String> codes = new TreeSet<>();
    for (ULocale locale : ULocale.getAvailableLocales()) {
      codes.add(locale.getLanguage());
    }
    codes.remove("en");
    codes.remove("");
    return List.copyOf(codes);
  }

  private static List<String> regions() {
    TreeSet<String> codes = new TreeSet<>();
    for (String language : LANGUAGES) {
      String region = ULocale.addLikelySubtags(new ULocale(language)).getCountry();
      if (region.length() == 2) {
        codes.add(region);
      }
    }
    codes.addAll(List.of("US", "AU", "CA", "AR", "MX"));
    return List.copyOf(codes);
  }

  private static List<Currency> currencies() {
    TreeSet<String> codes = new TreeSet<>();
    for (String region : REGIONS) {
      Currency currency = Currency.getInstance(new ULocale("", region));
      if (currency != null) {
        codes.add(currency.getCurrencyCode());
      }
    }
    // ICU 77.1 fails an assertion on these two in their home's language, which has its own pattern
    // for them.
    codes.removeAll(List.of("CVE", "TRY"));
    return codes.stream().map(Currency::getInstance).toList();
  }

  private static List<Name> names() {
    List<Name> names = new ArrayList<>();
    REGIONS.forEach(code -> names.add(new Name(Kind.REGION, code)));
    LANGUAGES.forEach(code -> names.add(new Name(Kind.LANGUAGE, code)));
    CURRENCIES.forEach(c -> names.add(new Name(Kind.CURRENCY, c.getCurrencyCode())));
    return names;
  }
}
