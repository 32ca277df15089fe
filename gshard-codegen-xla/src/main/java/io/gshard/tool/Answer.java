package io.gshard.tool;

import java.util.List;
import java.util.Map;

/**
 * What a call gives.
 *
 * @param fields as a JSON object
 * @param text the same for people, ending with a newline
 * @param warnings a line each
 */
record Answer(Map<String, Object> fields, String text, List<String> warnings) {
  Answer(Map<String, Object> fields, String text) {
    this(fields, text, List.of());
  }
}
