package io.gshard.processor.frontend;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Type;
import io.gshard.processor.ast.Position;
import io.gshard.processor.ast.Stmt;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.frontend.Values.Frame;
import io.gshard.processor.frontend.Values.ModuleValue;
import io.gshard.processor.frontend.Values.Parameter;
import io.gshard.processor.frontend.Values.Scope;
import io.gshard.processor.frontend.Values.StackValue;
import io.gshard.processor.frontend.Values.Unknown;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A loop over a stack of modules: its body is traced once, and becomes a scan. Locals from outside
 * that the body assigns are carried from layer to layer.
 */
record StackLoop(Interpreter interpreter, Reporter reporter, Session session) {

  /** A local that is carried: its value before, and where the body assigns it last. */
  private record Carried(String name, Scope.Slot slot, Object before, Position assigned) {}

  void run(Stmt.ForEach loop, StackValue stack, Frame frame) {
    List<Carried> carried = carried(loop, frame);
    Map<String, Tensor> whole = new LinkedHashMap<>();
    collect(stack.element(), whole);
    Tracer outer = session.tracer();
    outer.builder().at(loop.at().source());
    Tracer body = outer.nested("loop");
    List<Tensor> operands = new ArrayList<>();
    for (Carried local : carried) {
      List<Tensor> inside = new ArrayList<>();
      for (Tensor leaf : leaves(local.before())) {
        operands.add(leaf);
        inside.add(body.parameter(local.name(), leaf.shape()));
      }
      local.slot().value = Structure.replace(local.before(), inside.iterator());
    }
    int carries = operands.size();
    Map<String, Tensor> layer = new LinkedHashMap<>();
    whole.forEach(
        (path, tensor) -> {
          Shape shape = tensor.shape();
          operands.add(tensor);
          layer.put(
              path, body.parameter(path, shape.withDims(shape.dims().subList(1, shape.rank()))));
        });
    List<Tensor> results = session.inLoop(body, layer, () -> trace(loop, stack, carried, frame));
    for (Carried local : carried) {
      local.slot().value = results == null ? Unknown.UNKNOWN : local.before();
    }
    if (results == null) {
      return;
    }
    Computation computation = body.build(results);
    operands.addAll(body.captured());
    outer.builder().at(loop.at().source());
    Iterator<Tensor> last =
        outer
            .applyTuple(
                new HloOp.Scan(
                    computation,
                    stack.length(),
                    carries,
                    whole.size(),
                    false,
                    session.config().rematerialize()),
                Type.tuple(results.stream().map(Tensor::shape).toList()),
                operands)
            .iterator();
    for (Carried local : carried) {
      local.slot().value = Structure.replace(local.before(), last);
    }
  }

  /** The carried tensors after one layer; null after a mistake. */
  private List<Tensor> trace(
      Stmt.ForEach loop, StackValue stack, List<Carried> carried, Frame frame) {
    int errors = reporter.errors();
    Frame inner = frame.nested();
    inner.scope().declare(loop.variable(), stack.element(), loop.at());
    Completion end = interpreter.run(loop.body(), inner);
    if (!(end instanceof Completion.Normal) && !(end instanceof Completion.Continue)) {
      mistake(
          loop.at(),
          "break or return in a loop over a stack, which runs for all layers; let it run to its end");
    }
    List<Tensor> results = new ArrayList<>();
    for (Carried local : carried) {
      results.addAll(after(local));
    }
    return reporter.errors() > errors ? null : results;
  }

  private List<Tensor> after(Carried local) {
    List<Tensor> before = leaves(local.before());
    List<Tensor> after =
        Structure.hasUnknown(local.slot().value) ? before : leaves(local.slot().value);
    if (before.size() != after.size()) {
      mistake(
          local.assigned(),
          "'%s' holds %d tensors before the loop over the stack and %d after a layer; expected the same"
              .formatted(local.name(), before.size(), after.size()));
      return before;
    }
    for (int i = 0; i < before.size(); i++) {
      Shape first = before.get(i).shape();
      if (!first.equals(after.get(i).shape())) {
        reporter.error(
            Diagnostic.LOOP_SHAPE,
            local.assigned(),
            "'%s' is %s before the loop over the stack and %s after a layer; expected the same shape, since one loop runs all layers"
                .formatted(local.name(), first, after.get(i).shape()));
      }
    }
    return after;
  }

  private List<Carried> carried(Stmt.ForEach loop, Frame frame) {
    List<Carried> carried = new ArrayList<>();
    Assigned.in(loop.body())
        .forEach(
            (name, at) -> {
              Scope.Slot slot = frame.scope().find(name);
              if (slot == null || !slot.assigned || Structure.hasUnknown(slot.value)) {
                return;
              }
              try {
                Structure.flatten(slot.value);
                carried.add(new Carried(name, slot, slot.value, at));
              } catch (Structure.NotTensors e) {
                mistake(
                    at,
                    "'%s' is assigned in a loop over a stack and holds %s; expected tensors, since one loop runs all layers; make it a tensor"
                        .formatted(name, e.getMessage()));
              }
            });
    return carried;
  }

  private void mistake(Position at, String message) {
    reporter.error(Diagnostic.STACK_LOOP, at, message);
  }

  private List<Tensor> leaves(Object value) {
    try {
      return Structure.flatten(value);
    } catch (Structure.NotTensors e) {
      return List.of();
    }
  }

  /** The parameters of one layer of the stack, as they are outside of the loop. */
  private void collect(ModuleValue module, Map<String, Tensor> parameters) {
    for (Object value : module.fields().values()) {
      switch (value) {
        case Parameter(String path) -> parameters.put(path, session.read(path));
        case ModuleValue inner -> collect(inner, parameters);
        case StackValue(ModuleValue inner, long length) -> collect(inner, parameters);
        case null, default -> {}
      }
    }
  }
}
