package io.gshard.runtime;

import java.util.List;

/**
 * What a launcher keeps in memory: the model's parameters and the optimizer's state, at the same
 * offsets in every program, and how long the arenas are in all.
 *
 * @param each the arenas of each device
 * @param common the arenas that a process has once, for what is the same on all devices
 */
public record Layout(List<Binding> parameters, List<Binding> state, Sizes each, Sizes common) {

  /** Elements of an arena of each storage class. */
  public record Sizes(long f32, long s32, long bf16, long pred, long s64, long f64) {
    public static final Sizes NONE = new Sizes(0, 0, 0, 0, 0, 0);

    public Sizes {
      check("f32", f32);
      check("s32", s32);
      check("bf16", bf16);
      check("pred", pred);
      check("s64", s64);
      check("f64", f64);
    }

    private static void check(String arena, long elements) {
      if (elements < 0 || elements > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException(
            "%s elements of %s per device: a device's memory holds at most 2^31 of each type; use more devices"
                .formatted(elements, arena));
      }
    }
  }

  public Layout {
    parameters = List.copyOf(parameters);
    state = List.copyOf(state);
  }
}
