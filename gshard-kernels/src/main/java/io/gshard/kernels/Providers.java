package io.gshard.kernels;

/**
 * Chooses, once per process, between loops by the Vector API and their scalar twins. The choice is
 * in static final fields, so that HotSpot inlines through it.
 *
 * <p>The scalar twins run where the module jdk.incubator.vector was not added to the JVM (one log
 * line says so), and where the system property {@code gshard.kernels} is {@code scalar}.
 *
 * <p>The tiles of matrix products go by the vectors' width; {@code gshard.tiles} names others, 256
 * or 512. No self-test chooses: it could time nothing but the interpreter in the milliseconds that
 * it may take, and the tiles of one width that keep to the registers differ by less than its noise
 * (see docs/PERFORMANCE.md). All give the same bits.
 */
final class Providers {
  private Providers() {}

  static final boolean VECTOR = chooseVector();

  /** Kernels that mix element widths need wide vectors. */
  private static final boolean BYTES_TOO = VECTOR && Species.haveBytes();

  static final FloatLoops FLOATS = VECTOR ? new VectorFloatLoops() : new FloatLoops();
  static final IntLoops INTS = VECTOR ? new VectorIntLoops() : new IntLoops();
  static final ByteLoops BYTES = new ByteLoops();
  static final CompareLoops COMPARES = BYTES_TOO ? new VectorCompareLoops() : new CompareLoops();
  static final SelectLoops SELECTS = BYTES_TOO ? new VectorSelectLoops() : new SelectLoops();
  static final ConvertLoops CONVERTS = BYTES_TOO ? new VectorConvertLoops() : new ConvertLoops();
  static final FoldLoops FOLDS = VECTOR ? new VectorFoldLoops() : new FoldLoops();
  static final Tiles TILES = VECTOR ? vectorTiles() : new Tiles();
  static final Packing PACKING = VECTOR ? new VectorPacking() : new Packing();

  static {
    if (ModuleLayer.boot().findModule("java.management").isPresent()) {
      Directives.give();
    }
  }

  private static boolean chooseVector() {
    if ("scalar".equals(System.getProperty("gshard.kernels"))) {
      return false;
    }
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      // The JDK's own logging: it is seen without any provider on the class path.
      System.getLogger("io.gshard.kernels")
          .log(
              System.Logger.Level.WARNING,
              "module jdk.incubator.vector is not there, kernels run in scalar form (much slower):"
                  + " start java with --add-modules jdk.incubator.vector");
      return false;
    }
    return true;
  }

  private static Tiles vectorTiles() {
    String named = System.getProperty("gshard.tiles", Species.floatLanes() == 16 ? "512" : "256");
    return switch (named) {
      case "256" -> new Tiles256();
      case "512" -> new Tiles512();
      default ->
          throw new IllegalArgumentException("gshard.tiles is " + named + "; expected 256 or 512");
    };
  }
}
