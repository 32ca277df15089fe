package io.gshard.processor.java;

import io.gshard.memory.Storage;
import io.gshard.op.Op;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.Step;
import io.gshard.passes.fusion.View;
import io.gshard.processor.java.BlockCode.Place;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes what a fused loop does by rows: gathers of them, and arithmetic where each row has one
 * number. A gather that is only weighed, and perhaps added to something, waits for that: the rows
 * are then read where they lie.
 */
final class RowCode {
  /** Shorter rows are loaded as blocks, each number repeated. */
  private static final int ROW = 16;

  private final Step.Fused loop;
  private final Locator locator;
  private final FusedWriter writer;
  private final Map<Root, Fetched> waiting = new IdentityHashMap<>();

  /** Rows of a table, each times its weight, which may be null. */
  private record Fetched(Op.Gather op, View table, View indices, View weight, Place to) {
    long width() {
      return op.sliceSizes().stream().reduce(1L, Math::multiplyExact);
    }

    Fetched times(View weights, Place product) {
      return new Fetched(op, table, indices, weights, product);
    }
  }

  RowCode(Step.Fused loop, Locator locator, FusedWriter writer) {
    this.loop = loop;
    this.locator = locator;
    this.writer = writer;
  }

  /**
   * Writes the lines of an element, now or when they are needed; false where it is no matter of
   * rows.
   */
  boolean write(Step.Element element, Place to) {
    if (element.op() instanceof Op.Gather gather) {
      View table = element.operands().get(0);
      View indices = element.operands().get(1);
      put(element.result(), new Fetched(gather, table, indices, null, to));
      return true;
    }
    if (!(element.op() instanceof Op.Binary(Op.BinaryKind kind)) || to.storage != Storage.F32) {
      return false;
    }
    View left = element.operands().get(0);
    View right = element.operands().get(1);
    return switch (kind) {
      case ADD ->
          addsFetched(right, left, to)
              || addsFetched(left, right, to)
              || perRow("addRows", left, right, to)
              || perRow("addRows", right, left, to);
      case SUBTRACT -> perRow("subtractRows", left, right, to);
      case MULTIPLY ->
          weighs(left, right, element.result(), to)
              || weighs(right, left, element.result(), to)
              || perRow("multiplyRows", left, right, to)
              || perRow("multiplyRows", right, left, to);
      default -> false;
    };
  }

  /** Writes what waits under this name: somebody needs the block itself. */
  void need(Root root) {
    Fetched fetched = waiting.remove(root);
    if (fetched != null) {
      fetch(fetched);
    }
  }

  private void put(Root.Value result, Fetched fetched) {
    if (fetched.to.storage == Storage.F32 && !locator.plan().holds(result) && uses(result) == 1) {
      waiting.put(result, fetched);
    } else {
      fetch(fetched);
    }
  }

  private long uses(Root root) {
    return loop.stages().stream()
        .flatMap(s -> s.operands().stream())
        .filter(v -> v.root() == root)
        .count();
  }

  private void fetch(Fetched f) {
    if (f.weight == null) {
      writer.line(
          f.to, List.of(), Types.INDEXED, "rows", plan(f), at(f.table), at(f.indices), start());
    } else {
      writer.line(
          f.to,
          List.of(),
          Types.INDEXED,
          "weighedRows",
          plan(f),
          at(f.table),
          at(f.indices),
          at(f.weight),
          start());
    }
  }

  private boolean weighs(View rows, View weights, Root.Value result, Place to) {
    Fetched fetched = waiting.get(rows.root());
    if (fetched == null
        || fetched.weight != null
        || writer.made(weights) != null
        || width(weights) != fetched.width()) {
      return false;
    }
    waiting.remove(rows.root());
    put(result, fetched.times(weights, to));
    return true;
  }

  private boolean addsFetched(View rows, View other, Place to) {
    Fetched f = waiting.get(rows.root());
    if (f == null || f.weight == null || writer.scalar(other) != null) {
      return false;
    }
    waiting.remove(rows.root());
    Place block = writer.array(other);
    writer.line(
        to,
        List.of(block),
        Types.INDEXED,
        "addWeighedRows",
        plan(f),
        at(f.table),
        at(f.indices),
        at(f.weight),
        block,
        start());
    return true;
  }

  /** Rows of f32 with one number for each row. */
  private boolean perRow(String kernel, View rows, View numbers, Place to) {
    long width = width(numbers);
    if (width == 0 || writer.scalar(rows) != null) {
      return false;
    }
    Place block = writer.array(rows);
    Place own = writer.made(numbers);
    if (own == null) {
      writer.line(to, List.of(block), Types.VEC, kernel, block, at(numbers), start(), width);
    } else {
      writer.line(to, List.of(block, own), Types.VEC, kernel, block, own, 0, width);
    }
    return true;
  }

  /** How many elements share each number of a view that has one for each row; 0 for others. */
  private static long width(View view) {
    View dense = view.coalesced();
    return view.root() instanceof Root.Value
            && dense.strides().equals(List.of(1L, 0L))
            && dense.dims().getLast() >= ROW
        ? dense.dims().getLast()
        : 0;
  }

  private String plan(Fetched fetched) {
    return Plans.gather(locator, fetched.op, fetched.table, fetched.indices);
  }

  private String at(View view) {
    return locator.array(view) + ", " + writer.offset(view);
  }

  private String start() {
    return writer.start();
  }
}
