package io.gshard.bench;

import io.gshard.mesh.MeshShape;
import io.gshard.nmt.model.Nmt;
import io.gshard.nmt.train.Json;
import io.gshard.runtime.HostTensor;
import io.gshard.runtime.Launcher;
import io.gshard.runtime.Mesh;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Benchmarks that print JSON; {@code bin/bench} runs them. */
@Command(name = "bench", mixinStandardHelpOptions = true)
final class Bench {
  @Option(names = "--peer", description = "time the same in JAX on XLA, in turns")
  boolean peer;

  @Option(names = "--rounds", defaultValue = "40", description = "default: ${DEFAULT-VALUE}")
  int rounds;

  @Option(
      names = "--clock",
      defaultValue = "wall",
      description = "wall, or cpu: CPU time, for --threads 1; default: ${DEFAULT-VALUE}")
  Clock clock;

  @Option(
      names = "--warm",
      defaultValue = "8",
      description = "seconds before the first round; default: ${DEFAULT-VALUE}")
  double warm;

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  /**
   * What a benchmark times.
   *
   * @param limit the most that the machine can do: one core's operations, or bytes read and
   *     written; or null
   */
  private record Plan(
      String kind,
      Map<String, String> options,
      String rate,
      double unit,
      List<Subject> subjects,
      Subject limit) {
    Plan(
        String kind,
        Map<String, String> options,
        String rate,
        double unit,
        List<Subject> subjects) {
      this(kind, options, rate, unit, subjects, null);
    }
  }

  @Command(description = "matrix products, B@MxKxN or MxKxN")
  int gemm(
      @Option(
              names = "--shapes",
              defaultValue = "64x128x512,512x512x512,1024x1024x1024,2048x512x2048,8@256x512x2048")
          String shapes) {
    List<BenchModel> models = new ArrayList<>();
    List<Subject> subjects = new ArrayList<>();
    for (Product product : Product.parse(shapes)) {
      BenchModel model = BenchModel.open("Gemm", product.sizes(), "device=1");
      models.add(model);
      subjects.add(subject(product.shape(), product.flops(), model, "step"));
    }
    Map<String, String> options = Map.of("shapes", shapes);
    return run(new Plan("gemm", options, "gflops_wall", 1e9, subjects, Peak.subject()), models);
  }

  @Command(description = "loops over an array of R by C elements, split over the devices")
  int elementwise(
      @Option(names = "--R", defaultValue = "4096") long rows,
      @Option(names = "--C", defaultValue = "1024") long columns,
      @Option(names = "--devices", defaultValue = "2") int devices) {
    Map<String, Long> sizes = sizes("R", rows, "C", columns);
    BenchModel model = BenchModel.open("Elementwise", config(sizes), "device=" + devices);
    List<Subject> subjects = new ArrayList<>();
    double elements = (double) rows * columns;
    for (String program : List.of("exponential", "softmax", "layerNormGelu")) {
      subjects.add(subject(program, 8 * elements, model, program));
    }
    for (String program : List.of("toBf16", "toF32")) {
      subjects.add(subject(program, 6 * elements, model, program));
    }
    Plan plan = new Plan("elementwise", options(1, sizes), "gb_per_s", 1e9, subjects);
    return run(plan, List.of(model));
  }

  @Command(description = "collectives on D devices of N f32 elements, and a program of none")
  int collectives(
      @Option(names = "--devices", defaultValue = "8") int devices,
      @Option(names = "--N", defaultValue = "1048576") long elements) {
    Map<String, Long> sizes = sizes("N", elements, "D", (long) devices);
    BenchModel model = BenchModel.open("Collectives", config(sizes), "device=" + devices);
    double part = 4.0 * elements;
    // All-reduce and all-gather leave one result for all devices of a process.
    List<Subject> subjects =
        List.of(
            subject("allReduce", (devices + 1) * part, model, "allReduce"),
            subject("allGather", 2 * devices * part, model, "allGather"),
            subject("allToAll", 2 * devices * part, model, "allToAll"),
            subject("nothing", 0, model, "nothing"));
    Subject copy = subject("copy", 2 * devices * part, model, "copy");
    Map<String, String> options = options(devices, sizes);
    return run(new Plan("collectives", options, "gb_per_s", 1e9, subjects, copy), List.of(model));
  }

  @Command(
      description = "what a step costs each device of a large mesh that has next to nothing to do")
  int mesh(@Option(names = "--devices", defaultValue = "2048") int devices) {
    Map<String, Long> sizes = sizes("D", (long) devices);
    BenchModel model = BenchModel.open("Step", config(sizes), "device=" + devices);
    Contest contest = new Contest(List.of(), clock, warm, rounds, "", 1);
    try {
      List<Map<String, Object>> results = new ArrayList<>();
      for (String program : List.of("nothing", "count")) {
        Map<String, Object> result = contest.run(subject(program, 0, model, program));
        double milliseconds = ((Number) result.get("step_ms_median")).doubleValue();
        result.put("us_per_device_step", 1e3 * milliseconds / devices);
        results.add(result);
      }
      print("mesh", options(devices, sizes), List.of(model), results, List.of());
      return 0;
    } finally {
      model.close();
    }
  }

  @Command(description = "Algorithm 2 without experts: tokens go to their places and come back")
  int dispatch(
      @Option(names = "--devices", defaultValue = "2") int devices,
      @Option(names = "--G", defaultValue = "4") long groups,
      @Option(names = "--S", defaultValue = "1024") long tokens,
      @Option(names = "--M", defaultValue = "512") long model,
      @Option(names = "--E", defaultValue = "32") long experts,
      @Option(names = "--capacity", defaultValue = "0", description = "default: 2*S/E")
          long capacity) {
    long places = capacity > 0 ? capacity : 2 * tokens / experts;
    Map<String, Long> sizes =
        sizes("G", groups, "S", tokens, "M", model, "E", experts, "C", places);
    BenchModel layer = BenchModel.open("Dispatch", config(sizes), "expert=" + devices);
    List<Subject> subjects = List.of(subject("gather", 0, layer, "step"));
    return run(new Plan("dispatch", options(1, sizes), "", 1, subjects), List.of(layer));
  }

  @Command(name = "moe-layer", description = "a layer of experts, forward and backward")
  int moeLayer(
      @Option(names = "--devices", defaultValue = "8") int devices,
      @Option(names = "--G", defaultValue = "8") long groups,
      @Option(names = "--S", defaultValue = "256") long tokens,
      @Option(names = "--M", defaultValue = "256") long model,
      @Option(names = "--H", defaultValue = "1024") long hidden,
      @Option(names = "--E", defaultValue = "16") long experts,
      @Option(names = "--capacity", defaultValue = "0", description = "default: 2*S/E")
          long capacity) {
    long places = capacity > 0 ? capacity : 2 * tokens / experts;
    Map<String, Long> sizes =
        sizes("G", groups, "S", tokens, "M", model, "H", hidden, "E", experts, "C", places);
    BenchModel layer = BenchModel.open("MoeLayer", config(sizes), "expert=" + devices);
    // Two products forward, twice as much backward.
    double flops = 12.0 * experts * groups * places * model * hidden;
    List<Subject> subjects =
        List.of(subject("gather", flops, layer, "step"), subject("einsum", flops, layer, "step"));
    Plan plan = new Plan("moe-layer", options(devices, sizes), "gflops_wall", 1e9, subjects);
    return run(plan, List.of(layer));
  }

  @Command(
      description =
          "ours beside ours: all workers and one (products), 8 devices and one, a layer of experts"
              + " and a dense one of as much work for each token")
  int scaling(
      @Option(
              names = "--shapes",
              defaultValue = "512x512x512,1024x1024x1024,2048x512x2048,8@256x512x2048")
          String shapes,
      @Option(names = "--devices", defaultValue = "8") int devices,
      @Option(names = "--G", defaultValue = "8") long groups,
      @Option(names = "--S", defaultValue = "256") long tokens,
      @Option(names = "--M", defaultValue = "256") long model,
      @Option(names = "--H", defaultValue = "1024") long hidden,
      @Option(names = "--E", defaultValue = "16") long experts) {
    List<BenchModel> models = new ArrayList<>();
    List<Subject[]> pairs = new ArrayList<>();
    for (Product product : Product.parse(shapes)) {
      BenchModel all = BenchModel.open("Gemm", product.sizes(), "device=1");
      BenchModel one = BenchModel.open("Gemm", product.sizes(), "device=1", 1);
      models.addAll(List.of(all, one));
      pairs.add(
          new Subject[] {
            subject(product.shape(), product.flops(), all, "step"),
            subject("one worker", product.flops(), one, "step")
          });
    }
    Map<String, Long> sizes = sizes("G", groups, "S", tokens, "M", model, "H", hidden);
    sizes.putAll(sizes("E", experts, "C", 2 * tokens / experts));
    double flops = 24.0 * groups * tokens * model * hidden;
    BenchModel many = BenchModel.open("MoeLayer", config(sizes), "expert=" + devices);
    BenchModel single = BenchModel.open("MoeLayer", config(sizes), "expert=1");
    // As many places as choices: a token passes two experts, so the dense layer is twice as wide.
    BenchModel dense =
        BenchModel.open(
            "DenseLayer",
            config(sizes("G", groups, "S", tokens, "M", model, "H", 2 * hidden)),
            "data=" + devices);
    models.addAll(List.of(many, single, dense));
    Subject layer = subject("experts on " + devices, flops, many, "step");
    pairs.add(new Subject[] {layer, subject("experts on one device", flops, single, "step")});
    pairs.add(new Subject[] {layer, subject("dense", flops, dense, "step")});
    Contest contest = new Contest(List.of(), clock, warm, rounds, "gflops_wall", 1e9);
    try {
      List<Map<String, Object>> results = new ArrayList<>();
      pairs.forEach(pair -> results.add(contest.run(pair[0], pair[1])));
      Map<String, String> options = options(devices, sizes);
      options.put("shapes", shapes);
      print("scaling", options, models, results, List.of());
      return 0;
    } finally {
      models.forEach(BenchModel::close);
    }
  }

  @Command(description = "the sample's training step, Demo, on random tokens without padding")
  int nmt() {
    try (Mesh mesh = Mesh.local(MeshShape.parse("expert=8"));
        Launcher launcher = Launcher.load(Nmt.class, "Demo", mesh)) {
      Subject step = trainStep(launcher);
      return run(new Plan("nmt", Map.of(), "tokens_per_s", 1, List.of(step)), List.of());
    }
  }

  @Command(
      name = "warm-up",
      description = "how many of the sample's training steps are slower than 0.9 of the last speed")
  int warmUp(@Option(names = "--steps", defaultValue = "400") int steps) {
    try (Mesh mesh = Mesh.local(MeshShape.parse("expert=8"));
        Launcher launcher = Launcher.load(Nmt.class, "Demo", mesh)) {
      Runnable step = trainStep(launcher).body();
      double[] seconds = new double[steps];
      for (int i = 0; i < steps; i++) {
        long start = System.nanoTime();
        step.run();
        seconds[i] = (System.nanoTime() - start) / 1e9;
      }
      double last = Contest.median(Arrays.copyOfRange(seconds, steps * 3 / 4, steps));
      int slow = 0;
      // Of three, so that what else the machine does is not seen.
      while (slow + 3 < steps
          && Contest.median(Arrays.copyOfRange(seconds, slow, slow + 3)) > last / 0.9) {
        slow++;
      }
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("warmup_steps", slow);
      figures.put("first_step_ms", 1e3 * seconds[0]);
      figures.put("step_ms_median", 1e3 * last);
      figures.put("seconds_until_warm", Arrays.stream(seconds).limit(slow).sum());
      print("warm-up", Map.of("steps", "" + steps), List.of(), List.of(figures), List.of());
      return 0;
    }
  }

  private static Subject trainStep(Launcher launcher) {
    launcher.init(1);
    int rows = 16;
    int source = 64;
    int target = 32;
    Random random = new Random(1);
    List<Tensor> arguments = new ArrayList<>();
    arguments.add(tokens(random, rows, source, 4, 4096));
    arguments.add(tokens(random, rows, source, 1, 2));
    arguments.add(positions(rows, source));
    arguments.add(tokens(random, rows, target, 4, 1536));
    arguments.add(tokens(random, rows, target, 4, 1536));
    arguments.add(tokens(random, rows, target, 1, 2));
    arguments.add(positions(rows, target));
    arguments.add(HostTensor.scalar(200));
    arguments.add(HostTensor.scalar(0.5f));
    return new Subject(
        "step", rows * (source + target), () -> launcher.run("trainStep", arguments));
  }

  /** Names and sizes in turn. */
  private static Map<String, Long> sizes(Object... pairs) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      sizes.put((String) pairs[i], (Long) pairs[i + 1]);
    }
    return sizes;
  }

  /** As {@code @Config} has them. */
  private static String config(Map<String, Long> sizes) {
    return sizes.entrySet().stream()
        .map(size -> size.getKey() + "=" + size.getValue())
        .collect(Collectors.joining(" "));
  }

  /**
   * The same for a peer.
   *
   * @param devices that it has
   */
  private static Map<String, String> options(int devices, Map<String, Long> sizes) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("devices", Integer.toString(devices));
    sizes.forEach((name, size) -> options.put(name, Long.toString(size)));
    return options;
  }

  private static Tensor tokens(Random random, int rows, int length, int low, int high) {
    return HostTensor.of(
        Shape.of(DType.S32, rows, length), random.ints(rows * length, low, high).toArray());
  }

  private static Tensor positions(int rows, int length) {
    int[] values = new int[rows * length];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % length;
    }
    return HostTensor.of(Shape.of(DType.S32, rows, length), values);
  }

  private static Subject subject(String name, double work, BenchModel model, String program) {
    return new Subject(name, work, () -> model.launcher().run(program, List.of()));
  }

  private int run(Plan plan, List<BenchModel> models) {
    List<Peer> peers = new ArrayList<>();
    try {
      if (peer) {
        for (String mode : Peer.MODES) {
          peers.add(Peer.start(mode, clock, plan.kind(), plan.options()));
        }
      }
      Contest contest = new Contest(peers, clock, warm, rounds, plan.rate(), plan.unit());
      List<Map<String, Object>> results = new ArrayList<>();
      for (Subject subject : plan.subjects()) {
        results.add(
            plan.limit() == null ? contest.run(subject) : contest.runOf(subject, plan.limit()));
      }
      print(plan.kind(), plan.options(), models, results, peers);
      return 0;
    } finally {
      peers.forEach(Peer::close);
      models.forEach(BenchModel::close);
    }
  }

  private void print(
      String kind,
      Map<String, String> options,
      List<BenchModel> models,
      List<Map<String, Object>> results,
      List<Peer> peers) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("bench", kind);
    answer.put("options", options);
    answer.put("rounds", rounds);
    answer.put("clock", clock.name().toLowerCase(Locale.ROOT));
    answer.put("cores", Runtime.getRuntime().availableProcessors());
    answer.put("load", load());
    answer.put("java", Runtime.version().toString());
    if (!models.isEmpty()) {
      answer.put("compile_s", models.stream().mapToDouble(BenchModel::compileSeconds).sum());
    }
    answer.put("peak_memory_mb", peakMemory(ProcessHandle.current().pid()));
    peers.forEach(p -> answer.put("xla_" + p.mode() + "_peak_memory_mb", peakMemory(p.pid())));
    answer.put("results", results);
    System.out.print(Json.write(answer));
  }

  /** The most memory a process has held, its code and JIT compilers included; -1 if not known. */
  private static long peakMemory(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
          .findFirst()
          .orElse(-1L);
    } catch (IOException e) {
      return -1;
    }
  }

  /** The machine's load in the last minute; -1 where it is not known. */
  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }
}
