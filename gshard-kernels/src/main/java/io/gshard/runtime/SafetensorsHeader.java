package io.gshard.runtime;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a safetensors file says before its data: the texts, and each tensor's shape and place. */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Entry> tensors, long dataStart) {

  private static final JsonFactory JSON = new JsonFactory();

  /** As in the format's own reader. */
  private static final long LONGEST = 100_000_000;

  private static final String METADATA = "__metadata__";

  /** A tensor's shape and its bytes, counted from the start of the data. */
  record Entry(Shape shape, long begin, long end) {}

  SafetensorsHeader {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** The file's first bytes: length and JSON, padded to a multiple of 8. */
  static byte[] encode(Map<String, String> metadata, Map<String, Shape> shapes) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeObjectFieldStart(METADATA);
      for (Map.Entry<String, String> entry : metadata.entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      long at = 0;
      for (Map.Entry<String, Shape> entry : shapes.entrySet()) {
        Shape shape = entry.getValue();
        json.writeObjectFieldStart(entry.getKey());
        json.writeStringField("dtype", name(shape.type()));
        json.writeArrayFieldStart("shape");
        for (long dim : shape.dims()) {
          json.writeNumber(dim);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("data_offsets");
        json.writeNumber(at);
        at += shape.bytes();
        json.writeNumber(at);
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    while (text.size() % 8 != 0) {
      text.write(' ');
    }
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.size()).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putLong(text.size()).put(text.toByteArray()).array();
  }

  static SafetensorsHeader read(Path file, FileChannel in) throws IOException {
    long size = in.size();
    if (size < 8) {
      throw new CheckpointException(
          "checkpoint %s is damaged: it has %d bytes, less than a header".formatted(file, size));
    }
    long length = bytes(in, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > LONGEST) {
      throw new CheckpointException(
          "%s is not a checkpoint in the safetensors format".formatted(file));
    }
    if (8 + length > size) {
      throw new CheckpointException(
          "checkpoint %s is damaged: its header has %d bytes, the file only %d"
              .formatted(file, length, size));
    }
    SafetensorsHeader header;
    try {
      header = parse(bytes(in, (int) length).array(), 8 + length);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new CheckpointException(
          "%s is not a checkpoint in the safetensors format, or its header is damaged: %s"
              .formatted(file, e.getMessage().lines().findFirst().orElse("")),
          e);
    }
    header.tensors.forEach((name, entry) -> check(file, name, entry, size - 8 - length));
    return header;
  }

  private static void check(Path file, String name, Entry entry, long available) {
    if (entry.begin < 0 || entry.end - entry.begin != entry.shape.bytes()) {
      throw new CheckpointException(
          "checkpoint %s is damaged: tensor '%s' is %s but has %d bytes"
              .formatted(file, name, entry.shape, entry.end - entry.begin));
    }
    if (entry.end > available) {
      throw new CheckpointException(
          "checkpoint %s is damaged: tensor '%s' ends at byte %d of the data, the file has only %d"
              .formatted(file, name, entry.end, available));
    }
  }

  private static ByteBuffer bytes(FileChannel in, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining() && in.read(bytes) >= 0) {}
    return bytes.flip();
  }

  private static SafetensorsHeader parse(byte[] text, long dataStart) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, Entry> tensors = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(text)) {
      expect(json.nextToken(), JsonToken.START_OBJECT);
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        expect(json.nextToken(), JsonToken.START_OBJECT);
        if (name.equals(METADATA)) {
          for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            expect(json.nextToken(), JsonToken.VALUE_STRING);
            metadata.put(key, json.getText());
          }
        } else {
          tensors.put(name, entry(name, json));
        }
      }
    }
    return new SafetensorsHeader(metadata, tensors, dataStart);
  }

  private static Entry entry(String name, JsonParser json) throws IOException {
    DType type = null;
    List<Long> shape = List.of();
    List<Long> offsets = List.of();
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      JsonToken value = json.nextToken();
      switch (key) {
        case "dtype" -> type = type(name, json.getText());
        case "shape" -> shape = numbers(json);
        case "data_offsets" -> offsets = numbers(json);
        default -> {
          if (value.isStructStart()) {
            json.skipChildren();
          }
        }
      }
    }
    if (type == null || offsets.size() != 2) {
      throw new IllegalArgumentException("tensor '" + name + "' lacks its dtype or data_offsets");
    }
    return new Entry(new Shape(type, shape), offsets.get(0), offsets.get(1));
  }

  private static List<Long> numbers(JsonParser json) throws IOException {
    expect(json.currentToken(), JsonToken.START_ARRAY);
    List<Long> numbers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      numbers.add(json.getLongValue());
    }
    return numbers;
  }

  private static void expect(JsonToken found, JsonToken expected) {
    if (found != expected) {
      throw new IllegalArgumentException("found " + found + " for " + expected);
    }
  }

  private static String name(DType type) {
    return switch (type.kind()) {
      case PREDICATE -> "BOOL";
      case SIGNED -> "I" + type.bits();
      case UNSIGNED, FLOATING -> type.name();
      case COMPLEX ->
          throw new IllegalArgumentException(
              "element type " + type.hloName() + " goes to no checkpoint: save its two parts");
    };
  }

  private static DType type(String tensor, String name) {
    return switch (name) {
      case "BOOL" -> DType.PRED;
      case "I8" -> DType.S8;
      case "I16" -> DType.S16;
      case "I32" -> DType.S32;
      case "I64" -> DType.S64;
      case "U8", "U16", "U32", "U64", "F16", "BF16", "F32", "F64" -> DType.valueOf(name);
      default ->
          throw new IllegalArgumentException(
              "tensor '" + tensor + "' has dtype " + name + ", which does not run here");
    };
  }
}
