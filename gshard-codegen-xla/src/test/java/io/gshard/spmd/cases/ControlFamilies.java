package io.gshard.spmd.cases;

import static io.gshard.spmd.cases.CaseBuilder.text;

import io.gshard.spmd.cases.CaseBuilder.Named;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;

/** Cases around loops, branches, calls and tuples. */
final class ControlFamilies {
  private ControlFamilies() {}

  /** A few trips over a state of two arrays; the number of trips is known, or an argument. */
  static void loop(CaseBuilder b) {
    DType type = b.pick(DType.F32, DType.F32, DType.S32);
    Named x = b.parameter(type, b.dims(2));
    Named y = b.parameter(type, x.dims());
    Named start = b.scalar(DType.S32, "0");
    Named trips =
        b.flip()
            ? b.scalar(DType.S32, String.valueOf(b.below(4)))
            : b.parameter(DType.S32, List.of(), new Values.Range(0, 3));
    List<Shape> state = List.of(start.shape(), trips.shape(), x.shape(), y.shape());
    String array = text(x.shape());
    String tuple = CaseBuilder.tupleType(state);
    String annotation = b.flip() ? ", sharding=" + b.tupleSharding(List.of(x.shape())) : "";
    annotation = annotation.replace("{{", "{").replace("}}", "}");
    String body =
        b.computation(
            """
            NAME {
              %%s = %1$s parameter(0)
              %%i = s32[] get-tuple-element(%%s), index=0
              %%n = s32[] get-tuple-element(%%s), index=1
              %%x = %2$s get-tuple-element(%%s), index=2
              %%y = %2$s get-tuple-element(%%s), index=3
              %%one = s32[] constant(1)
              %%next = s32[] add(%%i, %%one)
              %%z = %2$s subtract(%%y, %%x)%3$s
              %%r = %2$s reverse(%%x), dimensions={%4$d}
              ROOT %%t = %1$s tuple(%%next, %%n, %%z, %%r)
            }
            """
                .formatted(tuple, array, annotation, b.below(2)));
    String condition =
        b.computation(
            """
            NAME {
              %%s = %1$s parameter(0)
              %%i = s32[] get-tuple-element(%%s), index=0
              %%n = s32[] get-tuple-element(%%s), index=1
              ROOT %%r = pred[] compare(%%i, %%n), direction=LT
            }
            """
                .formatted(tuple));
    String before = b.packed(List.of(start, trips, x, y));
    List<Named> after = b.tuple(state, "while(%s), condition=%s, body=%s", before, condition, body);
    after.forEach(b::result);
  }

  static void conditional(CaseBuilder b) {
    DType type = b.pick(DType.F32, DType.S32);
    Named x = b.parameter(type, b.dims());
    String array = text(x.shape());
    String negate = branch(b, array, "negate(%x)");
    String reverse = branch(b, array, "reverse(%x), dimensions={0}");
    Named result;
    if (b.flip()) {
      Named flag = b.parameter(DType.PRED, List.of());
      result =
          b.op(
              type,
              x.dims(),
              "conditional(%s, %s, %s), true_computation=%s, false_computation=%s",
              flag,
              x,
              x,
              negate,
              reverse);
    } else {
      Named y = b.parameter(type, x.dims());
      Named which = b.parameter(DType.S32, List.of(), new Values.Range(-1, 4));
      String twice = branch(b, array, "add(%x, %x)");
      result =
          b.op(
              type,
              x.dims(),
              "conditional(%s, %s, %s, %s), branch_computations={%s, %s, %s}",
              which,
              x,
              y,
              x,
              negate,
              reverse,
              twice);
    }
    b.result(b.op(type, x.dims(), "add(%s, %s)", result, x));
  }

  private static String branch(CaseBuilder b, String array, String call) {
    return b.computation(
        "NAME {\n  %x = " + array + " parameter(0)\n  ROOT %r = " + array + " " + call + "\n}\n");
  }

  static void call(CaseBuilder b) {
    DType type = b.number();
    Named x = b.parameter(type, b.dims());
    Named y = b.parameter(type, x.dims());
    String computation =
        b.computation(
            """
            NAME {
              %%x = %1$s parameter(0)
              %%y = %1$s parameter(1)
              %%m = %1$s maximum(%%x, %%y)
              ROOT %%r = %1$s subtract(%%m, %%y)
            }
            """
                .formatted(text(x.shape())));
    Named first = b.op(type, x.dims(), "call(%s, %s), to_apply=%s", x, y, computation);
    b.result(b.op(type, x.dims(), "call(%s, %s), to_apply=%s", y, first, computation));
  }

  /** Values packed and taken out again, with a parameter that is a copy of another. */
  static void tuples(CaseBuilder b) {
    Named x = b.parameter(b.any(), b.dims());
    Named y = b.parameter(b.any(), b.dims());
    String packed = b.packed(List.of(x, y, x));
    Named third = b.op(x.type(), x.dims(), "get-tuple-element(%s), index=2", packed);
    Named second = b.op(y.type(), y.dims(), "get-tuple-element(%s), index=1", packed);
    b.result(third);
    b.result(second);
    b.result(x);
  }
}
