package io.gshard.eval;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Window;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * Convolution by its definition: for each element of the result, the sum over window and features.
 */
final class Convolutions {
  private final ArrayOp.Convolution op;
  private final ArrayOp.ConvolutionDims dims;
  private final Literal lhs;
  private final Literal rhs;
  private final long[] lhsStrides;
  private final long[] rhsStrides;
  private final Shape shape;

  private Convolutions(ArrayOp.Convolution op, Literal lhs, Literal rhs, Shape shape) {
    this.op = op;
    this.dims = op.dims();
    this.lhs = lhs;
    this.rhs = rhs;
    this.lhsStrides = lhs.shape().strides();
    this.rhsStrides = rhs.shape().strides();
    this.shape = shape;
  }

  static Literal convolve(ArrayOp.Convolution op, Literal lhs, Literal rhs, Shape shape) {
    return new Convolutions(op, lhs, rhs, shape).run();
  }

  private Literal run() {
    Cells result = new Cells(shape);
    long outFeatures = shape.dim(dims.outputFeature());
    long batches = lhs.shape().dim(dims.inputBatch()) / op.batchGroups();
    long features = rhs.shape().dim(dims.kernelInputFeature());
    Indices.forEach(
        shape.dims(),
        out -> {
          long feature = out[dims.outputFeature()];
          // A group of output features sees its own group of input features, or of batches.
          long firstFeature = feature / (outFeatures / op.featureGroups()) * features;
          long firstBatch = feature / (outFeatures / op.batchGroups()) * batches;
          long batch = firstBatch + out[dims.outputBatch()];
          long left =
              batch * lhsStrides[dims.inputBatch()]
                  + firstFeature * lhsStrides[dims.inputFeature()];
          long right = feature * rhsStrides[dims.kernelOutputFeature()];
          walk(result, Indices.position(shape.dims(), out), out, 0, left, right);
        });
    return result.literal();
  }

  /** Through the window's spatial dims, then over the features of the group. */
  private void walk(Cells sums, long at, long[] out, int spatial, long left, long right) {
    List<Window.Dim> window = op.window().dims();
    if (spatial == window.size()) {
      long features = rhs.shape().dim(dims.kernelInputFeature());
      long leftStep = lhsStrides[dims.inputFeature()];
      long rightStep = rhsStrides[dims.kernelInputFeature()];
      for (long f = 0; f < features; f++) {
        Contraction.addProduct(sums, at, lhs, left + f * leftStep, rhs, right + f * rightStep);
      }
      return;
    }
    Window.Dim dim = window.get(spatial);
    int lhsDim = dims.inputSpatial().get(spatial);
    long place = out[dims.outputSpatial().get(spatial)];
    long rightStep = rhsStrides[dims.kernelSpatial().get(spatial)];
    for (long k = 0; k < dim.size(); k++) {
      long index = WindowView.index(dim, place, k, lhs.shape().dim(lhsDim));
      if (index >= 0) {
        long kernel = dim.reversed() ? dim.size() - 1 - k : k;
        walk(
            sums,
            at,
            out,
            spatial + 1,
            left + index * lhsStrides[lhsDim],
            right + kernel * rightStep);
      }
    }
  }
}
