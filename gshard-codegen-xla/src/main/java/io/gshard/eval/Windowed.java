package io.gshard.eval;

import io.gshard.hlo.ArrayOp;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Reduce-window and select-and-scatter. Padding and holes are passed over, which is the same as
 * folding in the start where it is the computation's identity.
 */
final class Windowed {
  private Windowed() {}

  static List<Literal> reduce(Interpreter alone, ArrayOp.ReduceWindow op, List<Literal> operands) {
    int count = operands.size() / 2;
    WindowView view = new WindowView(op.window(), operands.getFirst().shape());
    List<Long> places = view.places();
    List<Literal> arrays = operands.subList(0, count);
    List<Cells> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Cells cells = new Cells(arrays.get(i).shape().withDims(places));
      cells.fill(operands.get(count + i));
      results.add(cells);
    }
    Folding folding = new Folding(new ScalarFunction(alone, op.computation()), count);
    Indices.forEach(
        places,
        place -> {
          long to = Indices.position(places, place);
          view.forEach(place, from -> folding.fold(results, to, arrays, from));
        });
    return results.stream().map(Cells::literal).toList();
  }

  static Literal selectAndScatter(
      Interpreter alone, ArrayOp.SelectAndScatter op, List<Literal> operands) {
    Literal x = operands.get(0);
    Literal source = operands.get(1);
    Shape shape = x.shape();
    WindowView view = new WindowView(op.window(), shape);
    Cells result = new Cells(shape);
    result.fill(operands.get(2));
    ScalarFunction select = new ScalarFunction(alone, op.select());
    Folding scatter = new Folding(new ScalarFunction(alone, op.scatter()), 1);
    long[] chosen = new long[1];
    Indices.forEach(
        source.shape().dims(),
        place -> {
          chosen[0] = -1;
          view.forEach(
              place,
              candidate -> {
                if (chosen[0] >= 0) {
                  select.argument(0, x, chosen[0]);
                  select.argument(1, x, candidate);
                  select.run();
                }
                if (chosen[0] < 0 || select.result(0).integer(0) == 0) {
                  chosen[0] = candidate;
                }
              });
          if (chosen[0] >= 0) {
            long from = Indices.position(source.shape().dims(), place);
            scatter.fold(List.of(result), chosen[0], List.of(source), from);
          }
        });
    return result.literal();
  }
}
