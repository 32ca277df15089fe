package io.gshard.cost;

import java.util.Locale;

/** Amounts of memory as people read them. */
public final class Bytes {
  private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Bytes() {}

  /** Such as {@code 1.5 MiB}. */
  public static String text(double bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? "%.0f bytes".formatted(value)
        : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }
}
