package io.gshard.processor.ast;

import io.gshard.tensor.DType;
import java.util.List;
import java.util.Optional;

/** What annotations say of a tensor that is declared: its dims and how it is split. */
public record Marks(Optional<Named> dims, Optional<Split> split) {
  public static final Marks NONE = new Marks(Optional.empty(), Optional.empty());

  /** {@code @Dims}; the element type is missing where the annotation does not write it. */
  public record Named(String text, Optional<DType> type, Position at) {}

  /**
   * {@code @Split}, {@code @Replicate} or {@code @Shard}.
   *
   * @param dim the dim that {@code @Split} names, else unused
   * @param axes {@code @Split}: the axis, or "" ; {@code @Shard}: a text for each dim;
   *     {@code @Replicate}: none
   * @param devices {@code @Shard}: the devices in the order of the parts, or none
   */
  public record Split(Form form, int dim, List<String> axes, List<Integer> devices, Position at) {
    public Split {
      axes = List.copyOf(axes);
      devices = List.copyOf(devices);
    }
  }

  /** Which annotation it is. */
  public enum Form {
    SPLIT,
    REPLICATE,
    SHARD
  }

  public boolean isEmpty() {
    return dims.isEmpty() && split.isEmpty();
  }
}
