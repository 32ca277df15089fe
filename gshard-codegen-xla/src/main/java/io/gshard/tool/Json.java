package io.gshard.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.Map;

/** Fields as JSON text and back. */
final class Json {
  private static final JSON COMPACT = JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES);
  private static final JSON PRETTY = COMPACT.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

  private Json() {}

  static String line(Map<String, Object> fields) {
    return write(COMPACT, fields);
  }

  static String pretty(Map<String, Object> fields) {
    return write(PRETTY, fields);
  }

  private static String write(JSON json, Map<String, Object> fields) {
    try {
      return json.asString(fields);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
  }

  /**
   * Reads an object.
   *
   * @throws ToolException if the text is none
   */
  static Map<String, Object> read(String text) {
    try {
      Map<String, Object> fields = COMPACT.mapFrom(text);
      if (fields == null) {
        throw new ToolException("not a JSON object: null");
      }
      return fields;
    } catch (JsonProcessingException e) {
      throw new ToolException("not a JSON object: " + e.getOriginalMessage(), e);
    } catch (IOException | StackOverflowError e) {
      throw new ToolException("not a JSON object: " + e.getMessage(), e);
    }
  }
}
