package io.gshard.nmt.corpus;

import com.ibm.icu.text.DisplayContext;
import com.ibm.icu.text.ListFormatter;
import com.ibm.icu.text.LocaleDisplayNames;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Lists of two to four regions: "Peru, Chad, and Japan". */
final class ListFamily implements Family<List<String>> {

  private final List<String> regions;

  ListFamily(List<String> regions) {
    this.regions = List.copyOf(regions);
  }

  @Override
  public String name() {
    return "list";
  }

  @Override
  public int draws() {
    return 700;
  }

  @Override
  public List<String> draw(SplittableRandom random) {
    int count = random.nextInt(2, 5);
    List<String> drawn = new ArrayList<>(count);
    while (drawn.size() < count) {
      String region = regions.get(random.nextInt(regions.size()));
      if (!drawn.contains(region)) {
        drawn.add(region);
      }
    }
    return drawn;
  }

  @Override
  public Function<List<String>, String> voice(ULocale language) {
    LocaleDisplayNames display =
        LocaleDisplayNames.getInstance(language, DisplayContext.NO_SUBSTITUTE);
    ListFormatter formatter = ListFormatter.getInstance(language);
    return codes -> {
      List<String> names = new ArrayList<>(codes.size());
      for (String code : codes) {
        String name = display.regionDisplayName(code);
        if (name == null) {
          return null;
        }
        names.add(name);
      }
      return formatter.format(names);
    };
  }
}
