package io.gshard.nmt.corpus;

import com.ibm.icu.text.DateFormat;
import com.ibm.icu.util.TimeZone;
import com.ibm.icu.util.ULocale;
import java.time.LocalDate;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Full dates, most with their weekday: "Tuesday, March 5, 2024". */
final class DateFamily implements Family<DateFamily.Day> {

  record Day(LocalDate date, boolean weekday) {}

  private static final int FIRST_YEAR = 1900;
  private static final int YEARS = 200;
  private static final long MILLIS_A_DAY = 86_400_000L;

  @Override
  public String name() {
    return "date";
  }

  @Override
  public int draws() {
    return 900;
  }

  @Override
  public Day draw(SplittableRandom random) {
    long first = LocalDate.of(FIRST_YEAR, 1, 1).toEpochDay();
    long end = LocalDate.of(FIRST_YEAR + YEARS, 1, 1).toEpochDay();
    return new Day(LocalDate.ofEpochDay(random.nextLong(first, end)), random.nextInt(4) > 0);
  }

  @Override
  public Function<Day, String> voice(ULocale language) {
    // Thai and Persian would count years in calendars of their own, which is arithmetic, not
    // translation.
    ULocale gregorian = language.setKeywordValue("calendar", "gregorian");
    DateFormat full = format(DateFormat.FULL, gregorian);
    DateFormat plain = format(DateFormat.LONG, gregorian);
    return day ->
        (day.weekday() ? full : plain).format(Long.valueOf(day.date().toEpochDay() * MILLIS_A_DAY));
  }

  private static DateFormat format(int style, ULocale locale) {
    DateFormat format = DateFormat.getDateInstance(style, locale);
    format.setTimeZone(TimeZone.GMT_ZONE);
    return format;
  }
}
