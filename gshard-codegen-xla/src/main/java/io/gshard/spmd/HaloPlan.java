package io.gshard.spmd;

import java.util.ArrayList;
import java.util.List;

/**
 * How the devices along some axes get each its {@link Need} of a dim that is split over them, and
 * how many elements each sends for it. Found in closed form: how many devices there are does not
 * matter.
 *
 * @param size elements of the dim
 * @param parts devices that it is split over
 * @param from where, counted from the beginning of a device's part, the first element lies that
 *     some device needs
 * @param to where the last one ends
 * @param hops for {@link Kind#ROUTE}: from how many neighbouring parts a device's need comes at
 *     most
 * @param rounds for {@link Kind#ROUTE}: how many devices' needs begin in the same part at most
 * @param sent elements that a device sends
 */
record HaloPlan(
    Need need,
    long size,
    int parts,
    Kind kind,
    long from,
    long to,
    int hops,
    int rounds,
    double sent) {

  /**
   * Device i needs {@code length} elements from {@code floor((slope * i + base) / divisor)} on;
   * what lies outside of the dim is padding.
   *
   * @param users devices from this one on need nothing
   */
  record Need(long slope, long base, long divisor, long length, int users) {
    long start(long device) {
      return Math.floorDiv(slope * device + base, divisor);
    }
  }

  enum Kind {
    /** Nobody needs anything but padding. */
    NOTHING,
    /** Each device gets slices of the parts near its own. */
    SHIFT,
    /** Each device gets the whole parts that its need lies in, wherever they are. */
    ROUTE,
    /** Each device gets all parts. */
    GATHER
  }

  /** More permutes than this are never better than one all-gather. */
  private static final int MOST = 8;

  static HaloPlan of(long size, int parts, Need need) {
    long local = Math.ceilDiv(size, (long) parts);
    long from = Long.MAX_VALUE;
    long to = Long.MIN_VALUE;
    for (long i : samples(size, need)) {
      long start = Math.max(0, need.start(i));
      long end = Math.min(size, need.start(i) + need.length());
      if (start < end) {
        from = Math.min(from, start - i * local);
        to = Math.max(to, end - i * local);
      }
    }
    if (from == Long.MAX_VALUE) {
      return new HaloPlan(need, size, parts, Kind.NOTHING, 0, 0, 0, 0, 0);
    }
    double shift = to - from - Math.max(0, Math.min(to, local) - Math.max(from, 0));
    if (Math.floorDiv(to - 1, local) - Math.floorDiv(from, local) >= MOST) {
      shift = Double.POSITIVE_INFINITY;
    }
    long hops = Math.min(parts, hops(local, need));
    long rounds = Math.min(need.users(), Math.ceilDiv(local * need.divisor(), need.slope()));
    double route =
        hops * rounds <= MOST ? (double) hops * rounds * local : Double.POSITIVE_INFINITY;
    double gather = (parts - 1.0) * local;
    Kind kind =
        shift <= Math.min(route, gather) ? Kind.SHIFT : gather <= route ? Kind.GATHER : Kind.ROUTE;
    double sent = Math.min(shift, Math.min(route, gather));
    return new HaloPlan(need, size, parts, kind, from, to, (int) hops, (int) rounds, sent);
  }

  /** In how many parts a need lies at most, given all the places in a part where one can begin. */
  private static long hops(long local, Need need) {
    if (need.divisor() > 1) {
      return (local + need.length() - 2) / local + 1;
    }
    long step = gcd(need.slope(), local);
    long latest = local - step + Math.floorMod(need.base(), step);
    return (latest + need.length() - 1) / local + 1;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /**
   * Devices among which is one of the greatest and of the least distance between its part and its
   * need: between the devices whose need crosses an end of the dim that distance is linear, but for
   * what the division rounds, which repeats every {@code divisor} devices.
   */
  static List<Long> samples(long size, Need need) {
    List<Long> samples = new ArrayList<>();
    long last = need.users() - 1L;
    long reach = need.divisor() + 1;
    long next = 0;
    long[] ends = {0, size, -need.length(), size - need.length()};
    long[] places = new long[ends.length + 2];
    for (int i = 0; i < ends.length; i++) {
      long place = Math.floorDiv(ends[i] * need.divisor() - need.base(), need.slope());
      places[i] = Math.clamp(place, 0, last);
    }
    places[ends.length + 1] = last;
    java.util.Arrays.sort(places);
    for (long place : places) {
      for (long i = Math.max(next, place - reach); i <= Math.min(last, place + reach); i++) {
        samples.add(i);
        next = i + 1;
      }
    }
    return samples;
  }

  /** What one device holds. */
  long local() {
    return Math.ceilDiv(size, (long) parts);
  }

  /** Whether some device's need reaches before the dim's first element. */
  boolean underflows() {
    return samples(size, need).stream().anyMatch(i -> need.start(i) < 0);
  }

  /** Whether some device's need reaches behind the dim's last element. */
  boolean overflows() {
    return samples(size, need).stream().anyMatch(i -> need.start(i) + need.length() > size);
  }
}
