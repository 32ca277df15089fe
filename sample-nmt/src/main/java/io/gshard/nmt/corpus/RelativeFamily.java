package io.gshard.nmt.corpus;

import com.ibm.icu.text.RelativeDateTimeFormatter;
import com.ibm.icu.text.RelativeDateTimeFormatter.Direction;
import com.ibm.icu.text.RelativeDateTimeFormatter.RelativeUnit;
import com.ibm.icu.util.ULocale;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Times from now: "in 5 days", "3 weeks ago". */
final class RelativeFamily implements Family<RelativeFamily.Moment> {

  record Moment(int amount, RelativeUnit unit, Direction direction) {}

  private static final RelativeUnit[] UNITS = {
    RelativeUnit.SECONDS,
    RelativeUnit.MINUTES,
    RelativeUnit.HOURS,
    RelativeUnit.DAYS,
    RelativeUnit.WEEKS,
    RelativeUnit.MONTHS,
    RelativeUnit.YEARS
  };

  @Override
  public String name() {
    return "relative";
  }

  @Override
  public int draws() {
    return 500;
  }

  @Override
  public Moment draw(SplittableRandom random) {
    return new Moment(
        Draws.amount(random),
        UNITS[random.nextInt(UNITS.length)],
        random.nextBoolean() ? Direction.NEXT : Direction.LAST);
  }

  @Override
  public Function<Moment, String> voice(ULocale language) {
    RelativeDateTimeFormatter formatter = RelativeDateTimeFormatter.getInstance(language);
    return m -> formatter.format(m.amount(), m.direction(), m.unit());
  }
}
