package io.gshard.tool;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.npz.Npz;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command as a user calls it: texts, files, exit statuses. */
final class HloToolTest {
  /** Uneven over four devices; a tuple in and out, a bf16 and an integer among the arrays. */
  private static final String LAYER =
      """
      HloModule layer

      ENTRY main {
        p = (f32[10,4], s32[10]) parameter(0)
        x = f32[10,4] get-tuple-element(p), index=0, sharding={devices=[4,1]<=[4]}
        n = s32[10] get-tuple-element(p), index=1
        b = bf16[4] parameter(1)
        w = f32[4,8] parameter(2), sharding={devices=[1,4]<=[4]}
        c = f32[4] convert(b)
        d = f32[10,4] broadcast(c), dimensions={1}
        e = f32[10,4] add(x, d)
        h = f32[10,8] dot(e, w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
        m = s32[10] multiply(n, n)
        ROOT t = (f32[10,8], s32[10]) tuple(h, m)
      }
      """;

  @TempDir Path folder;
  private Path layer;

  /** What a call printed. */
  private record Outcome(int status, String out, String err) {}

  @BeforeEach
  void write() throws IOException {
    layer = file("layer.hlo", LAYER);
  }

  @Test
  void compilingNeedsXlaAndALauncherThatIs() throws IOException {
    assertThat(outcome("", "compile", layer, "--topology", "v3:2x2").err())
        .isEqualTo(
            layer
                + ":1:1: XLA is reached through gshard-kernels, which is not on the class path: add it\n");
    assertThat(outcome("", "compile", "com.example.NetTiny", "--topology", "v3:2x2").err())
        .isEqualTo(
            "there is no file com.example.NetTiny, and no program 'trainStep' of a launcher of that name: --program and --classes say which and where\n");
    assertThat(outcome("", "run", layer, "--engine", "pjrt").err())
        .contains("XLA is reached through gshard-kernels");
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Path programs = Files.createDirectories(classes.resolve("META-INF/gshard/com.example.NetTiny"));
    Files.writeString(programs.resolve("forward.hlo"), LAYER);
    Outcome found =
        outcome(
            "",
            "compile",
            "com.example.NetTiny",
            "--program",
            "forward",
            "--classes",
            classes,
            "--topology",
            "v3:2x2");
    assertThat(found.status()).isEqualTo(2);
    assertThat(found.err()).startsWith("com.example.NetTiny.forward:1:1: XLA is reached");
  }

  @Test
  void partitionThenRunEqualsRun() throws IOException {
    Path inputs = folder.resolve("in.npz");
    Npz.write(
        inputs,
        Map.of(
            "arg0", reals(Shape.of(DType.F32, 10, 4), 0.25),
            "arg1", integers(Shape.of(DType.S32, 10)),
            "arg2", reals(Shape.of(DType.F32, 4), 0.5),
            "arg3", reals(Shape.of(DType.F32, 4, 8), -0.125)));
    Path local = folder.resolve("local.hlo");
    Outcome made = good("partition", layer, "-o", local);
    assertThat(made.out()).startsWith("partitioned for 4 devices (mesh 'd=4')");
    assertThat(made.out()).contains("collectives: ");
    assertThat(made.out()).contains("peak memory of a device: ");
    assertThat(Files.readString(local)).contains("num_partitions=4");
    Map<String, Literal> whole = run(layer, "--inputs", inputs);
    assertThat(whole.keySet()).containsExactly("result0", "result1").inOrder();
    assertThat(whole.get("result1").integer(3)).isEqualTo(9);
    // Row 1 of x + b is 1.0 + 0, 1.25 + 0.5, 1.5 + 1, 1.75 + 1.5; column 1 of w -0.125 * (1, 9, 17,
    // 25).
    assertThat(whole.get("result0").real(9))
        .isEqualTo(-0.125 * (1 + 1.75 * 9 + 2.5 * 17 + 3.25 * 25));
    assertThat(run(local, "--inputs", inputs)).isEqualTo(whole);
    assertThat(run(layer, "--inputs", inputs, "--devices", 4)).isEqualTo(whole);
    assertThat(run(layer, "--inputs", inputs, "--devices", 1)).isEqualTo(whole);
    // The same text to standard output, as a file that can be run.
    Path piped = file("piped.hlo", good("partition", layer).out());
    assertThat(Files.readString(piped)).startsWith("// partitioned for 4 devices");
    assertThat(run(piped, "--inputs", inputs)).isEqualTo(whole);
  }

  @Test
  void aValueThatHasToBeReplicatedIsNamedWithItsBytes() throws IOException {
    Path whole =
        file(
            "whole.hlo",
            """
            HloModule whole

            ENTRY main {
              a = f32[8,8] parameter(0), sharding={devices=[4,1]<=[4]}
              ROOT l = f32[8,8] cholesky(a), lower=true
            }
            """);
    String warning =
        "%a becomes whole on every device, 256 bytes: cholesky needs its operand 0 f32[8,8] as"
            + " [{}, {}], found [{d}, {}]; annotate it or its user otherwise if that is too much";
    assertThat(good("partition", whole, "-o", folder.resolve("local.hlo")).err())
        .isEqualTo("warning: " + warning + System.lineSeparator());
    Path list = file("list.jsonl", "{\"command\": \"cost\", \"input\": \"%s\"}".formatted(whole));
    assertThat(good("batch", list).out()).contains("\"warnings\":[\"" + warning + "\"]");
    // What an annotation asks for needs no warning.
    Path asked =
        file(
            "asked.hlo",
            """
            HloModule asked

            ENTRY main {
              a = f32[8,8] parameter(0), sharding={devices=[4,1]<=[4]}
              ROOT b = f32[8,8] custom-call(a), custom_call_target="Sharding", sharding={replicated}
            }
            """);
    assertThat(good("partition", asked, "-o", folder.resolve("asked.local.hlo")).err()).isEmpty();
  }

  @Test
  void aProductInWindowsTakesNoWarningFromOtherValues() throws IOException {
    Path both =
        file(
            "both.hlo",
            """
            HloModule both

            ENTRY main {
              a = f32[8,8] parameter(0), sharding={devices=[4,1]<=[4]}
              x = f32[16,8] parameter(1), sharding={devices=[4,1]<=[4]}
              w = f32[8,16] parameter(2), sharding={devices=[1,4]<=[4]}
              l = f32[8,8] cholesky(a), lower=true
              y = f32[16,16] dot(x, w), lhs_contracting_dims={1}, rhs_contracting_dims={0}, sharding={devices=[4,1]<=[4]}
              ROOT t = (f32[8,8], f32[16,16]) tuple(l, y)
            }
            """);
    Path local = folder.resolve("both.local.hlo");
    String gathered = good("partition", both, "-o", local).err();
    assertThat(gathered).contains("%a becomes whole on every device, 256 bytes");
    assertThat(gathered).contains("%w becomes whole on every device, 512 bytes");
    String windowed = good("partition", both, "--windowed-bytes", 1, "-o", local).err();
    assertThat(Files.readString(local)).contains("while(");
    assertThat(windowed).contains("%a becomes whole on every device, 256 bytes");
    assertThat(windowed).doesNotContain("%w");
  }

  @Test
  void randomArgumentsFollowTheSeed() throws IOException {
    assertThat(run(layer, "--seed", 3)).isEqualTo(run(layer, "--seed", 3, "--devices", 4));
    assertThat(run(layer, "--seed", 3)).isNotEqualTo(run(layer, "--seed", 4));
    assertThat(good("run", layer, "--seed", 3).out())
        .startsWith("arguments: random, seed 3: floats");
  }

  @Test
  void saysWhatOverlaps() throws IOException {
    Path module =
        file(
            "overlap.hlo",
            """
            HloModule overlap, num_partitions=4
            ENTRY main {
              a = f32[8,8] parameter(0), sharding={devices=[4,1]<=[4]}
              b = f32[8,8] custom-call(a), custom_call_target="Sharding", sharding={replicated}
              c = f32[8,8] tanh(b)
              d = f32[8,8] exponential(a)
              ROOT r = (f32[8,8], f32[8,8]) tuple(c, d), sharding={{replicated}, {devices=[4,1]<=[4]}}
            }
            """);
    assertThat(json("partition", module)).containsEntry("overlapping_collectives", 1);
    String printed = good("partition", module).out();
    assertThat(printed).contains("// 1 of them overlap what is computed");
    assertThat(printed)
        .containsMatch("all-gather-start\\((.|\n)*exponential(.|\n)*all-gather-done");
  }

  @Test
  void jsonSaysWhatWasMeasured() {
    Map<String, Object> run = json("run", layer, "--devices", 4);
    assertThat(run).containsEntry("devices", 4);
    assertThat(run).containsEntry("engine", "reference");
    assertThat(run.get("agreement"))
        .isEqualTo(Map.of("bit_equal", true, "differing_elements", 0, "max_difference", 0.0));
    assertThat(run).containsKey("run_seconds");
    Map<String, Object> partition = json("partition", layer);
    assertThat(partition.get("collectives")).isEqualTo(run.get("collectives"));
    assertThat((Integer) partition.get("bytes_per_device")).isGreaterThan(0);
    assertThat(((Map<?, ?>) partition.get("memory")).keySet())
        .containsExactly(
            "argument_bytes", "output_bytes", "alias_bytes", "temp_bytes", "peak_bytes");
    assertThat((String) partition.get("module")).startsWith("HloModule layer");
    Map<String, Object> cost = json("cost", layer);
    // The product is 2 * 10 * 8 * 4; an addition, a conversion and the squares.
    assertThat(cost).containsEntry("flops", 640.0 + 40 + 4 + 10);
    assertThat(cost.get("collectives")).isEqualTo(run.get("collectives"));
  }

  @Test
  void looksIntoModules() throws IOException {
    assertThat(good("verify", layer).out())
        .isEqualTo(
            layer + " is well formed: 11 instructions, 1 computation, 4 devices (mesh 'd=4')\n");
    assertThat(good("print", layer).out()).contains("%h = f32[10,8] dot(%e, %w)");
    assertThat(good("print", "--stablehlo", layer).out()).contains("stablehlo.dot_general");
    assertThat(good("print", "--shardy", layer).out())
        .contains("sdy.sharding = #sdy.sharding<@mesh, [{}, {\"d\"}]>");
    assertThat(bad("print", "--shardy", "--stablehlo", layer)).contains("mutually exclusive");
    Path printed = folder.resolve("printed.hlo");
    assertThat(good("print", layer, "-o", printed).out()).isEmpty();
    assertThat(good("print", printed).out()).isEqualTo(Files.readString(printed));
    Outcome propagated = good("propagate", layer);
    assertThat(propagated.out()).contains("%e = f32[10,4] add(%x, %d), sharding={devices=[4,1]");
    assertThat(good("propagate", layer, "--explain", "e").out())
        .startsWith("%e has {devices=[4,1]<=[4]}\n%e = ");
    assertThat(good("cost", layer).out()).contains("flops of a device: ");
    assertThat(good("--help").out()).contains("partition");
    assertThat(good("run", "--help").out()).contains("--inputs=IN.npz");
  }

  @Test
  void devicesMakeAModuleForThem() throws IOException {
    Path plain = file("plain.hlo", "ENTRY e { x = f32[8] parameter(0)\n ROOT y = f32[8] tanh(x) }");
    assertThat(json("partition", plain, "--devices", 8)).containsEntry("devices", 8);
    assertThat(json("partition", plain)).containsEntry("devices", 1);
    assertThat(run(plain, "--devices", 8)).isEqualTo(run(plain));
  }

  @Test
  void errorsAreOneLineWithThePlace() throws IOException {
    assertThat(bad("verify", folder.resolve("none.hlo")))
        .isEqualTo(folder.resolve("none.hlo") + " cannot be read: there is no such file or folder");
    assertThat(bad("verify", folder)).isEqualTo(folder + " cannot be read: it is a folder");
    Path broken = file("broken.hlo", "HloModule m\n\nENTRY e {\n  ROOT x = f32[2] tanh(y)\n}\n");
    assertThat(bad("verify", broken)).isEqualTo(broken + ":4:24: %y is not defined above");
    assertThat(bad("partition", layer, "--devices", 8))
        .isEqualTo(layer + ":5:77: [4,1]<=[4] is for 4 devices, the module has num_partitions=8");
    assertThat(bad("partition", layer, "--devices", 0))
        .isEqualTo("--devices is 0; it must be 1 or more");
    assertThat(bad("run", layer, "--engine", "abacus"))
        .startsWith("there is no engine 'abacus' here; there are: ");
    assertThat(bad("propagate", layer, "--explain", "zz"))
        .isEqualTo(layer + ":1:1: there is no instruction 'zz'");
    Path call =
        file(
            "call.hlo",
            "HloModule m\nENTRY e {\n  x = f32[2] parameter(0)\n  ROOT y = f32[2] custom-call(x), custom_call_target=\"foo\"\n}\n");
    assertThat(bad("run", call)).startsWith(call + ":4:8: ");
    assertThat(bad()).isEqualTo("no command is given; `gshard-hlo --help` lists them");
    assertThat(bad("frob")).contains("'frob'");
    assertThat(bad("verify")).startsWith("Missing required parameter: 'IN.hlo'");
    assertThat(bad("run", layer, "--devices", "many")).contains("--devices");
  }

  @Test
  void aPartitionedModuleKeepsItsDevices() throws IOException {
    Path local = folder.resolve("local.hlo");
    good("partition", layer, "-o", local);
    assertThat(bad("partition", local)).endsWith(":1:1: the module is partitioned already");
    assertThat(bad("run", local, "--devices", 1))
        .endsWith("the module is partitioned for 4 devices, --devices is 1");
    assertThat(bad("run", local, "--devices", 2)).contains("2 devices are asked for");
    assertThat(json("run", local, "--devices", 4)).containsEntry("devices", 4);
    Path bare =
        file("bare.hlo", Files.readString(local).replaceFirst(",gshard.parameters=\"[^\"]*\"", ""));
    assertThat(bad("run", bare)).contains("does not say how its parameters and results lie");
  }

  @Test
  void wrongArgumentsAreNamed() throws IOException {
    Path plain =
        file(
            "plain.hlo",
            "ENTRY e { x = f32[2] parameter(0)\n b = bf16[2] parameter(1)\n c = f32[2] convert(b)\n ROOT y = f32[2] add(x, c) }");
    Path in = folder.resolve("in.npz");
    Literal two = reals(Shape.of(DType.F32, 2), 1);
    Npz.write(in, Map.of("arg0", two));
    assertThat(bad("run", plain, "--inputs", in))
        .isEqualTo(in + " has no array 'arg1'; the program takes 2 arguments, the one is bf16[2]");
    Npz.write(in, Map.of("arg0", two, "arg1", two, "arg2", two));
    assertThat(bad("run", plain, "--inputs", in))
        .isEqualTo(in + " has an array 'arg2'; the program takes arg0 to arg1");
    Npz.write(in, Map.of("arg0", two, "arg1", integers(Shape.of(DType.S32, 2))));
    assertThat(bad("run", plain, "--inputs", in))
        .isEqualTo(in + ": 'arg1' is s32[2], the program takes bf16[2] (which travels as f32[2])");
    Npz.write(in, Map.of("arg0", reals(Shape.of(DType.F32, 3), 1), "arg1", two));
    assertThat(bad("run", plain, "--inputs", in))
        .isEqualTo(in + ": 'arg0' is f32[3], the program takes f32[2]");
    Files.writeString(in, "none");
    assertThat(bad("run", plain, "--inputs", in)).startsWith(in + " is no .npz file");
  }

  @Test
  void failuresLeaveFilesAsTheyWere() throws IOException {
    Path out = file("out.hlo", "precious");
    Path broken = file("broken.hlo", "HloModule m\nENTRY e { ROOT x = f32[2] tanh(y) }");
    bad("partition", broken, "-o", out);
    bad("print", broken, "-o", out);
    bad("run", broken, "--outputs", out);
    assertThat(Files.readString(out)).isEqualTo("precious");
    assertThat(bad("partition", layer, "-o", folder.resolve("no/out.hlo")))
        .contains("cannot be written: there is no such file or folder");
  }

  @Test
  void batchAnswersEachLine() throws IOException {
    Path list =
        file(
            "list.jsonl",
            String.join(
                "\n",
                call("verify", layer, ""),
                "{\"command\": \"verify\", \"input\": \"" + folder.resolve("none.hlo") + "\"}",
                "no json",
                "",
                call(
                    "run",
                    layer,
                    ", \"devices\": 4, \"seed\": -5, \"outputs\": \""
                        + folder.resolve("r.npz")
                        + "\""),
                call("frob", layer, ""),
                call("run", layer, ", \"frob\": 1"),
                call("propagate", layer, ", \"explain\": \"e\", \"json\": true"),
                call("partition", layer, ", \"output\": \"" + folder.resolve("p.hlo") + "\""),
                "{\"command\": \"run\", \"input\": \""
                    + folder.resolve("p.hlo")
                    + "\", \"devices\": null}",
                "{\"command\": \"run\"}",
                "[1]"));
    Outcome outcome = good("batch", list);
    List<String> answers = outcome.out().lines().toList();
    assertThat(answers).hasSize(11);
    assertThat(Json.read(answers.get(0))).containsEntry("instructions", 11);
    assertThat((String) Json.read(answers.get(1)).get("error")).contains("none.hlo cannot be read");
    assertThat((String) Json.read(answers.get(2)).get("error")).startsWith("not a JSON object: ");
    assertThat(Json.read(answers.get(3))).containsEntry("devices", 4);
    assertThat(Files.exists(folder.resolve("r.npz"))).isTrue();
    assertThat((String) Json.read(answers.get(4)).get("error")).contains("frob");
    assertThat((String) Json.read(answers.get(5)).get("error")).contains("--frob");
    assertThat(Json.read(answers.get(6))).containsEntry("name", "e");
    assertThat(Json.read(answers.get(7)))
        .containsEntry("output", folder.resolve("p.hlo").toString());
    assertThat(Json.read(answers.get(8))).containsEntry("devices", 4);
    assertThat(Json.read(answers.get(9))).containsEntry("error", "the call has no 'input'");
    assertThat((String) Json.read(answers.get(10)).get("error")).startsWith("not a JSON object");
  }

  @Test
  void batchReadsStandardInputAndOutlivesBadCalls() throws IOException {
    // Each of the nested calls takes stack; far more of them than any stack has room for.
    StringBuilder deep = new StringBuilder("HloModule deep\n%c0 { ROOT x = f32[] parameter(0) }\n");
    int depth = 30_000;
    for (int i = 1; i < depth; i++) {
      deep.append(
          "%%c%d { x = f32[] parameter(0)\n ROOT y = f32[] call(x), to_apply=%%c%d }\n"
              .formatted(i, i - 1));
    }
    deep.append(
        "ENTRY e { x = f32[] parameter(0)\n ROOT y = f32[] call(x), to_apply=%c"
            + (depth - 1)
            + " }\n");
    Path nested = file("deep.hlo", deep.toString());
    Path huge =
        file("huge.hlo", "ENTRY e { ROOT x = f32[100000,100000,100] iota(), iota_dimension=0 }");
    String calls =
        String.join(
            "\n", call("run", nested, ""), call("run", huge, ""), call("verify", layer, ""));
    Outcome outcome = outcome(calls, "batch", "-");
    assertThat(outcome.status()).isEqualTo(0);
    List<String> answers = outcome.out().lines().toList();
    assertThat(answers).hasSize(3);
    assertThat(Json.read(answers.get(0))).containsKey("error");
    assertThat((String) Json.read(answers.get(1)).get("error")).startsWith(huge + ":1:");
    assertThat(Json.read(answers.get(2))).containsEntry("instructions", 11);
  }

  private static String call(String command, Path input, String more) {
    return "{\"command\": \"%s\", \"input\": \"%s\"%s}".formatted(command, input, more);
  }

  private Map<String, Literal> run(Path module, Object... options) throws IOException {
    Path outputs = folder.resolve("out.npz");
    Object[] all = new Object[options.length + 4];
    all[0] = "run";
    all[1] = module;
    all[2] = "--outputs";
    all[3] = outputs;
    System.arraycopy(options, 0, all, 4, options.length);
    good(all);
    return Npz.read(outputs);
  }

  private static Map<String, Object> json(Object... arguments) {
    Object[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--json";
    return Json.read(good(all).out());
  }

  private static Outcome good(Object... arguments) {
    Outcome outcome = outcome("", arguments);
    assertWithMessage(outcome.err()).that(outcome.status()).isEqualTo(0);
    return outcome;
  }

  /** The one line that bad input gives. */
  private static String bad(Object... arguments) {
    Outcome outcome = outcome("", arguments);
    assertWithMessage(outcome.toString()).that(outcome.status()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertWithMessage(outcome.err()).that(outcome.err().lines().count()).isEqualTo(1);
    return outcome.err().strip();
  }

  private static Outcome outcome(String in, Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] texts = java.util.Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new);
    int status =
        HloTool.run(
            new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            texts);
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Literal reals(Shape shape, double step) {
    double[] values = new double[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * step;
    }
    return Literal.ofReals(shape, values);
  }

  private static Literal integers(Shape shape) {
    long[] values = new long[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Literal.ofIntegers(shape, values);
  }
}
