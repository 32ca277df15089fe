package io.gshard.kernels;

/**
 * Chooses, once per process, between loops by the Vector API and their scalar twins. The choice is
 * in static final fields, so that HotSpot inlines through it.
 *
 * <p>The scalar twins run where the module jdk.incubator.vector was not added to the JVM (one log
 * line says so), and where the system property {@code gshard.kernels} is {@code scalar}.
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
    Inlining.limit();
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
    return Species.floatLanes() == 16 ? new Tiles512() : new Tiles256();
  }
}
