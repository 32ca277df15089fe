package io.gshard.processor.check;

import java.util.Locale;

/**
 * Every message of the processor, by its code. {@code docs/errors/GSxxxx.md} explains it, and a
 * source in the tests causes it.
 */
public enum Diagnostic {
  // The set-up.
  NO_TREES("GS0001"),
  OPTION("GS0002"),

  // The declarations of a model.
  MODEL_CLASS("GS0101"),
  NO_CONFIG("GS0102"),
  CONFIG_NAME("GS0103"),
  SIZES("GS0104"),
  MESH("GS0105"),
  NO_PROGRAM("GS0106"),
  FIELD("GS0107"),
  NO_DIMS("GS0108"),
  PROGRAM_SIGNATURE("GS0109"),
  STACK("GS0110"),
  MODULE_SOURCE("GS0111"),

  // Shapes.
  UNKNOWN_DIM("GS0201"),
  SHAPE("GS0202"),
  DIMS_MISMATCH("GS0203"),
  LOOP_SHAPE("GS0204"),
  CALL_FAILED("GS0205"),

  // Shardings.
  UNKNOWN_AXIS("GS0301"),
  AXIS_TWICE("GS0302"),
  SPLIT_DIM("GS0303"),
  TWO_SPLITS("GS0304"),
  NOT_A_TENSOR("GS0305"),
  COSTLY_COLLECTIVE("GS0306"),
  MANUAL("GS0307"),
  DEVICES("GS0308"),

  // The language.
  STATEMENT("GS0401"),
  EXPRESSION("GS0402"),
  CALL("GS0403"),
  TENSOR_VALUE("GS0404"),
  TENSOR_IDENTITY("GS0405"),
  ASSIGNMENT("GS0406"),
  LOOP_LIMIT("GS0407"),
  RECURSION("GS0408"),
  STACK_LOOP("GS0409"),
  THROWN("GS0410"),
  CONSTANT_FAILED("GS0411"),
  NEW_OBJECT("GS0412"),

  // The compiler's own limits and faults.
  BACKEND("GS0501"),
  FAULT("GS0502"),
  AHEAD_OF_TIME("GS0503");

  private final String code;

  Diagnostic(String code) {
    this.code = code;
  }

  public String code() {
    return code;
  }

  /** The message as the user sees it. */
  public String text(String message) {
    return "[" + code + "] " + message;
  }

  /** The name in words. */
  public String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
