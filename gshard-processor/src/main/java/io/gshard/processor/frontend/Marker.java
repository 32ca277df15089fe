package io.gshard.processor.frontend;

import io.gshard.processor.ast.Marks;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.util.List;

/**
 * Checks a value against the {@code @Dims} of where it goes, and splits it as its annotation says.
 */
record Marker(Session session, Reporter reporter) {

  /** The value to go on with. */
  Object apply(Marks marks, Object value, String name) {
    if (marks.isEmpty() || Values.isUnknown(value) || value == null) {
      return value;
    }
    if (!(value instanceof Tensor tensor)) {
      reporter.error(
          Diagnostic.NOT_A_TENSOR,
          marks.dims().map(Marks.Named::at).or(() -> marks.split().map(Marks.Split::at)).get(),
          "'%s' is annotated as a tensor but is a value of type %s; leave the annotation out"
              .formatted(name, value.getClass().getSimpleName()));
      return value;
    }
    marks.dims().ifPresent(dims -> check(dims, tensor, name));
    if (marks.split().isEmpty()) {
      return tensor;
    }
    Marks.Split split = marks.split().get();
    try {
      session.at(split.at());
      return session
          .tracer()
          .annotate(tensor, Shardings.resolve(split, tensor.rank(), session.config().mesh()));
    } catch (Shardings.Mistake e) {
      reporter.error(e.diagnostic(), split.at(), e.getMessage());
      return tensor;
    } catch (ShapeException e) {
      // The axes and dims are right, so that only a manual axis is left.
      reporter.error(Diagnostic.MANUAL, split.at(), e.getMessage());
      return tensor;
    }
  }

  private void check(Marks.Named dims, Tensor tensor, String name) {
    try {
      List<Long> expected = session.config().dims(dims.text());
      if (!expected.equals(tensor.shape().dims())) {
        reporter.error(
            Diagnostic.DIMS_MISMATCH,
            dims.at(),
            "'%s' is %s; @Dims(\"%s\") expects %s; change the annotation or what it is computed from"
                .formatted(name, tensor.shape(), dims.text(), expected));
      } else if (dims.type().isPresent() && dims.type().get() != tensor.type()) {
        reporter.error(
            Diagnostic.DIMS_MISMATCH,
            dims.at(),
            "'%s' is %s; @Dims expects the element type %s; convert it with to(DType.%s)"
                .formatted(name, tensor.shape(), dims.type().get().hloName(), dims.type().get()));
      }
    } catch (ModelConfig.UnknownDim e) {
      reporter.error(Diagnostic.UNKNOWN_DIM, dims.at(), e.getMessage());
    }
  }
}
