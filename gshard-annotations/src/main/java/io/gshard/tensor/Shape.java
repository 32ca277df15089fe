package io.gshard.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * An element type and the sizes of the dims, major to minor. A scalar has no dims.
 *
 * <p>Prints as HLO does: {@code f32[8,128]}.
 */
public record Shape(DType type, List<Long> dims) {

  public Shape {
    dims = List.copyOf(dims);
    for (long dim : dims) {
      if (dim < 0) {
        throw new ShapeException("a dim of size " + dim + " in " + dims + ": sizes are 0 or more");
      }
    }
  }

  public static Shape of(DType type, long... dims) {
    List<Long> list = new ArrayList<>(dims.length);
    for (long dim : dims) {
      list.add(dim);
    }
    return new Shape(type, list);
  }

  public static Shape scalar(DType type) {
    return new Shape(type, List.of());
  }

  public int rank() {
    return dims.size();
  }

  public long dim(int index) {
    return dims.get(index);
  }

  /**
   * The place of a dim that may be counted from the end: -1 is the last.
   *
   * @throws ShapeException if there is no such dim
   */
  public int dimIndex(int index) {
    int place = index < 0 ? index + rank() : index;
    if (place < 0 || place >= rank()) {
      throw new ShapeException(
          "%s has no dim %d; expected %d to %d".formatted(this, index, -rank(), rank() - 1));
    }
    return place;
  }

  public boolean isScalar() {
    return dims.isEmpty();
  }

  /** The number of elements; 1 for a scalar. */
  public long elements() {
    long elements = 1;
    for (long dim : dims) {
      elements = Math.multiplyExact(elements, dim);
    }
    return elements;
  }

  public long bytes() {
    return Math.multiplyExact(elements(), type.bytes());
  }

  public Shape withType(DType other) {
    return new Shape(other, dims);
  }

  public Shape withDims(List<Long> other) {
    return new Shape(type, other);
  }

  public Shape withDim(int index, long size) {
    List<Long> changed = new ArrayList<>(dims);
    changed.set(index, size);
    return new Shape(type, changed);
  }

  /** The distance, in elements, between neighbours along each dim in row-major order. */
  public long[] strides() {
    long[] strides = new long[rank()];
    long stride = 1;
    for (int i = rank() - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(1, dim(i));
    }
    return strides;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(type.hloName()).append('[');
    for (int i = 0; i < dims.size(); i++) {
      text.append(i == 0 ? "" : ",").append(dim(i));
    }
    return text.append(']').toString();
  }
}
