package io.gshard.spmd.cases;

/** The generated modules' texts, for tests elsewhere. */
public final class CaseTexts {
  private CaseTexts() {}

  /** The HLO of the case of a seed; always the same. */
  public static String of(long seed) {
    return Families.of(seed).text();
  }
}
