package io.gshard.spmd.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs cases outside of a test: {@code CasesMain FIRST COUNT [FAMILY]}. Prints each failure,
 * shortly unless there is but one case, and how many there were in each family.
 */
public final class CasesMain {
  private CasesMain() {}

  public static void main(String[] args) {
    long first = Long.parseLong(args[0]);
    long count = Long.parseLong(args[1]);
    String family = args.length > 2 ? args[2] : "";
    Map<String, List<Long>> failed = new TreeMap<>();
    int run = 0;
    for (long seed = first; seed < first + count; seed++) {
      Case it = Families.of(seed);
      if (!it.family().startsWith(family)) {
        continue;
      }
      run++;
      try {
        CaseCheck.check(it);
      } catch (AssertionError e) {
        String text = e.getMessage();
        int end = count == 1 ? text.length() : Math.min(text.indexOf('\n'), 300);
        System.out.println(
            "seed " + seed + " " + it.family() + ": " + text.substring(0, end < 0 ? 300 : end));
        if (count == 1) {
          e.printStackTrace(System.out);
        }
        failed.computeIfAbsent(it.family(), f -> new ArrayList<>()).add(seed);
      }
    }
    failed.forEach((name, seeds) -> System.out.println(name + ": " + seeds.size() + " " + seeds));
    System.out.println(
        run + " cases, " + failed.values().stream().mapToInt(List::size).sum() + " failed");
  }
}
