package io.gshard.hlo.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A list of device ids read as an iota that was reshaped and transposed: in position order its
 * digits are numbers of some size, each with its stride.
 */
record DeviceDigits(List<Long> reshape, List<Integer> permutation) {

  private record Digit(long size, long stride) {}

  /** Empty if the ids are no such iota. */
  static Optional<DeviceDigits> of(List<Integer> ids) {
    List<Digit> digits = new ArrayList<>();
    int step = 1;
    while (step < ids.size()) {
      long stride = ids.get(step) - ids.getFirst();
      int size = 2;
      while (size * step < ids.size() && ids.get(size * step) == size * stride + ids.getFirst()) {
        size++;
      }
      while (ids.size() % (size * step) != 0) {
        size--;
      }
      if (size < 2) {
        return Optional.empty();
      }
      digits.addFirst(new Digit(size, stride));
      step *= size;
    }
    List<Digit> byStride =
        digits.stream().sorted(Comparator.comparingLong(Digit::stride).reversed()).toList();
    if (!isIota(byStride) || !gives(digits, ids)) {
      return Optional.empty();
    }
    return Optional.of(
        byStride.isEmpty()
            ? new DeviceDigits(List.of(1L), List.of(0))
            : new DeviceDigits(
                byStride.stream().map(Digit::size).toList(),
                digits.stream().map(byStride::indexOf).toList()));
  }

  /** Whether each stride is what the digits below it run through. */
  private static boolean isIota(List<Digit> byStride) {
    long below = 1;
    for (Digit digit : byStride.reversed()) {
      if (digit.stride() != below) {
        return false;
      }
      below *= digit.size();
    }
    return true;
  }

  private static boolean gives(List<Digit> digits, List<Integer> ids) {
    for (int position = 0; position < ids.size(); position++) {
      long id = 0;
      long rest = position;
      for (Digit digit : digits.reversed()) {
        id += rest % digit.size() * digit.stride();
        rest /= digit.size();
      }
      if (id != ids.get(position)) {
        return false;
      }
    }
    return true;
  }
}
