package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Window;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** A convolution as one product: what lies under the window, side by side, times the kernel. */
final class Convolving {
  private final Arrays arrays;

  Convolving(Arrays arrays) {
    this.arrays = arrays;
  }

  Instruction convolve(ArrayOp.Convolution op, Instruction lhs, Instruction rhs, DType type) {
    ArrayOp.ConvolutionDims dims = op.dims();
    int spatial = dims.inputSpatial().size();
    List<Window.Dim> window = op.window().dims();
    // [batch, feature, spatial...] and [spatial..., feature, output feature]
    List<Integer> in = new ArrayList<>(List.of(dims.inputBatch(), dims.inputFeature()));
    in.addAll(dims.inputSpatial());
    Instruction x = arrays.transpose(lhs, in);
    List<Integer> order = new ArrayList<>(dims.kernelSpatial());
    order.add(dims.kernelInputFeature());
    order.add(dims.kernelOutputFeature());
    Instruction kernel = arrays.transpose(rhs, order);
    List<Integer> reversed =
        Arrays.range(spatial).stream().filter(i -> window.get(i).reversed()).toList();
    if (!reversed.isEmpty()) {
      kernel = arrays.emit(new Op.Reverse(reversed), kernel);
    }
    List<Instruction> views = List.of(x);
    List<Long> places = new ArrayList<>();
    for (int i = 0; i < spatial; i++) {
      places.add(window.get(i).places(x.shape().dim(2 + i)));
      views = under(window.get(i), 2 + i, places.getLast(), views);
    }
    long features = kernel.shape().dim(spatial);
    long groups = op.batchGroups() * op.featureGroups();
    long outputs = kernel.shape().dim(spatial + 1) / groups;
    long batch = x.shape().dim(0) / op.batchGroups();
    long area = places.stream().reduce(1L, Math::multiplyExact);
    List<Instruction> columns = new ArrayList<>();
    for (Instruction view : views) {
      List<Long> cut = List.of(op.batchGroups(), batch, op.featureGroups(), features, area);
      Instruction grouped = arrays.transpose(arrays.reshape(view, cut), List.of(0, 2, 1, 4, 3));
      columns.add(arrays.reshape(grouped, List.of(groups, batch * area, features)));
    }
    Instruction left = arrays.concatenate(columns, 2);
    Instruction right = arrays.reshape(kernel, List.of(views.size() * features, groups, outputs));
    // bf16 sums in f32, as the products of matrices do.
    Op.Dot dot = new Op.Dot(List.of(0), List.of(1), List.of(2), List.of(0), type);
    Instruction product = arrays.emit(dot, left, right);
    List<Long> split = new ArrayList<>(List.of(groups, batch));
    split.addAll(places);
    split.add(outputs);
    List<Integer> groupsLast = new ArrayList<>(List.of(1));
    for (int i = 0; i < spatial; i++) {
      groupsLast.add(2 + i);
    }
    groupsLast.add(0);
    groupsLast.add(2 + spatial);
    List<Long> joined = new ArrayList<>(List.of(batch));
    joined.addAll(places);
    joined.add(groups * outputs);
    Instruction result =
        arrays.reshape(arrays.transpose(arrays.reshape(product, split), groupsLast), joined);
    Integer[] out = new Integer[spatial + 2];
    out[dims.outputBatch()] = 0;
    out[dims.outputFeature()] = spatial + 1;
    for (int i = 0; i < spatial; i++) {
      out[dims.outputSpatial().get(i)] = 1 + i;
    }
    return arrays.transpose(result, List.of(out));
  }

  /** For each view, one for each element of the window along a dim. */
  private List<Instruction> under(Window.Dim d, int dim, long places, List<Instruction> views) {
    List<Instruction> results = new ArrayList<>();
    for (Instruction view : views) {
      Instruction padded = arrays.pad(view, dim, d.low(), d.high(), d.baseDilation() - 1);
      for (long k = 0; k < d.size(); k++) {
        long start = k * d.dilation();
        long limit = places == 0 ? start : start + (places - 1) * d.stride() + 1;
        results.add(arrays.slice(padded, dim, start, limit, d.stride()));
      }
    }
    return results;
  }
}
