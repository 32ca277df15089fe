package io.gshard.npz;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One array in NumPy's format (NEP 1): versions 1 to 3, either byte order, C and Fortran order. An
 * array of bf16 is written as f32, since NumPy has no such type.
 */
final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 1 << 20;
  private static final int ALIGNMENT = 64;
  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9L,\\s]*)\\)");

  /** NumPy's kind and size of each element type that it has. */
  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("b1", DType.PRED),
          Map.entry("i1", DType.S8),
          Map.entry("i2", DType.S16),
          Map.entry("i4", DType.S32),
          Map.entry("i8", DType.S64),
          Map.entry("u1", DType.U8),
          Map.entry("u2", DType.U16),
          Map.entry("u4", DType.U32),
          Map.entry("u8", DType.U64),
          Map.entry("f2", DType.F16),
          // What NumPy makes of the bfloat16 that other libraries add to it.
          Map.entry("V2", DType.BF16),
          Map.entry("f4", DType.F32),
          Map.entry("f8", DType.F64),
          Map.entry("c8", DType.C64),
          Map.entry("c16", DType.C128));

  private Npy() {}

  static Literal read(InputStream in) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
      throw new NpzException("no NumPy array: the first bytes are not \\x93NUMPY");
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      throw new NpzException("NumPy format version " + version + ", expected 1 to 3");
    }
    ByteBuffer size =
        ByteBuffer.wrap(bytes(in, version == 1 ? 2 : 4)).order(ByteOrder.LITTLE_ENDIAN);
    int length = version == 1 ? size.getShort() & 0xffff : size.getInt();
    if (length < 0 || length > MAX_HEADER) {
      throw new NpzException("a header of " + length + " bytes");
    }
    String header =
        new String(
            bytes(in, length), version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    String descr = find(DESCR, header, "descr");
    boolean fortran = find(ORDER, header, "fortran_order").equals("True");
    Shape shape = shape(descr, find(SHAPE, header, "shape"));
    return elements(in, shape, descr.startsWith(">"), fortran);
  }

  private static byte[] bytes(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new NpzException(
          "the array ends early: %d bytes of %d are missing"
              .formatted(count - bytes.length, count));
    }
    return bytes;
  }

  private static String find(Pattern pattern, String header, String key) throws NpzException {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw new NpzException(
          "the header has no '%s' that can be read: %s".formatted(key, header.strip()));
    }
    return matcher.group(1);
  }

  private static Shape shape(String descr, String dims) throws NpzException {
    DType type = descr.matches("[<>|=][a-zA-Z][0-9]+") ? TYPES.get(descr.substring(1)) : null;
    if (type == null) {
      throw new NpzException(
          "element type '%s'; expected one of %s"
              .formatted(descr, TYPES.keySet().stream().sorted().toList()));
    }
    List<Long> sizes = new ArrayList<>();
    for (String dim : dims.split(",")) {
      if (!dim.isBlank()) {
        try {
          sizes.add(Long.parseLong(dim.strip().replace("L", "")));
        } catch (NumberFormatException e) {
          throw new NpzException("the shape (" + dims + ")");
        }
      }
    }
    Shape shape = new Shape(type, sizes);
    try {
      if (shape.bytes() > Integer.MAX_VALUE - 16) {
        throw new NpzException(shape + " is larger than 2 GiB");
      }
    } catch (ArithmeticException e) {
      throw new NpzException(shape + " is larger than 2 GiB");
    }
    return shape;
  }

  private static Literal elements(InputStream in, Shape shape, boolean big, boolean fortran)
      throws IOException {
    int count = (int) shape.elements();
    ByteBuffer data =
        ByteBuffer.wrap(bytes(in, (int) shape.bytes()))
            .order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    int[] place = fortran ? fortranPlaces(shape) : null;
    double[] reals = new double[shape.type().isFloating() || shape.type().isComplex() ? count : 0];
    double[] imaginaries = new double[shape.type().isComplex() ? count : 0];
    long[] integers = new long[reals.length == count ? 0 : count];
    for (int i = 0; i < count; i++) {
      int at = place == null ? i : place[i];
      switch (shape.type()) {
        case PRED, S8, U8 -> integers[at] = data.get();
        case S16, U16 -> integers[at] = data.getShort();
        case S32, U32 -> integers[at] = data.getInt();
        case S64, U64 -> integers[at] = data.getLong();
        case F16 -> reals[at] = Float.float16ToFloat(data.getShort());
        case F32 -> reals[at] = data.getFloat();
        case F64 -> reals[at] = data.getDouble();
        case C64 -> {
          reals[at] = data.getFloat();
          imaginaries[at] = data.getFloat();
        }
        case C128 -> {
          reals[at] = data.getDouble();
          imaginaries[at] = data.getDouble();
        }
        case BF16 -> reals[at] = Float.intBitsToFloat(data.getShort() << 16);
      }
    }
    if (shape.type().isComplex()) {
      return Literal.ofComplex(shape, reals, imaginaries);
    }
    return shape.type().isFloating()
        ? Literal.ofReals(shape, reals)
        : Literal.ofIntegers(shape, integers);
  }

  /** Where the elements, first dim fastest, lie in row-major order. */
  private static int[] fortranPlaces(Shape shape) {
    long[] strides = shape.strides();
    int[] places = new int[(int) shape.elements()];
    int[] index = new int[shape.rank()];
    for (int i = 0; i < places.length; i++) {
      long at = 0;
      for (int d = 0; d < index.length; d++) {
        at += index[d] * strides[d];
      }
      places[i] = (int) at;
      for (int d = 0; d < index.length && ++index[d] == shape.dim(d); d++) {
        index[d] = 0;
      }
    }
    return places;
  }

  static void write(Literal array, OutputStream out) throws IOException {
    DType type = array.shape().type() == DType.BF16 ? DType.F32 : array.shape().type();
    Shape shape = array.shape().withType(type);
    String descr =
        TYPES.entrySet().stream()
            .filter(e -> e.getValue() == type)
            .map(e -> (type.bytes() == 1 ? "|" : "<") + e.getKey())
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("NumPy has no " + type.hloName()));
    StringBuilder dims = new StringBuilder("(");
    for (long dim : shape.dims()) {
      dims.append(dim).append(", ");
    }
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': %s), }".formatted(descr, dims);
    int length = MAGIC.length + 4 + header.length() + 1;
    header += " ".repeat(Math.floorMod(-length, ALIGNMENT)) + "\n";
    ByteBuffer start = ByteBuffer.allocate(MAGIC.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    start.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length());
    out.write(start.array());
    out.write(header.getBytes(StandardCharsets.ISO_8859_1));
    ByteBuffer data =
        ByteBuffer.allocate(Math.toIntExact(shape.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < shape.elements(); i++) {
      switch (type) {
        case PRED, S8, U8 -> data.put((byte) array.integer(i));
        case S16, U16 -> data.putShort((short) array.integer(i));
        case S32, U32 -> data.putInt((int) array.integer(i));
        case S64, U64 -> data.putLong(array.integer(i));
        case F16 -> data.putShort(Float.floatToFloat16((float) array.real(i)));
        case F32 -> data.putFloat((float) array.real(i));
        case F64 -> data.putDouble(array.real(i));
        case C64 -> data.putFloat((float) array.real(i)).putFloat((float) array.imaginary(i));
        case C128 -> data.putDouble(array.real(i)).putDouble(array.imaginary(i));
        case BF16 -> throw new IllegalStateException("written as f32");
      }
    }
    out.write(data.array());
  }
}
