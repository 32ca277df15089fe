package io.gshard.processor.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import io.gshard.memory.Storage;
import io.gshard.tensor.Literal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** The constant fields of one generated class; equal constants share a field. */
final class Constants {
  /** Longer tables are written as text, which class files hold compactly. */
  private static final int INLINE = 64;

  /** Below the 65,535 bytes that a string constant may have. */
  private static final int TEXT = 48_000;

  private final Map<String, String> names = new LinkedHashMap<>();
  private final List<FieldSpec> fields = new ArrayList<>();

  /** The storages of tables that are written as text. */
  private final Set<Storage> decoded = EnumSet.noneOf(Storage.class);

  /** The field that holds dims or strides. */
  String ints(List<Long> values) {
    String list = values.stream().map(String::valueOf).collect(Collectors.joining(", "));
    return names.computeIfAbsent(
        "ints " + list,
        key -> {
          String readable = "D_" + list.replace(", ", "_").replace("-", "M");
          String name = readable.length() <= 40 ? readable : "DIMS" + fields.size();
          return field(name, TypeName.get(int[].class), CodeBlock.of("{$L}", list));
        });
  }

  /** The field that holds an array, as it lies in an arena. */
  String table(Literal literal) {
    Storage storage = Storage.of(literal.shape().type());
    int n = (int) literal.shape().elements();
    StringBuilder key = new StringBuilder("table " + storage);
    for (int i = 0; i < n; i++) {
      key.append(' ').append(Literals.stored(literal, i));
    }
    return names.computeIfAbsent(
        key.toString(),
        k -> {
          String type = Literals.javaType(storage);
          TypeName array =
              switch (storage) {
                case F32 -> TypeName.get(float[].class);
                case S32 -> TypeName.get(int[].class);
                case BF16 -> TypeName.get(short[].class);
                case PRED -> TypeName.get(byte[].class);
                case S64 -> TypeName.get(long[].class);
                case F64 -> TypeName.get(double[].class);
              };
          String name = "TABLE" + fields.size();
          if (n <= INLINE) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < n; i++) {
              values.add(
                  switch (storage) {
                    case F32 -> Literals.real((float) literal.real(i));
                    case S64 -> Literals.integer(literal.integer(i));
                    case F64 -> Literals.real(literal.real(i));
                    default -> Integer.toString((int) Literals.stored(literal, i));
                  });
            }
            return field(name, array, CodeBlock.of("{$L}", String.join(", ", values)));
          }
          decoded.add(storage);
          return field(
              name,
              array,
              CodeBlock.of("$Ls(decode($L))", type, text(literal, n, storage.isWide())));
        });
  }

  private static CodeBlock text(Literal literal, int n, boolean wide) {
    ByteBuffer bytes = ByteBuffer.allocate((wide ? 8 : 4) * n);
    for (int i = 0; i < n; i++) {
      long stored = Literals.stored(literal, i);
      if (wide) {
        bytes.putLong(stored);
      } else {
        bytes.putInt((int) stored);
      }
    }
    String all = Base64.getEncoder().encodeToString(bytes.array());
    List<CodeBlock> parts = new ArrayList<>();
    for (int at = 0; at < all.length(); at += TEXT) {
      parts.add(CodeBlock.of("$S", all.substring(at, Math.min(all.length(), at + TEXT))));
    }
    return CodeBlock.join(parts, ", ");
  }

  /** A field made by any expression. */
  String object(String prefix, ClassName type, CodeBlock value) {
    return names.computeIfAbsent(
        prefix + " " + value, key -> field(prefix + fields.size(), type, value));
  }

  private String field(String name, TypeName type, CodeBlock value) {
    fields.add(
        FieldSpec.builder(type, name, Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
            .initializer(value)
            .build());
    return name;
  }

  void addTo(TypeSpec.Builder type) {
    fields.forEach(type::addField);
    if (!decoded.isEmpty()) {
      type.addMethod(decoder());
    }
    for (Storage storage : decoded) {
      type.addMethod(storage.isWide() ? widener(storage) : narrower(Literals.javaType(storage)));
    }
  }

  private static MethodSpec decoder() {
    return MethodSpec.methodBuilder("decode")
        .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
        .varargs()
        .addParameter(String[].class, "text")
        .returns(int[].class)
        .addStatement(
            "byte[] bytes = $T.getDecoder().decode(String.join($S, text))", Base64.class, "")
        .addStatement("int[] words = new int[bytes.length / 4]")
        .addStatement("$T.wrap(bytes).asIntBuffer().get(words)", ByteBuffer.class)
        .addStatement("return words")
        .build();
  }

  /** The elements of a wide storage, each of two words. */
  private static MethodSpec widener(Storage storage) {
    String type = Literals.javaType(storage);
    String bits = "(long) words[2 * i] << 32 | words[2 * i + 1] & 0xffffffffL";
    return MethodSpec.methodBuilder(type + "s")
        .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
        .addParameter(int[].class, "words")
        .returns(storage == Storage.S64 ? TypeName.get(long[].class) : TypeName.get(double[].class))
        .addStatement("$L[] values = new $L[words.length / 2]", type, type)
        .beginControlFlow("for (int i = 0; i < values.length; i++)")
        .addStatement(
            "values[i] = $L",
            storage == Storage.S64 ? bits : "Double.longBitsToDouble(" + bits + ")")
        .endControlFlow()
        .addStatement("return values")
        .build();
  }

  private static MethodSpec narrower(String type) {
    String element =
        switch (type) {
          case "float" -> "Float.intBitsToFloat(words[i])";
          case "int" -> "words[i]";
          default -> "(" + type + ") words[i]";
        };
    return MethodSpec.methodBuilder(type + "s")
        .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
        .addParameter(int[].class, "words")
        .returns(
            switch (type) {
              case "float" -> TypeName.get(float[].class);
              case "int" -> TypeName.get(int[].class);
              case "short" -> TypeName.get(short[].class);
              default -> TypeName.get(byte[].class);
            })
        .addStatement("$L[] values = new $L[words.length]", type, type)
        .beginControlFlow("for (int i = 0; i < values.length; i++)")
        .addStatement("values[i] = $L", element)
        .endControlFlow()
        .addStatement("return values")
        .build();
  }
}
