package io.gshard.autodiff;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.hlo.Type;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The gradient of a counted loop is a counted loop in the other direction. Its carries are the
 * cotangents of the forward carries, and sums for the cotangents of the constants; the cotangents
 * of slices are what it stacks.
 *
 * <p>What its body needs of the forward iteration is stacked by the forward loop, as further
 * results (see {@link Residuals}); the forward loop with them takes the place of the old one, so
 * that there is one.
 */
final class ScanRule {
  private final Tracer tracer;
  private final Instruction scan;
  private final HloOp.Scan op;
  private final List<Tensor> cotangents;

  /** The carries and constants that have a gradient, by number among the body's parameters. */
  private final List<Integer> carries = new ArrayList<>();

  private final List<Integer> constants = new ArrayList<>();
  private final List<Integer> slices = new ArrayList<>();

  private ScanRule(Tracer tracer, Instruction scan, List<Tensor> cotangents) {
    this.tracer = tracer;
    this.scan = scan;
    this.op = (HloOp.Scan) scan.op();
    this.cotangents = new ArrayList<>(cotangents);
    // A loop that has been given residuals already has more results than the one that was
    // differentiated.
    this.cotangents.addAll(
        Collections.nCopies(scan.type().leaves().size() - cotangents.size(), null));
  }

  /**
   * The operands' cotangents.
   *
   * @param cotangents of the results, null for zero
   * @param wanted which operands' cotangents are wanted; the others' are null
   */
  static List<Tensor> apply(
      Tracer tracer, Instruction scan, List<Tensor> cotangents, List<Boolean> wanted) {
    Instruction current = tracer.builder().current(scan);
    ScanRule rule = new ScanRule(tracer, current, cotangents);
    rule.choose(wanted);
    return rule.differentiate();
  }

  /**
   * Which of the body's parameters can have a gradient: a carry also by what the body makes it of.
   */
  private void choose(List<Boolean> wanted) {
    List<Instruction> parameters = op.body().parameters();
    List<Instruction> results = op.body().root().operands();
    List<Boolean> on = new ArrayList<>(wanted);
    boolean changed = true;
    while (changed) {
      changed = false;
      List<Instruction> wrt =
          IntStream.range(0, on.size()).filter(on::get).mapToObj(parameters::get).toList();
      var active = Sweep.active(op.body().instructions(), wrt);
      for (int i = 0; i < op.carries(); i++) {
        if (!on.get(i)
            && results.get(i).shape().type().isFloating()
            && active.contains(results.get(i))) {
          on.set(i, true);
          changed = true;
        }
      }
    }
    for (int i = 0; i < on.size(); i++) {
      if (on.get(i) && parameters.get(i).shape().type().isFloating()) {
        kind(i).add(i);
      }
    }
  }

  private List<Integer> kind(int parameter) {
    return parameter < op.carries()
        ? carries
        : parameter < op.carries() + op.slices() ? slices : constants;
  }

  private List<Tensor> differentiate() {
    List<Instruction> bodyParameters = op.body().parameters();
    List<Instruction> bodyResults = op.body().root().operands();

    // The forward body and its gradient, together in one graph.
    Tracer joint = tracer.nested(op.body().name() + "_gradient");
    Rewriter rewriter = new Rewriter(joint.builder());
    List<Instruction> parameters = bodyParameters.stream().map(rewriter::parameter).toList();
    rewriter.inline(op.body(), parameters);
    int forwardSize = joint.builder().instructions().size();
    List<Instruction> roots = new ArrayList<>();
    List<Tensor> seeds = new ArrayList<>();
    List<Instruction> seedParameters = new ArrayList<>();
    List<Integer> stacked = new ArrayList<>();
    for (int i = 0; i < bodyResults.size(); i++) {
      boolean carry = i < op.carries();
      if (carry ? carries.contains(i) : cotangents.get(i) != null) {
        Instruction seed = joint.builder().parameter("cotangent", bodyResults.get(i).type());
        roots.add(rewriter.get(bodyResults.get(i)));
        seeds.add(joint.wrap(seed));
        seedParameters.add(seed);
        if (!carry) {
          stacked.add(i);
        }
      }
    }
    List<Integer> targets = new ArrayList<>(carries);
    targets.addAll(slices);
    targets.addAll(constants);
    List<Tensor> gradients =
        Engine.with(
            joint,
            () -> {
              List<Tensor> found =
                  new ArrayList<>(
                      Sweep.run(
                          joint, roots, seeds, targets.stream().map(parameters::get).toList()));
              for (int i = 0; i < found.size(); i++) {
                if (found.get(i) == null) {
                  found.set(i, Ops.zeros(parameters.get(targets.get(i)).shape()));
                }
              }
              return found;
            });
    List<Tensor> everything =
        new ArrayList<>(bodyResults.stream().map(rewriter::get).map(joint::wrap).toList());
    everything.addAll(gradients);
    Residuals residuals =
        Residuals.of(
            joint.build(everything),
            op,
            bodyParameters.size(),
            seedParameters.size(),
            forwardSize,
            bodyResults.size());

    List<Tensor> stacks = forward(residuals);
    return backward(residuals, stacks, targets, stacked);
  }

  /** Puts a loop that stacks the residuals in the place of the old one, and gives the stacks. */
  private List<Tensor> forward(Residuals residuals) {
    if (residuals.stacked().isEmpty()) {
      return List.of();
    }
    List<Shape> shapes = new ArrayList<>(scan.type().leaves());
    int old = shapes.size();
    for (Instruction residual : residuals.stacked()) {
      shapes.add(stackOf(residual.shape()));
    }
    HloOp.Scan with =
        new HloOp.Scan(
            residuals.forwardBody(op.body().name(), tracer.builder().mesh()),
            op.length(),
            op.carries(),
            op.slices(),
            op.reverse(),
            op.rematerialize());
    GraphBuilder builder = tracer.builder();
    Instruction augmented = builder.add(with, Type.tuple(shapes), scan.operands());
    builder.replace(scan, augmented);
    List<Tensor> stacks = new ArrayList<>();
    for (int i = old; i < shapes.size(); i++) {
      stacks.add(tracer.wrap(builder.element(augmented, i)));
    }
    return stacks;
  }

  private List<Tensor> backward(
      Residuals residuals, List<Tensor> stacks, List<Integer> targets, List<Integer> stacked) {
    List<Tensor> operands = new ArrayList<>();
    List<Shape> results = new ArrayList<>();
    for (int i : carries) {
      Shape shape = scan.operand(i).shape();
      operands.add(cotangents.get(i) == null ? Ops.zeros(shape) : cotangents.get(i));
      results.add(shape);
    }
    for (int i : constants) {
      operands.add(Ops.zeros(scan.operand(i).shape()));
      results.add(scan.operand(i).shape());
    }
    operands.addAll(stacks);
    residuals.slices().forEach(i -> operands.add(tracer.wrap(scan.operand(i))));
    stacked.forEach(i -> operands.add(cotangents.get(i)));
    residuals.constants().forEach(i -> operands.add(tracer.wrap(scan.operand(i))));
    slices.forEach(i -> results.add(scan.operand(i).shape()));

    int sliced = stacks.size() + residuals.slices().size() + stacked.size();
    HloOp.Scan back =
        new HloOp.Scan(
            backwardBody(residuals, targets),
            op.length(),
            carries.size() + constants.size(),
            sliced,
            !op.reverse(),
            op.rematerialize());
    List<Tensor> found = tracer.applyTuple(back, Type.tuple(results), operands);

    Tensor[] all = new Tensor[scan.operands().size()];
    int next = 0;
    for (List<Integer> kind : List.of(carries, constants, slices)) {
      for (int i : kind) {
        all[i] = found.get(next++);
      }
    }
    return Arrays.asList(all);
  }

  private Computation backwardBody(Residuals residuals, List<Integer> targets) {
    GraphBuilder body = new GraphBuilder(op.body().name() + "_gradient", tracer.builder().mesh());
    Rewriter rewriter = new Rewriter(body);
    List<Instruction> seeds = residuals.seeds();
    for (int i = 0; i < carries.size(); i++) {
      rewriter.parameter(seeds.get(i));
    }
    List<Instruction> sums =
        constants.stream().map(i -> body.parameter("sum", scan.operand(i).shape())).toList();
    for (Instruction residual : residuals.stacked()) {
      rewriter.put(residual, body.parameter(residual.name(), residual.type()));
    }
    residuals.slices().forEach(i -> rewriter.parameter(residuals.parameter(i)));
    seeds.subList(carries.size(), seeds.size()).forEach(rewriter::parameter);
    residuals.constants().forEach(i -> rewriter.parameter(residuals.parameter(i)));
    residuals.copyBackward(rewriter);

    List<Instruction> gradients = rewriter.get(residuals.gradients());
    List<Instruction> results = new ArrayList<>(gradients.subList(0, carries.size()));
    for (int i = 0; i < constants.size(); i++) {
      Instruction gradient = gradients.get(targets.indexOf(constants.get(i)));
      body.at(gradient.source());
      results.add(body.add(new Op.Binary(Combiner.ADD.kind()), sums.get(i), gradient));
    }
    results.addAll(gradients.subList(carries.size(), carries.size() + slices.size()));
    return body.build(body.tuple(results));
  }

  private Shape stackOf(Shape shape) {
    List<Long> dims = new ArrayList<>(shape.dims());
    dims.addFirst(op.length());
    return shape.withDims(dims);
  }
}
