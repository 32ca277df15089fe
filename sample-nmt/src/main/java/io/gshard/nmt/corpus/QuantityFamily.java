package io.gshard.nmt.corpus;

import com.ibm.icu.number.LocalizedNumberFormatter;
import com.ibm.icu.number.NumberFormatter;
import com.ibm.icu.number.NumberFormatter.UnitWidth;
import com.ibm.icu.util.Currency;
import com.ibm.icu.util.MeasureUnit;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Amounts of units and of money: "12 kilometers", "40 Swiss francs". */
final class QuantityFamily implements Family<QuantityFamily.Quantity> {

  record Quantity(int amount, MeasureUnit unit) {}

  private static final List<MeasureUnit> UNITS =
      List.of(
          MeasureUnit.KILOMETER,
          MeasureUnit.METER,
          MeasureUnit.CENTIMETER,
          MeasureUnit.MILLIMETER,
          MeasureUnit.MILE,
          MeasureUnit.FOOT,
          MeasureUnit.INCH,
          MeasureUnit.YARD,
          MeasureUnit.KILOGRAM,
          MeasureUnit.GRAM,
          MeasureUnit.POUND,
          MeasureUnit.OUNCE,
          MeasureUnit.LITER,
          MeasureUnit.MILLILITER,
          MeasureUnit.GALLON,
          MeasureUnit.CELSIUS,
          MeasureUnit.FAHRENHEIT,
          MeasureUnit.SQUARE_METER,
          MeasureUnit.SQUARE_KILOMETER,
          MeasureUnit.HECTARE,
          MeasureUnit.CUBIC_METER,
          MeasureUnit.KILOMETER_PER_HOUR,
          MeasureUnit.METER_PER_SECOND,
          MeasureUnit.WATT,
          MeasureUnit.KILOWATT,
          MeasureUnit.VOLT,
          MeasureUnit.SECOND,
          MeasureUnit.MINUTE,
          MeasureUnit.HOUR,
          MeasureUnit.DAY,
          MeasureUnit.WEEK,
          MeasureUnit.MONTH,
          MeasureUnit.YEAR);

  private final List<MeasureUnit> units;

  QuantityFamily(List<Currency> currencies) {
    units = new ArrayList<>(UNITS);
    units.addAll(currencies);
  }

  @Override
  public String name() {
    return "quantity";
  }

  @Override
  public int draws() {
    return 700;
  }

  @Override
  public Quantity draw(SplittableRandom random) {
    // Half of them are measures, however many currencies there are.
    int bound = random.nextBoolean() ? UNITS.size() : units.size();
    return new Quantity(Draws.amount(random), units.get(random.nextInt(bound)));
  }

  @Override
  public Function<Quantity, String> voice(ULocale language) {
    Map<MeasureUnit, LocalizedNumberFormatter> formatters = new HashMap<>();
    return q ->
        formatters
            .computeIfAbsent(
                q.unit(),
                unit ->
                    NumberFormatter.withLocale(language)
                        .unit(unit)
                        .unitWidth(UnitWidth.FULL_NAME)
                        .precision(com.ibm.icu.number.Precision.integer()))
            .format(q.amount())
            .toString();
  }
}
