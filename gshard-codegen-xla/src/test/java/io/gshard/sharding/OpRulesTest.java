package io.gshard.sharding;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.hlo.Window;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules, as einsums. */
final class OpRulesTest {

  private static String rule(Op op, Shape... operands) {
    return build(op, operands).toString();
  }

  private static OpRule build(Op op, Shape... operands) {
    GraphBuilder builder = new GraphBuilder("main", MeshShape.parse("a=2"));
    List<Instruction> parameters = new ArrayList<>();
    for (Shape operand : operands) {
      parameters.add(builder.parameter("x", operand));
    }
    return OpRules.of(builder.add(op, parameters));
  }

  private static Shape f32(long... dims) {
    return Shape.of(DType.F32, dims);
  }

  private static Op.Reshape reshape(Long... dims) {
    return new Op.Reshape(List.of(dims));
  }

  @Test
  void dot() {
    assertThat(
            rule(
                new Op.Dot(List.of(0), List.of(1), List.of(2), List.of(0), null),
                f32(2, 3, 4),
                f32(4, 2, 5)))
        .isEqualTo("([i,j,l],[l,i,k])->([i,j,k]) {i=2,j=3,k=5,l=4} reduction={l}");
  }

  @Test
  void elementwiseWithScalars() {
    assertThat(rule(new Op.Clamp(), f32(), f32(4, 6), f32()))
        .isEqualTo("([],[i,j],[])->([i,j]) {i=4,j=6}");
  }

  @Test
  void broadcast() {
    assertThat(rule(new Op.Broadcast(List.of(3L, 4L, 5L), List.of(0, 2)), f32(3, 5)))
        .isEqualTo("([i,k])->([i,j,k]) {i=3,j=4,k=5}");
  }

  @Test
  void reshapeMergesAndSplits() {
    assertThat(rule(reshape(16L, 64L), f32(8, 128))).isEqualTo("([i,jk])->([ij,k]) {i=8,j=2,k=64}");
    assertThat(rule(reshape(6L), f32(3, 2))).isEqualTo("([i,j])->([ij]) {i=3,j=2}");
    assertThat(rule(reshape(4L, 1L, 2L), f32(8)))
        .isEqualTo("([ij])->([i,k,j]) {i=4,j=2,k=1} need_replication={k}");
  }

  @Test
  void reshapeWithoutCommonParts() {
    assertThat(rule(reshape(6L, 6L, 5L), f32(4, 9, 5)))
        .isEqualTo("([ij,m,l])->([ik,n,l]) {i=2,j=2,k=3,l=5,m=9,n=6} need_replication={j,k,m,n}");
  }

  @Test
  void slicesMoveAlongTheDimsThatTheyCut() {
    assertThat(rule(new Op.Slice(List.of(0L, 1L), List.of(4L, 3L), List.of(1L, 1L)), f32(4, 6)))
        .isEqualTo("([i,j])->([i,j]) {i=4,j=2} permutation={j}");
  }

  @Test
  void concatenationsMoveAlongTheJoinedDim() {
    assertThat(rule(new Op.Concatenate(0), f32(4, 6), f32(2, 6)))
        .isEqualTo("([i,j],[i,j])->([i,j]) {i=6,j=6} permutation={i}");
  }

  @Test
  void convolutionOfGroups() {
    assertThat(
            convolution(new Window.Dim(3, 1, 1, 1, 1, 1, false), 4, f32(2, 16, 8), f32(3, 2, 12)))
        .isEqualTo(
            "([j,m,il],[n,l,ik])->([j,m,ik]) {i=4,j=2,k=3,l=2,m=16,n=3} reduction={l} permutation={m} need_replication={n}");
  }

  @Test
  void gradientByTheKernelSumsOverTheWindow() {
    assertThat(
            convolution(new Window.Dim(16, 1, 1, 1, 1, 1, false), 1, f32(2, 16, 8), f32(16, 8, 4)))
        .isEqualTo(
            "([i,l,k],[l,k,j])->([i,m,j]) {i=2,j=4,k=8,l=16,m=3} reduction={k,l} need_replication={m}");
  }

  private static String convolution(Window.Dim window, long groups, Shape x, Shape kernel) {
    ArrayOp.ConvolutionDims dims =
        new ArrayOp.ConvolutionDims(0, 2, List.of(1), 1, 2, List.of(0), 0, 2, List.of(1));
    GraphBuilder builder = new GraphBuilder("main", MeshShape.parse("a=2"));
    ArrayOp op = new ArrayOp.Convolution(new Window(List.of(window)), dims, groups, 1, null);
    Shape result = f32(x.dim(0), window.places(x.dim(1)), kernel.dim(2));
    List<Instruction> operands = List.of(builder.parameter("x", x), builder.parameter("k", kernel));
    return OpRules.of(builder.add(op, new Type.Array(result), operands)).toString();
  }

  @Test
  void gatherPassesBatchAndWindow() {
    assertThat(
            rule(
                new Op.Gather(
                    List.of(1), List.of(0), List.of(), List.of(), List.of(0), 1, List.of(1L, 8L)),
                f32(100, 8),
                Shape.of(DType.S32, 5, 1)))
        .isEqualTo("([k,j],[i,l])->([i,j]) {i=5,j=8,k=100,l=1} reduction={k} need_replication={l}");
  }

  @Test
  void scatterReducesOverItsUpdates() {
    Op.Scatter add =
        new Op.Scatter(Combiner.ADD, List.of(1), List.of(0), List.of(), List.of(), List.of(0), 1);
    assertThat(rule(add, f32(100, 8), Shape.of(DType.S32, 5, 1), f32(5, 8)))
        .isEqualTo(
            "([k,j],[i,l],[i,j])->([k,j]) {i=5,j=8,k=100,l=1} reduction={i} need_replication={l}");
  }

  @Test
  void unevenSplitsPassReshapesWhereTheyLineUp() {
    MeshShape mesh = MeshShape.parse("a=3");
    OpRule rule = build(reshape(8L, 128L, 4L), f32(16, 64, 4));
    Assignment assignment =
        Assignment.of(mesh, rule, rule.operands().getFirst(), Ops.sharding("a", "", ""));
    // Shards of 6, 6, 4 rows of 64 are 3, 3, 2 groups of 128.
    assertThat(assignment.fitted(mesh, rule).sharding(mesh, rule, rule.results().getFirst()))
        .isEqualTo(Ops.sharding("a", "", ""));
  }

  @Test
  void unevenSplitsThatDoNotLineUpAreRefused() {
    MeshShape mesh = MeshShape.parse("a=2");
    OpRule rule = build(reshape(6L), f32(3, 2));
    Assignment assignment =
        Assignment.of(mesh, rule, rule.operands().getFirst(), Ops.sharding("a", ""));
    // Shards of 2 and 1 rows of 2 are 4 and 2 elements, not 3 and 3.
    assertThat(assignment.sharding(mesh, rule, rule.results().getFirst())).isNull();
    assertThat(assignment.fitted(mesh, rule).sharding(mesh, rule, rule.results().getFirst()))
        .isEqualTo(Sharding.replicated(1));
  }

  /** They stand in manual regions; other axes than their own may split what they do not move. */
  @Test
  void collectivesPassWhatTheyDoNotMove() {
    GraphBuilder builder = new GraphBuilder("main", MeshShape.parse("a=2"));
    List<String> axes = List.of("a");
    Instruction x = builder.parameter("x", f32(2, 4));
    assertThat(OpRules.of(builder.add(new Op.AllReduce(Combiner.ADD, axes), x)).toString())
        .isEqualTo("([i,j])->([i,j]) {i=2,j=4}");
    assertThat(OpRules.of(builder.add(new Op.AllGather(0, axes), x)).toString())
        .isEqualTo("([j,i])->([k,i]) {i=4,j=2,k=4} need_replication={j,k}");
  }
}
