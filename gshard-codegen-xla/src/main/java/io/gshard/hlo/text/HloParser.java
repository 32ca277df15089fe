package io.gshard.hlo.text;

import io.gshard.hlo.Boundary;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Reads HLO text: what {@link HloPrinter} writes, and what XLA prints as far as our graph can hold
 * it. Layouts, signatures and scheduling are skipped; folds become combiners again where their
 * computation is one.
 *
 * <p>The mesh is the one in our {@code frontend_attributes}; a module without it gets the coarsest
 * mesh over whose axes all its shardings and replica groups can be said ({@link MeshFinder}).
 */
public final class HloParser {
  /** Lists of devices in a text are held as such. */
  private static final int MAX_DEVICES = 1 << 20;

  private final Cursor in;
  private final String text;
  private final OptionalInt wanted;
  private final Map<String, Cursor> header = new HashMap<>();

  private HloParser(String text, OptionalInt devices) {
    this.text = text;
    this.wanted = devices;
    this.in = new Cursor(text);
  }

  /**
   * The module.
   *
   * @throws HloSyntaxException with line, column and reason, for whatever it cannot read
   */
  public static HloModule parse(String text) {
    return parse(text, OptionalInt.empty());
  }

  /**
   * The module, for a number of devices if one is given, whatever its {@code num_partitions} is.
   *
   * @throws HloSyntaxException also if its mesh or its shardings are for another number
   */
  public static HloModule parse(String text, OptionalInt devices) {
    return new HloParser(text, devices).parse();
  }

  private HloModule parse() {
    String name = "module";
    if (in.peekName().equals("HloModule")) {
      in.name();
      name = in.name();
      while (in.eat(",")) {
        String key = in.name();
        // The only ones without a value are flags that mean nothing here.
        if (in.eat("=")) {
          header.put(key, in.value());
        }
      }
    }
    Map<String, String> frontend = frontendAttributes();
    MeshShape mesh = mesh(frontend);
    StackFrames frames = StackFrames.read(in);
    String entry = null;
    String last = null;
    Bodies bodies = new Bodies(mesh, frames);
    while (!in.atEnd()) {
      boolean isEntry = in.peekName().equals("ENTRY") && in.eat("ENTRY");
      last = body(bodies);
      if (isEntry) {
        if (entry != null) {
          throw in.error("a second ENTRY computation");
        }
        entry = last;
      }
    }
    if (last == null) {
      throw in.error("no computation");
    }
    bodies.readAll();
    Computation main = bodies.get(in, entry == null ? last : entry);
    HloModule read = new HloModule(name, mesh, main);
    HloModule module = new HloModule(name, mesh, main, aliases(main), partitioned(frontend, read));
    Boundary boundary = BoundaryText.read(in, frontend, module);
    return boundary == null ? module : module.withBoundary(boundary);
  }

  /**
   * Finds where a computation stands; it is read when it is needed, in whatever order they come.
   */
  private String body(Bodies bodies) {
    if (!in.seesName()) {
      throw in.error("expected a computation, found " + in.found());
    }
    String name = in.name();
    if (bodies.has(name)) {
      throw in.error("computation %" + name + " is defined twice");
    }
    TypeText.skipSignature(in);
    if (!in.sees("{")) {
      throw in.error("expected '{', found " + in.found());
    }
    bodies.put(name, in.block());
    // What may follow a body, such as execution_thread, means nothing here.
    while (in.eat(",")) {
      in.name();
      in.expect("=");
      in.value();
    }
    return name;
  }

  private Map<String, String> frontendAttributes() {
    Cursor value = header.get("frontend_attributes");
    return value == null ? Map.of() : value.pairs();
  }

  private MeshShape mesh(Map<String, String> frontend) {
    int devices = partitions();
    String said = frontend.get(HloPrinter.MESH);
    if (said == null) {
      String regions = SdyRegions.mesh(frontend, text);
      MeshShape named = regions == null ? null : mesh(regions);
      return named != null && named.devices() == devices ? named : MeshFinder.find(text, devices);
    }
    MeshShape mesh = mesh(said);
    boolean isSaid = wanted.isPresent() || header.containsKey("num_partitions");
    if (isSaid && mesh.devices() != devices) {
      throw in.error(
          wanted.isPresent()
              ? "%d devices are asked for, but the mesh is '%s'".formatted(devices, mesh)
              : "num_partitions=%d, but the mesh is '%s'".formatted(devices, mesh));
    }
    return mesh;
  }

  private MeshShape mesh(String said) {
    MeshShape mesh;
    try {
      mesh = MeshShape.parse(said);
      mesh.devices();
    } catch (IllegalArgumentException e) {
      throw in.error(e.getMessage());
    } catch (ArithmeticException e) {
      throw in.error("the mesh '%s' has too many devices".formatted(said));
    }
    if (mesh.devices() > MAX_DEVICES) {
      throw in.error(
          "the mesh '%s' has %d devices, expected 1 to %d"
              .formatted(said, mesh.devices(), MAX_DEVICES));
    }
    return mesh;
  }

  /** What is asked for, else what the header says, else what the shardings are made for. */
  private int partitions() {
    if (wanted.isPresent()) {
      return wanted.getAsInt();
    }
    Cursor value = header.get("num_partitions");
    int devices = value == null ? MeshFinder.devices(text) : value.smallNumber();
    if (devices < 1 || devices > MAX_DEVICES) {
      throw in.error("num_partitions=%d, expected 1 to %d".formatted(devices, MAX_DEVICES));
    }
    return devices;
  }

  private static boolean partitioned(Map<String, String> frontend, HloModule module) {
    if (frontend.containsKey(HloPrinter.MESH)) {
      return "true".equals(frontend.get(HloPrinter.PARTITIONED));
    }
    boolean meets =
        module.computations().stream()
            .flatMap(c -> c.instructions().stream())
            .anyMatch(i -> i.op().needsMesh());
    return meets && !module.hasManualRegions();
  }

  /** {@code { {0}: (1, {}, may-alias), {2,1}: (0, {}) }}. */
  private List<HloModule.Alias> aliases(Computation entry) {
    Cursor value = header.get("input_output_alias");
    if (value == null) {
      return List.of();
    }
    List<HloModule.Alias> aliases = new ArrayList<>();
    value.list(
        "{",
        "}",
        () -> {
          int output = leaf(value, entry.root().type(), value.integers());
          value.expect(":");
          value.expect("(");
          int parameter = value.smallNumber();
          value.expect(",");
          if (!value.integers().isEmpty()) {
            throw value.error("an alias of a part of a tuple parameter is not supported");
          }
          if (value.eat(",")) {
            value.name();
          }
          value.expect(")");
          boolean exists =
              entry.parameters().stream()
                  .anyMatch(p -> p.op().equals(new HloOp.Parameter(parameter)));
          if (!exists) {
            throw value.error("an alias of parameter " + parameter + ", which does not exist");
          }
          return aliases.add(new HloModule.Alias(output, parameter));
        });
    return aliases;
  }

  /** The number, among a type's leaves, of the one that a path leads to. */
  private static int leaf(Cursor in, Type type, List<Integer> path) {
    int before = 0;
    for (int index : path) {
      if (!(type instanceof Type.Tuple(List<Type> elements))
          || index < 0
          || index >= elements.size()) {
        throw in.error("the result has no part " + path);
      }
      for (int i = 0; i < index; i++) {
        before += elements.get(i).leaves().size();
      }
      type = elements.get(index);
    }
    if (!(type instanceof Type.Array)) {
      throw in.error("the part " + path + " of the result is a tuple");
    }
    return before;
  }
}
