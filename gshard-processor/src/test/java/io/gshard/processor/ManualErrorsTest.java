package io.gshard.processor;

import static com.google.testing.compile.CompilationSubject.assertThat;
import static com.google.testing.compile.Compiler.javac;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import org.junit.jupiter.api.Test;

/** What cannot be done in a manual method, and where that is said. */
class ManualErrorsTest {
  private static void check(String members, int line, String message) {
    Compilation compilation =
        javac()
            .withProcessors(new GShardProcessor())
            .compile(
                JavaFileObjects.forSourceString(
                    "example.Net",
                    """
                    package example;
                    import static io.gshard.tensor.Ops.*;
                    import io.gshard.annotation.*;
                    import io.gshard.nn.*;
                    import io.gshard.tensor.*;
                    import java.util.List;
                    @Model
                    @Config(name = "Tiny", sizes = "B=6 M=4", mesh = "data=4")
                    public class Net {
                      @Dims("M") Tensor w;
                      @Split(dim = 0) @Dims("B") Tensor v;
                    """
                        + members
                        + "}"));
    assertThat(compilation)
        .hadErrorContaining(message)
        .inFile(compilation.sourceFiles().getFirst())
        .onLine(line);
    assertThat(compilation).hadErrorCount(1);
  }

  @Test
  void aParameterIsReadThatHasNoEqualParts() {
    check(
        """
        @Program Tensor forward(@Dims("M B") Tensor x) { return product(x); }
        @Manual Tensor product(Tensor x) {
          return x.times(v);
        }
        """,
        14,
        "[GS0307] 'v' is f32[6], and dim 0 is cut into 4 parts over mesh axes [data] for a manual method; expected a multiple of 4");
  }

  @Test
  void aProgramIsManual() {
    check(
        """
        @Program
        @Manual
        Tensor forward(@Dims("B M") Tensor x) { return x; }
        """,
        13,
        "[GS0307] the program forward is manual; expected a program that calls a manual method, since its arguments are whole");
  }

  @Test
  void anAxisIsManualTwice() {
    check(
        """
        @Program Tensor forward(@Dims("B M") Tensor x) { return outer(x); }
        @Manual Tensor outer(Tensor x) { return inner(x); }
        @Manual("data")
        Tensor inner(Tensor x) { return x; }
        """,
        14,
        "[GS0307] mesh axis 'data' is manual already where 'inner' is called; expected a plain method there");
  }

  @Test
  void anAxisIsUnknown() {
    check(
        """
        @Program Tensor forward(@Dims("B M") Tensor x) { return part(x); }
        @Manual("date")
        Tensor part(Tensor x) { return x; }
        """,
        13,
        "[GS0301] the mesh 'data=4' has no axis 'date'; did you mean 'data'?; expected one of [data]");
  }

  @Test
  void anArgumentHoldsTensors() {
    check(
        """
        @Program Tensor forward(@Dims("B M") Tensor x) { return first(List.of(x)); }
        @Manual
        Tensor first(List<Tensor> xs) { return xs.get(0); }
        """,
        14,
        "[GS0307] the argument 'xs' of the manual method 'first' holds tensors in a ");
  }

  @Test
  void nothingIsGivenBack() {
    check(
        """
        @Program Tensor forward(@Dims("B M") Tensor x) { return x.times(rank(x)); }
        @Manual
        int rank(Tensor x) { return x.rank(); }
        """,
        14,
        "[GS0307] the manual method 'rank' gives back no tensor; expected one, put together as the method's @Split or @Shard says");
  }

  @Test
  void aParameterIsAssigned() {
    check(
        """
        @Program Tensor forward(@Dims("M") Tensor x) { return assign(x); }
        @Manual Tensor assign(Tensor x) {
          w = x;
          return x;
        }
        """,
        14,
        "[GS0307] the parameter 'w' is assigned in a manual method, which has a part of it; give the part back and assign the whole");
  }

  @Test
  void theModelIsTrained() {
    check(
        """
        @Program Tensor forward(@Dims("M") Tensor x, @Dims("") Tensor step) { return train(x, step); }
        @Manual Tensor train(Tensor x, Tensor step) {
          Tensor loss = sum(x.times(w));
          minimize(loss, new Sgd(new Schedule.Constant(0.1), 0), step);
          return loss;
        }
        """,
        15,
        "[GS0307] minimize in a manual method, which has parts of the parameters; call it in the program");
  }

  @Test
  void aCollectiveIsOutside() {
    check(
        """
        @Program Tensor forward(@Dims("B M") Tensor x) {
          return allSum(x);
        }
        """,
        13,
        "[GS0205] Ops.allSum: a collective outside of a manual method; annotate the method with @Manual");
  }

  @Test
  void somethingIsSplitOverAManualAxis() {
    check(
        """
        @Program Tensor forward(@Dims("B M") Tensor x) { return part(x); }
        @Manual Tensor part(Tensor x) {
          return split(x, 1);
        }
        """,
        14,
        "[GS0301] mesh axis 'data' is manual here, where each device has its own; expected another axis");
  }

  @Test
  void aLocalIsSplitOverAManualAxis() {
    check(
        """
        @Program Tensor forward(@Dims("B M") Tensor x) { return part(x); }
        @Manual Tensor part(Tensor x) {
          @Split(dim = 1)
          Tensor y = x.times(2);
          return y;
        }
        """,
        14,
        "[GS0307] mesh axis 'data' is manual here, where each device has its own; expected another axis");
  }
}
