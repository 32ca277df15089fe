package io.gshard.kernels;

import io.gshard.tensor.Shape;
import java.util.List;

/**
 * What gather and scatter share: for each index vector, where its window lies in the operand and
 * where in the dense side (a gather's result, a scatter's updates). Immutable; made once per op.
 */
final class Windows {
  private final int[] batch;
  private final int[] indexStrides;
  private final int[] operandStrides;
  private final int[] denseStrides;
  private final int componentStride;
  private final int[] componentOperandStrides;
  private final int[] limits;
  final int[] window;
  final int[] windowOperandStrides;
  final int[] windowDenseStrides;
  final int operandElements;

  /**
   * The elements of a window where each is one run of both sides; else 0. The windows of a result
   * then follow one another.
   */
  final int run;

  /**
   * @param inDense the dense side's strides
   * @param sizes the window's size in each operand dim
   * @param left operand dims that the window's dims in the dense side do not have
   * @param startMap the operand dim of each component of an index vector
   * @param windowDims the dense side's dims that hold the window
   */
  Windows(
      Shape operand,
      Shape indices,
      Shape dense,
      long[] inDense,
      List<Long> sizes,
      List<Integer> left,
      List<Integer> operandBatching,
      List<Integer> indicesBatching,
      List<Integer> startMap,
      int indexVectorDim,
      List<Integer> windowDims) {
    long[] inOperand = operand.strides();
    long[] inIndices = indices.strides();
    int batchRank = dense.rank() - windowDims.size();
    batch = new int[batchRank];
    indexStrides = new int[batchRank];
    operandStrides = new int[batchRank];
    denseStrides = new int[batchRank];
    int at = 0;
    for (int i = 0; i < indices.rank(); i++) {
      if (i == indexVectorDim) {
        continue;
      }
      batch[at] = Math.toIntExact(indices.dim(i));
      indexStrides[at] = (int) inIndices[i];
      int paired = indicesBatching.indexOf(i);
      operandStrides[at] = paired < 0 ? 0 : (int) inOperand[operandBatching.get(paired)];
      at++;
    }
    at = 0;
    for (int i = 0; i < dense.rank(); i++) {
      if (!windowDims.contains(i)) {
        denseStrides[at++] = (int) inDense[i];
      }
    }
    componentStride = indexVectorDim < indices.rank() ? (int) inIndices[indexVectorDim] : 0;
    componentOperandStrides = new int[startMap.size()];
    limits = new int[startMap.size()];
    for (int i = 0; i < limits.length; i++) {
      int dim = startMap.get(i);
      componentOperandStrides[i] = (int) inOperand[dim];
      limits[i] = Math.toIntExact(operand.dim(dim) - sizes.get(dim));
    }
    int windowRank = windowDims.size();
    window = new int[windowRank];
    windowOperandStrides = new int[windowRank];
    windowDenseStrides = new int[windowRank];
    at = 0;
    for (int dim = 0; dim < operand.rank(); dim++) {
      if (!left.contains(dim) && !operandBatching.contains(dim)) {
        window[at] = Math.toIntExact(sizes.get(dim));
        windowOperandStrides[at] = (int) inOperand[dim];
        windowDenseStrides[at] = (int) inDense[windowDims.get(at)];
        at++;
      }
    }
    operandElements = Math.toIntExact(operand.elements());
    int elements = 1;
    for (int size : window) {
      elements *= size;
    }
    run = isRun(windowOperandStrides) && isRun(windowDenseStrides) ? elements : 0;
  }

  private boolean isRun(int[] strides) {
    int stride = 1;
    for (int i = window.length - 1; i >= 0; i--) {
      if (window[i] != 1 && strides[i] != stride) {
        return false;
      }
      stride *= window[i];
    }
    return true;
  }

  /** How many windows there are. */
  int count() {
    int count = 1;
    for (int size : batch) {
      count *= size;
    }
    return count;
  }

  /** Whether every window of the operand begins at a multiple of {@link #run}. */
  boolean aligned() {
    return run > 0 && multiples(operandStrides) && multiples(componentOperandStrides);
  }

  private boolean multiples(int[] strides) {
    for (int stride : strides) {
      if (stride % run != 0) {
        return false;
      }
    }
    return true;
  }

  /** What is done with each window. */
  interface Visitor {
    void visit(int inOperand, int inDense);
  }

  /** Visits all windows in row-major order; one that does not fit is clamped, or left out. */
  void forEach(int[] indices, int io, boolean clamp, Visitor visitor) {
    for (int size : batch) {
      if (size == 0) {
        return;
      }
    }
    int[] position = new int[batch.length];
    int index = io;
    int operand = 0;
    int dense = 0;
    while (true) {
      int start = start(indices, index, clamp);
      if (start >= 0) {
        visitor.visit(operand + start, dense);
      }
      int i = batch.length - 1;
      for (; i >= 0; i--) {
        index += indexStrides[i];
        operand += operandStrides[i];
        dense += denseStrides[i];
        if (++position[i] < batch[i]) {
          break;
        }
        index -= batch[i] * indexStrides[i];
        operand -= batch[i] * operandStrides[i];
        dense -= batch[i] * denseStrides[i];
        position[i] = 0;
      }
      if (i < 0) {
        return;
      }
    }
  }

  /** A piece of a row: from where in the operand, of which row, to where in the block. */
  interface Piece {
    void visit(int inOperand, int row, int inBlock, int length);
  }

  /** Visits elements first to first + n of a gather's result, whose windows are runs. */
  void forEachPiece(int[] indices, int io, int first, int n, Piece piece) {
    int last = batch.length - 1;
    int inner = last < 0 ? 1 : batch[last];
    int row = first / run;
    int column = first % run;
    int done = 0;
    while (done < n) {
      int index = io;
      int operand = 0;
      int rest = row / inner;
      for (int i = last - 1; i >= 0; i--) {
        int position = rest % batch[i];
        rest /= batch[i];
        index += position * indexStrides[i];
        operand += position * operandStrides[i];
      }
      for (int i = row % inner; i < inner && done < n; i++) {
        int at = last < 0 ? index : index + i * indexStrides[last];
        int from = last < 0 ? operand : operand + i * operandStrides[last];
        int length = Math.min(n - done, run - column);
        piece.visit(from + start(indices, at, true) + column, row, done, length);
        done += length;
        column = 0;
        row++;
      }
    }
  }

  private int start(int[] indices, int at, boolean clamp) {
    int start = 0;
    for (int i = 0; i < limits.length; i++) {
      int value = indices[at + i * componentStride];
      if (clamp) {
        value = Math.max(0, Math.min(limits[i], value));
      } else if (value < 0 || value > limits[i]) {
        return -1;
      }
      start += value * componentOperandStrides[i];
    }
    return start;
  }
}
