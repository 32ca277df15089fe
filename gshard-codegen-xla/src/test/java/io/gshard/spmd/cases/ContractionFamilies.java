package io.gshard.spmd.cases;

import io.gshard.hlo.Window;
import io.gshard.spmd.cases.CaseBuilder.Named;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Cases around dot, convolution, and linear algebra on batches of matrices. */
final class ContractionFamilies {
  private ContractionFamilies() {}

  /** Any numbers of batch, contracting and free dims, in any order within each operand. */
  static void dot(CaseBuilder b) {
    int batches = b.pick(0, 0, 1, 1, 2);
    int contracted = b.pick(0, 1, 1, 1, 2);
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < batches + contracted; i++) {
      sizes.add(b.size(1, 2, 3, 4, 5, 6, 8));
    }
    Side lhs = side(b, sizes, b.pick(0, 1, 1, 2));
    Side rhs = side(b, sizes, b.pick(0, 1, 1, 2));
    DType type = b.pick(DType.F32, DType.F32, DType.F32, DType.S32, DType.BF16, DType.F64);
    DType result = type == DType.BF16 && b.flip() ? DType.F32 : type;
    Named x = b.parameter(type, lhs.dims);
    Named y = b.parameter(type, rhs.dims);
    List<Long> dims = new ArrayList<>(sizes.subList(0, batches));
    dims.addAll(lhs.free);
    dims.addAll(rhs.free);
    b.result(
        b.op(
            result,
            dims,
            "dot(%s, %s), lhs_batch_dims={%s}, rhs_batch_dims={%s}, lhs_contracting_dims={%s}, rhs_contracting_dims={%s}",
            x,
            y,
            Tiling.join(lhs.places.subList(0, batches)),
            Tiling.join(rhs.places.subList(0, batches)),
            Tiling.join(lhs.places.subList(batches, batches + contracted)),
            Tiling.join(rhs.places.subList(batches, batches + contracted))));
  }

  /** An operand's dims; where the shared ones lie; the sizes of the others in order. */
  private record Side(List<Long> dims, List<Integer> places, List<Long> free) {}

  private static Side side(CaseBuilder b, List<Long> shared, int free) {
    int rank = shared.size() + free;
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      order.add(i);
    }
    if (b.flip()) {
      Collections.shuffle(order, b.random);
    }
    List<Integer> places = order.subList(0, shared.size());
    Long[] dims = new Long[rank];
    for (int i = 0; i < shared.size(); i++) {
      dims[places.get(i)] = shared.get(i);
    }
    List<Long> others = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      if (dims[i] == null) {
        dims[i] = b.size(1, 2, 3, 5, 6, 8);
        others.add(dims[i]);
      }
    }
    return new Side(List.of(dims), places, others);
  }

  /** Two products and what lies between, as in a layer. */
  static void layer(CaseBuilder b) {
    long rows = b.size();
    long inner = b.size();
    long hidden = b.size();
    Named x = b.parameter(DType.F32, List.of(rows, inner));
    Named w = b.parameter(DType.F32, List.of(inner, hidden));
    Named v = b.parameter(DType.F32, List.of(hidden, inner));
    String attributes = "lhs_contracting_dims={1}, rhs_contracting_dims={0}";
    Named h = b.op(DType.F32, List.of(rows, hidden), "dot(%s, %s), %s", x, w, attributes);
    Named zero = b.scalar(DType.F32, "0");
    Named zeros = b.op(DType.F32, h.dims(), "broadcast(%s), dimensions={}", zero);
    Named relu = b.op(DType.F32, h.dims(), "maximum(%s, %s)", h, zeros);
    Named y = b.op(DType.F32, List.of(rows, inner), "dot(%s, %s), %s", relu, v, attributes);
    b.result(b.op(DType.F32, y.dims(), "add(%s, %s)", x, y));
  }

  /** Dispatch and combine of a mixture of experts. */
  static void experts(CaseBuilder b) {
    long groups = b.size(2, 4, 6, 8);
    long tokens = b.between(1, 4);
    long experts = b.size(2, 4, 6, 8);
    long capacity = b.between(1, 3);
    long width = b.between(1, 4);
    Named mask = b.parameter(DType.F32, List.of(groups, tokens, experts, capacity));
    Named x = b.parameter(DType.F32, List.of(groups, tokens, width));
    Named w = b.parameter(DType.F32, List.of(experts, width, width));
    Named sent =
        b.op(
            DType.F32,
            List.of(groups, experts, capacity, width),
            "dot(%s, %s), lhs_batch_dims={0}, rhs_batch_dims={0}, lhs_contracting_dims={1}, rhs_contracting_dims={1}",
            mask,
            x);
    Named own =
        b.op(
            DType.F32,
            List.of(experts, groups, capacity, width),
            "transpose(%s), dimensions={1,0,2,3}",
            sent);
    Named done =
        b.op(
            DType.F32,
            List.of(experts, groups, capacity, width),
            "dot(%s, %s), lhs_batch_dims={0}, rhs_batch_dims={0}, lhs_contracting_dims={3}, rhs_contracting_dims={1}",
            own,
            w);
    b.result(
        b.op(
            DType.F32,
            List.of(groups, tokens, width),
            "dot(%s, %s), lhs_batch_dims={0}, rhs_batch_dims={1}, lhs_contracting_dims={2,3}, rhs_contracting_dims={0,2}",
            mask,
            done));
  }

  private static final String[] LABELS = {
    "bSPATIALf_SPATIALio->bSPATIALf",
    "bfSPATIAL_oiSPATIAL->bfSPATIAL",
    "bSPATIALf_oSPATIALi->SPATIALbf",
    "fSPATIALb_iSPATIALo->bSPATIALf"
  };

  static void convolution(CaseBuilder b) {
    long featureGroups = b.pick(1, 1, 1, 2, 3);
    long batchGroups = featureGroups > 1 ? 1 : b.pick(1, 1, 1, 2);
    long batch = batchGroups * b.size(1, 2, 3, 4);
    long inputs = featureGroups * b.size(1, 2, 3);
    long outputs = featureGroups * batchGroups * b.size(1, 2, 3);
    int spatial = b.pick(1, 1, 2);
    List<Long> image = new ArrayList<>();
    List<Window.Dim> window = new ArrayList<>();
    for (int i = 0; i < spatial; i++) {
      long size = spatial == 1 ? b.size(3, 4, 5, 7, 8, 11, 12, 16, 17) : b.size(3, 4, 5, 6, 8);
      image.add(size);
      window.add(window(b, size));
    }
    convolution(b, batch, inputs, outputs, featureGroups, batchGroups, image, new Window(window));
  }

  private static Window.Dim window(CaseBuilder b, long size) {
    Window.Dim dim;
    do {
      dim =
          new Window.Dim(
              b.between(1, 4),
              b.pick(1, 1, 2, 3),
              b.pick(0, 0, 1, 2, -1),
              b.pick(0, 0, 1, 2, -1),
              b.pick(1, 1, 1, 2),
              b.pick(1, 1, 1, 2),
              b.below(5) == 0);
    } while (dim.places(size) < 1);
    return dim;
  }

  /** The gradient by the input: the kernel runs backwards over the dilated gradient. */
  static void convolutionInputGradient(CaseBuilder b) {
    long size = b.size(3, 4, 5, 6, 8, 9, 12);
    long kernel = b.between(1, 3);
    long stride = b.pick(1, 2);
    long pad = b.below((int) kernel);
    long places = new Window.Dim(kernel, stride, pad, pad, 1, 1, false).places(size);
    if (places < 1) {
      size = kernel;
      pad = 0;
      places = 1;
    }
    long low = kernel - 1 - pad;
    long high = size + kernel - 1 - (places - 1) * stride - 1 - low;
    Window.Dim dim = new Window.Dim(kernel, 1, low, high, stride, 1, true);
    convolution(
        b,
        b.size(1, 2, 4),
        b.size(2, 4),
        b.size(3, 4),
        1,
        1,
        List.of(places),
        new Window(List.of(dim)));
  }

  /** The gradient by the kernel: the gradient is the window, as large as the image. */
  static void convolutionKernelGradient(CaseBuilder b) {
    long size = b.size(4, 5, 7, 8, 9, 12, 16);
    long stride = b.pick(1, 1, 2);
    long places = (size + stride - 1) / stride;
    long extent = (places - 1) * stride + 1;
    long kernel = b.between(1, 3);
    long low = (kernel - 1) / 2;
    long high = extent + kernel - 1 - size - low;
    Window.Dim dim = new Window.Dim(places, 1, low, high, 1, stride, false);
    convolution(
        b, b.size(1, 2), b.size(2, 4), b.size(3, 4), 1, 1, List.of(size), new Window(List.of(dim)));
  }

  private static void convolution(
      CaseBuilder b,
      long batch,
      long inputs,
      long outputs,
      long featureGroups,
      long batchGroups,
      List<Long> image,
      Window window) {
    DType type = b.pick(DType.F32, DType.F32, DType.F32, DType.BF16, DType.F64);
    String labels = b.pick(LABELS).replace("SPATIAL", image.size() == 1 ? "0" : "01");
    List<Long> kernel = window.dims().stream().map(Window.Dim::size).toList();
    String lhsLabels = labels.substring(0, labels.indexOf('_'));
    String rhsLabels = labels.substring(labels.indexOf('_') + 1, labels.indexOf('-'));
    String outLabels = labels.substring(labels.indexOf('>') + 1);
    Named x = b.parameter(type, dims(lhsLabels, 'b', batch, 'f', inputs, image));
    Named k = b.parameter(type, dims(rhsLabels, 'i', inputs / featureGroups, 'o', outputs, kernel));
    List<Long> places = FoldFamilies.places(window, image);
    String groups =
        (featureGroups > 1 ? ", feature_group_count=" + featureGroups : "")
            + (batchGroups > 1 ? ", batch_group_count=" + batchGroups : "");
    b.result(
        b.op(
            type,
            dims(outLabels, 'b', batch / batchGroups, 'f', outputs, places),
            "convolution(%s, %s), window={%s}, dim_labels=%s%s",
            x,
            k,
            FoldFamilies.text(window),
            labels,
            groups));
  }

  private static List<Long> dims(
      String labels, char first, long firstSize, char second, long secondSize, List<Long> spatial) {
    List<Long> dims = new ArrayList<>();
    for (char label : labels.toCharArray()) {
      dims.add(
          label == first ? firstSize : label == second ? secondSize : spatial.get(label - '0'));
    }
    return dims;
  }

  static void fft(CaseBuilder b) {
    String kind = b.pick("FFT", "IFFT", "RFFT", "IRFFT");
    long length = b.pick(2, 3, 4, 6, 8);
    List<Long> dims = new ArrayList<>(b.dims(b.between(1, 2)));
    List<Long> from = new ArrayList<>(dims);
    List<Long> to = new ArrayList<>(dims);
    from.add(kind.equals("IRFFT") ? length / 2 + 1 : length);
    to.add(kind.equals("RFFT") ? length / 2 + 1 : length);
    Named x = b.parameter(kind.equals("RFFT") ? DType.F32 : DType.C64, from);
    b.result(
        b.op(
            kind.equals("IRFFT") ? DType.F32 : DType.C64,
            to,
            "fft(%s), fft_type=%s, fft_length={%s}",
            x,
            kind,
            length));
  }

  static void cholesky(CaseBuilder b) {
    long n = b.between(1, 4);
    List<Long> dims = new ArrayList<>(b.flip() ? List.of(b.size()) : List.of(b.size(), 2L));
    dims.add(n);
    dims.add(n);
    DType type = b.pick(DType.F32, DType.F64);
    Named x = b.parameter(type, dims, new Values.Definite());
    boolean lower = b.flip();
    Named factor = b.op(type, dims, "cholesky(%s), lower=%s", x, lower);
    // The other triangle is anything.
    int rank = dims.size();
    Named rows = b.op(DType.S32, dims, "iota(), iota_dimension=%s", rank - 2);
    Named columns = b.op(DType.S32, dims, "iota(), iota_dimension=%s", rank - 1);
    Named inside =
        b.op(DType.PRED, dims, "compare(%s, %s), direction=%s", rows, columns, lower ? "GE" : "LE");
    Named zero = b.scalar(type, "0");
    Named zeros = b.op(type, dims, "broadcast(%s), dimensions={}", zero);
    b.result(b.op(type, dims, "select(%s, %s, %s)", inside, factor, zeros));
  }

  static void triangularSolve(CaseBuilder b) {
    long n = b.between(1, 4);
    long others = b.size(1, 2, 3, 4, 8);
    boolean left = b.flip();
    long batch = b.size();
    DType type = b.pick(DType.F32, DType.F64);
    Named a = b.parameter(type, List.of(batch, n, n), new Values.HeavyDiagonal());
    Named y = b.parameter(type, left ? List.of(batch, n, others) : List.of(batch, others, n));
    b.result(
        b.op(
            type,
            y.dims(),
            "triangular-solve(%s, %s), left_side=%s, lower=%s, unit_diagonal=%s, transpose_a=%s",
            a,
            y,
            left,
            b.flip(),
            b.below(3) == 0,
            b.pick("NO_TRANSPOSE", "TRANSPOSE", "ADJOINT")));
  }
}
