package io.gshard.passes.fusion;

import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A strided look at a root: element (i, j, ...) lies at offset + i*strides[0] + j*strides[1] + ...
 * plus the terms. Transposes, slices, broadcasts, reversals and most reshapes are views and cost
 * nothing.
 *
 * @param type how the bits are read; may differ from the root's for s32 and u32
 * @param terms parts of the offset that are known when the program runs
 * @param after the view is not to be read by a step before this one (an optimization barrier)
 */
public record View(
    Root root,
    DType type,
    List<Long> dims,
    List<Long> strides,
    long offset,
    List<Term> terms,
    int after) {

  /** A dynamic slice's start: the index clamped to 0..max, times the stride. */
  public record Term(View index, long max, long stride) {}

  public View {
    dims = List.copyOf(dims);
    strides = List.copyOf(strides);
    terms = List.copyOf(terms);
  }

  /** All of a value. */
  public static View of(Root.Value value) {
    return dense(value, value.shape());
  }

  static View dense(Root root, Shape shape) {
    return new View(root, shape.type(), shape.dims(), strides(shape), 0, List.of(), 0);
  }

  static View scalar(Root root, DType type) {
    return new View(root, type, List.of(), List.of(), 0, List.of(), 0);
  }

  static List<Long> strides(Shape shape) {
    List<Long> strides = new ArrayList<>();
    for (long stride : shape.strides()) {
      strides.add(stride);
    }
    return strides;
  }

  public Shape shape() {
    return new Shape(type, dims);
  }

  public long elements() {
    return shape().elements();
  }

  View with(List<Long> otherDims, List<Long> otherStrides, long otherOffset) {
    return new View(root, type, otherDims, otherStrides, otherOffset, terms, after);
  }

  View retyped(DType other) {
    return new View(root, other, dims, strides, offset, terms, after);
  }

  View notBefore(int step) {
    return new View(root, type, dims, strides, offset, terms, step);
  }

  View transpose(List<Integer> permutation) {
    return with(
        permutation.stream().map(dims::get).toList(),
        permutation.stream().map(strides::get).toList(),
        offset);
  }

  View broadcast(List<Long> to, List<Integer> dimensions) {
    List<Long> result = new ArrayList<>(Collections.nCopies(to.size(), 0L));
    for (int i = 0; i < dimensions.size(); i++) {
      result.set(dimensions.get(i), strides.get(i));
    }
    return with(to, result, offset);
  }

  View reverse(List<Integer> dimensions) {
    List<Long> result = new ArrayList<>(strides);
    long start = offset;
    for (int i : dimensions) {
      start += Math.max(0, dims.get(i) - 1) * strides.get(i);
      result.set(i, -strides.get(i));
    }
    return with(dims, result, start);
  }

  View slice(List<Long> starts, List<Long> sizes, List<Long> steps) {
    List<Long> result = new ArrayList<>();
    long start = offset;
    for (int i = 0; i < dims.size(); i++) {
      start += starts.get(i) * strides.get(i);
      result.add(strides.get(i) * steps.get(i));
    }
    return with(sizes, result, start);
  }

  View dynamicSlice(List<Long> sizes, List<View> indices) {
    List<Term> all = new ArrayList<>(terms);
    for (int i = 0; i < dims.size(); i++) {
      long max = dims.get(i) - sizes.get(i);
      if (max > 0 && strides.get(i) != 0) {
        all.add(new Term(indices.get(i), max, strides.get(i)));
      }
    }
    return new View(root, type, sizes, strides, offset, all, after);
  }

  /** The same elements under other dims, where strides can say so. */
  Optional<View> reshape(List<Long> to) {
    if (elements() == 0) {
      return Optional.of(with(to, Collections.nCopies(to.size(), 0L), offset));
    }
    List<Long> oldDims = new ArrayList<>();
    List<Long> oldStrides = new ArrayList<>();
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i) != 1) {
        oldDims.add(dims.get(i));
        oldStrides.add(strides.get(i));
      }
    }
    Long[] result = new Long[to.size()];
    int from = 0;
    int next = 0;
    while (next < to.size()) {
      if (to.get(next) == 1) {
        result[next++] = 0L;
        continue;
      }
      // One run of old dims and one of new dims with the same number of elements.
      int oldEnd = from + 1;
      int newEnd = next + 1;
      long oldCount = oldDims.get(from);
      long newCount = to.get(next);
      while (oldCount != newCount) {
        if (newCount < oldCount) {
          newCount *= to.get(newEnd++);
        } else {
          oldCount *= oldDims.get(oldEnd++);
        }
      }
      for (int i = from; i < oldEnd - 1; i++) {
        if (oldStrides.get(i) != oldDims.get(i + 1) * oldStrides.get(i + 1)) {
          return Optional.empty();
        }
      }
      long stride = oldStrides.get(oldEnd - 1);
      for (int i = newEnd - 1; i >= next; i--) {
        result[i] = stride;
        stride *= to.get(i);
      }
      from = oldEnd;
      next = newEnd;
    }
    return Optional.of(with(to, List.of(result), offset));
  }

  /** Whether all elements are one and the same. */
  public boolean isSingle() {
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i) != 1 && strides.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the elements follow one another in memory in row-major order. */
  public boolean isContiguous() {
    long stride = 1;
    for (int i = dims.size() - 1; i >= 0; i--) {
      if (dims.get(i) != 1 && strides.get(i) != stride) {
        return false;
      }
      stride *= dims.get(i);
    }
    return !(root instanceof Root.Counter) && (!(root instanceof Root.Scalar) || elements() == 1);
  }

  /** Whether it is all of a value in the value's own order, perhaps under other dims. */
  public boolean isWhole() {
    return root instanceof Root.Value value
        && offset == 0
        && terms.isEmpty()
        && value.shape().elements() == elements()
        && isContiguous();
  }

  /** Whether it is all of a value in the value's own order, each element so many times. */
  boolean repeats(long times) {
    if (!(root instanceof Root.Value value) || offset != 0 || !terms.isEmpty()) {
      return false;
    }
    View each = with(List.of(value.shape().elements(), times), List.of(1L, 0L), 0).coalesced();
    View dense = coalesced();
    return dense.dims.equals(each.dims) && dense.strides.equals(each.strides);
  }

  /** The same view with as few dims as strides allow, none of size 1. */
  public View coalesced() {
    List<Long> newDims = new ArrayList<>();
    List<Long> newStrides = new ArrayList<>();
    for (int i = 0; i < dims.size(); i++) {
      long dim = dims.get(i);
      if (dim == 1) {
        continue;
      }
      int last = newDims.size() - 1;
      if (last >= 0 && newStrides.get(last) == dim * strides.get(i)) {
        newDims.set(last, newDims.get(last) * dim);
        newStrides.set(last, strides.get(i));
      } else {
        newDims.add(dim);
        newStrides.add(strides.get(i));
      }
    }
    return with(newDims, newStrides, offset);
  }
}
