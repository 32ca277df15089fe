package io.gshard.collective;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The collectives against plain loops over devices and coordinates, over meshes, axes and element
 * types.
 */
class SharedMemoryTest {
  private static final DType[] TYPES = {DType.F32, DType.S32, DType.U32, DType.BF16, DType.PRED};

  /** Runs the shares one after the other, the last worker first: any order must do. */
  private record Fake(int size) implements Team {
    @Override
    public void run(Share share) {
      for (int worker = size - 1; worker >= 0; worker--) {
        share.run(worker, size);
      }
    }
  }

  private final Random random = new Random(11);
  private MeshShape mesh;
  private Arenas arenas;
  private Arenas common;
  private SharedMemory memory;

  private void start(String text, int elements) {
    mesh = MeshShape.parse(text);
    int n = mesh.devices();
    arenas =
        new Arenas(
            new float[n][elements],
            new int[n][elements],
            new short[n][elements],
            new byte[n][elements],
            new long[n][elements],
            new double[n][elements]);
    for (int d = 0; d < n; d++) {
      for (int i = 0; i < elements; i++) {
        int value = random.nextInt(200) - 100;
        arenas.f32()[d][i] = value;
        arenas.s32()[d][i] = value;
        arenas.bf16()[d][i] = (short) (Float.floatToRawIntBits(value) >>> 16);
        arenas.pred()[d][i] = (byte) (value & 1);
      }
    }
    common =
        new Arenas(
            new float[1][elements],
            new int[1][elements],
            new short[1][elements],
            new byte[1][elements],
            new long[1][elements],
            new double[1][elements]);
    memory = new SharedMemory(mesh, new Fake(3), arenas, common);
  }

  private double get(DType type, int device, int at) {
    return get(arenas, type, device, at);
  }

  private static double get(Arenas arenas, DType type, int device, int at) {
    return switch (type) {
      case F32 -> arenas.f32()[device][at];
      case S32 -> arenas.s32()[device][at];
      case U32 -> arenas.s32()[device][at] & 0xffffffffL;
      case BF16 -> Float.intBitsToFloat(arenas.bf16()[device][at] << 16);
      default -> arenas.pred()[device][at];
    };
  }

  private int member(int device, int position, List<String> axes) {
    for (int other = 0; other < mesh.devices(); other++) {
      boolean same = mesh.coordinate(other, axes) == position;
      for (var axis : mesh.axes()) {
        same &=
            axes.contains(axis.name())
                || mesh.coordinate(other, axis.name()) == mesh.coordinate(device, axis.name());
      }
      if (same) {
        return other;
      }
    }
    throw new AssertionError();
  }

  private double folded(Combiner c, DType type, int device, int at, List<String> axes) {
    double result = get(type, member(device, 0, axes), at);
    for (int i = 1; i < mesh.size(axes); i++) {
      double next = get(type, member(device, i, axes), at);
      result =
          switch (c) {
            case ADD -> type == DType.PRED ? Math.max(result, next) : result + next;
            case MULTIPLY -> result * next;
            case MAXIMUM -> Math.max(result, next);
            case MINIMUM -> Math.min(result, next);
            case AND -> (long) result & (long) next;
            case OR -> (long) result | (long) next;
          };
    }
    return switch (type) {
      case BF16 -> io.gshard.tensor.Literal.round(DType.BF16, (float) result);
      case U32 -> ((long) result) & 0xffffffffL;
      default -> result;
    };
  }

  private static boolean fits(Combiner c, DType type) {
    return !(type.isFloating() && (c == Combiner.AND || c == Combiner.OR))
        && c != Combiner.MULTIPLY;
  }

  private void same(String subject, DType type, int device, int at, double expected) {
    if (get(type, device, at) != expected) {
      assertWithMessage("%s %s device %s at %s", subject, type, device, at)
          .that(get(type, device, at))
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a=1|a",
        "a=2|a",
        "a=3|a",
        "a=2,b=3|a",
        "a=2,b=3|b",
        "a=2,b=3|b a",
        "a=2,b=2,c=2|a c",
        "a=2,b=2,c=2|c a",
        "a=8|a",
        "a=2,b=2|"
      })
  void allOfThem(String text, String names) {
    List<String> axes = names == null ? List.of() : List.of(names.split(" "));
    for (DType type : TYPES) {
      for (int count : new int[] {1, 13, 1100}) {
        for (Combiner c : Combiner.values()) {
          if (fits(c, type) && (count < 1100 || c == Combiner.ADD)) {
            start(text, 2 * count);
            memory.allReduce(c, type, 0, count, count, axes);
            for (int d = 0; d < mesh.devices(); d++) {
              for (int i = 0; i < count; i += 1 + count / 50) {
                same("all-reduce " + c, type, d, count + i, folded(c, type, d, i, axes));
              }
            }
          }
        }
      }
      gathers(text, type, axes);
      scatters(text, type, axes);
      permutes(text, type, axes);
      allToAlls(text, type, axes);
    }
  }

  @ParameterizedTest
  @CsvSource({"a=3, a", "a=2;b=3, a b", "a=2;b=3, b a", "a=1, a"})
  void onceForAllDevices(String text, String names) {
    List<String> axes = List.of(names.split(" "));
    String shape = text.replace(';', ',');
    int count = 1100;
    for (DType type : TYPES) {
      start(shape, count * MeshShape.parse(shape).devices());
      memory.allReduceForAll(Combiner.ADD, type, 0, 3, count - 3, axes);
      for (int i = 0; i < count - 3; i += 17) {
        double expected = folded(Combiner.ADD, type, 0, i, axes);
        assertWithMessage("%s at %s", type, i)
            .that(get(common, type, 0, i + 3))
            .isEqualTo(expected);
      }
      int part = count / 2;
      memory.allGatherForAll(type, 0, 0, 2, part, axes);
      for (int i = 0; i < 2 * part * mesh.devices(); i += 31) {
        int row = i / (part * mesh.devices());
        int in = i % (part * mesh.devices());
        double expected = get(type, member(0, in / part, axes), row * part + in % part);
        assertWithMessage("%s at %s", type, i).that(get(common, type, 0, i)).isEqualTo(expected);
      }
    }
  }

  @Test
  void onceForAllMeansAll() {
    start("a=2,b=2", 8);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> memory.allReduceForAll(Combiner.ADD, DType.F32, 0, 0, 8, List.of("a")));
    assertThat(e)
        .hasMessageThat()
        .isEqualTo("the axes [a] of the mesh 'a=2, b=2' do not hold all its devices");
  }

  private void gathers(String text, DType type, List<String> axes) {
    int outer = 3;
    int part = 14;
    int size = MeshShape.parse(text).size(axes);
    start(text, outer * part * (size + 1));
    memory.allGather(type, 0, outer * part, outer, part, axes);
    for (int d = 0; d < mesh.devices(); d++) {
      for (int o = 0; o < outer; o++) {
        for (int i = 0; i < size * part; i++) {
          double expected = get(type, member(d, i / part, axes), o * part + i % part);
          same("all-gather", type, d, outer * part + o * size * part + i, expected);
        }
      }
    }
  }

  private void scatters(String text, DType type, List<String> axes) {
    int outer = 2;
    int part = 1030;
    int size = MeshShape.parse(text).size(axes);
    int in = outer * size * part;
    start(text, in + outer * part);
    memory.reduceScatter(Combiner.ADD, type, 0, in, outer, part, axes);
    for (int d = 0; d < mesh.devices(); d++) {
      int position = mesh.coordinate(d, axes);
      for (int o = 0; o < outer; o++) {
        for (int p = 0; p < part; p += 29) {
          int from = (o * size + position) * part + p;
          double expected = folded(Combiner.ADD, type, d, from, axes);
          same("reduce-scatter", type, d, in + o * part + p, expected);
        }
      }
    }
  }

  private void permutes(String text, DType type, List<String> axes) {
    int size = MeshShape.parse(text).size(axes);
    int count = 20;
    start(text, 2 * count);
    int[] targets = new int[size];
    for (int i = 0; i < size; i++) {
      targets[i] = i + 1 < size ? i + 1 : -1;
    }
    memory.collectivePermute(type, 0, count, count, targets, axes);
    for (int d = 0; d < mesh.devices(); d++) {
      int position = mesh.coordinate(d, axes);
      for (int i = 0; i < count; i++) {
        double expected = position == 0 ? 0 : get(type, member(d, position - 1, axes), i);
        same("permute", type, d, count + i, expected);
      }
    }
  }

  private void allToAlls(String text, DType type, List<String> axes) {
    int size = MeshShape.parse(text).size(axes);
    for (int split = 0; split < 3; split++) {
      for (int concat = 0; concat < 3; concat++) {
        int[] dims = {2, 3, 2};
        dims[split] *= size;
        int elements = 12 * size;
        start(text, 2 * elements);
        memory.allToAll(type, 0, elements, dims, split, concat, axes);
        int[] result = dims.clone();
        result[split] /= size;
        result[concat] *= size;
        for (int d = 0; d < mesh.devices(); d++) {
          int position = mesh.coordinate(d, axes);
          for (int at = 0; at < elements; at++) {
            int[] index = {
              at / (result[1] * result[2]), at / result[2] % result[1], at % result[2]
            };
            // Where split is concat the result's dim counts blocks by sender.
            int block = result[concat] / size;
            int sender = index[concat] / block;
            index[concat] %= block;
            index[split] += position * (dims[split] / size);
            int from = (index[0] * dims[1] + index[1]) * dims[2] + index[2];
            same(
                "all-to-all " + split + concat,
                type,
                d,
                elements + at,
                get(type, member(d, sender, axes), from));
          }
        }
      }
    }
  }

  @Test
  void inPlaceAllReduceGivesAllTheSameBits() {
    start("a=4", 5000);
    List<Float> expected = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      for (int d = 0; d < 4; d++) {
        arenas.f32()[d][i] += random.nextFloat();
      }
      expected.add(
          (arenas.f32()[0][i] + arenas.f32()[1][i]) + (arenas.f32()[2][i] + arenas.f32()[3][i]));
    }
    memory.allReduce(Combiner.ADD, DType.F32, 0, 0, 5000, List.of("a"));
    for (int d = 0; d < 4; d++) {
      for (int i = 0; i < 5000; i++) {
        assertThat(arenas.f32()[d][i]).isEqualTo(expected.get(i));
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    start("a=4", 12);
    assertThat(
            assertThrows(
                IllegalArgumentException.class,
                () -> memory.allToAll(DType.F32, 0, 6, new int[] {3, 2}, 0, 1, List.of("a"))))
        .hasMessageThat()
        .isEqualTo("all-to-all over [a]: dim 0 of [3, 2] does not divide by 4");
    assertThat(assertThrows(IllegalArgumentException.class, () -> arenas.of(DType.C64, 0)))
        .hasMessageThat()
        .isEqualTo("element type c64: devices here hold no complex numbers");
  }
}
