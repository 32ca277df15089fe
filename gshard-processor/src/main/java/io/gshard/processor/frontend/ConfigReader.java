package io.gshard.processor.frontend;

import io.gshard.annotation.Backend;
import io.gshard.annotation.Config;
import io.gshard.mesh.MeshShape;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.check.Suggestion;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.TypeElement;

/** Reads a model's configs, from its annotations and from the compiler's options. */
record ConfigReader(Reporter reporter) {
  /** How an option says what an annotation's {@code rematerialize} and {@code activations} say. */
  private record Manner(boolean rematerialize, DType activations) {
    private static final String REMATERIALIZE = "rematerialize";
    private static final String ACTIVATIONS = "activations=";

    /** Empty if a word is unknown. */
    static Optional<Manner> parse(String text) {
      boolean rematerialize = false;
      DType activations = DType.F32;
      for (String word : text.strip().split("[,\\s]+")) {
        if (word.equals(REMATERIALIZE)) {
          rematerialize = true;
        } else if (word.startsWith(ACTIVATIONS)) {
          Optional<DType> type = type(word.substring(ACTIVATIONS.length()));
          if (type.isEmpty()) {
            return Optional.empty();
          }
          activations = type.get();
        } else if (!word.isEmpty()) {
          return Optional.empty();
        }
      }
      return Optional.of(new Manner(rematerialize, activations));
    }

    private static Optional<DType> type(String name) {
      return Arrays.stream(DType.values()).filter(t -> t.hloName().equals(name)).findFirst();
    }
  }

  /** The configs to compile; mistakes, also in those on request, have been reported. */
  List<ModelConfig> read(TypeElement model, String option) {
    List<ModelConfig> configs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Config[] annotations = model.getAnnotationsByType(Config.class);
    List<AnnotationMirror> mirrors = mirrors(model);
    for (int i = 0; i < annotations.length; i++) {
      AnnotationMirror at = mirrors.get(i);
      Config config = annotations[i];
      if (!names.add(config.name())) {
        reporter.error(
            Diagnostic.CONFIG_NAME,
            model,
            at,
            "two configs are named '%s'; expected names that differ".formatted(config.name()));
        continue;
      }
      read(
              config.name(),
              config.sizes(),
              config.mesh(),
              EnumSet.copyOf(Arrays.asList(config.targets())),
              new Manner(config.rematerialize(), config.activations()),
              (diagnostic, message) -> reporter.error(diagnostic, model, at, message))
          .filter(read -> !config.onRequest())
          .ifPresent(configs::add);
    }
    for (String text : option.split("\\|")) {
      if (!text.isBlank()) {
        option(model, text.strip(), names).ifPresent(configs::add);
      }
    }
    if (names.isEmpty()) {
      reporter.error(
          Diagnostic.NO_CONFIG,
          model,
          "the model %s has no config; expected @Config(name = \"Tiny\", sizes = \"B=8 M=64\", mesh = \"data=2\") or the option -Agshard.config=\"Tiny: B=8 M=64; data=2\""
              .formatted(model.getSimpleName()));
    }
    return configs;
  }

  private interface Complaint {
    void error(Diagnostic diagnostic, String message);
  }

  private static List<AnnotationMirror> mirrors(TypeElement model) {
    List<AnnotationMirror> result = new ArrayList<>();
    for (AnnotationMirror mirror : model.getAnnotationMirrors()) {
      String type = mirror.getAnnotationType().toString();
      if (type.equals("io.gshard.annotation.Config")) {
        result.add(mirror);
      } else if (type.equals("io.gshard.annotation.Configs")) {
        for (AnnotationValue value : mirror.getElementValues().values()) {
          for (Object inner : (List<?>) value.getValue()) {
            result.add((AnnotationMirror) ((AnnotationValue) inner).getValue());
          }
        }
      }
    }
    return result;
  }

  private Optional<ModelConfig> option(TypeElement model, String text, Set<String> names) {
    Complaint complaint =
        (diagnostic, message) -> reporter.error(diagnostic, model, "-Agshard.config: " + message);
    int colon = text.indexOf(':');
    if (colon < 0) {
      complaint.error(
          Diagnostic.OPTION, "found '%s'; expected \"Name: sizes; mesh; targets\"".formatted(text));
      return Optional.empty();
    }
    String name = text.substring(0, colon).strip();
    int slash = name.indexOf('/');
    if (slash >= 0) {
      String wanted = name.substring(0, slash).strip();
      if (!model.getSimpleName().contentEquals(wanted)
          && !model.getQualifiedName().contentEquals(wanted)) {
        return Optional.empty();
      }
      name = name.substring(slash + 1).strip();
    }
    String[] parts = text.substring(colon + 1).split(";", -1);
    Optional<Manner> manner = Manner.parse(parts.length >= 4 ? parts[3] : "");
    boolean odd = parts.length > 4 || manner.isEmpty();
    if (odd || !names.add(name)) {
      complaint.error(
          Diagnostic.OPTION,
          odd
              ? "found '%s'; expected \"Name: sizes; mesh; targets; rematerialize activations=bf16\", the last ones as far as wanted"
                  .formatted(text)
              : "config '%s' exists already; expected another name".formatted(name));
      return Optional.empty();
    }
    Set<Backend> targets = EnumSet.allOf(Backend.class);
    if (parts.length >= 3 && !parts[2].isBlank()) {
      targets = EnumSet.noneOf(Backend.class);
      for (String target : parts[2].strip().split("[,\\s]+")) {
        try {
          targets.add(Backend.valueOf(target.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
          complaint.error(
              Diagnostic.OPTION,
              "target '%s'%s; expected JAVA, XLA or both"
                  .formatted(target, Suggestion.hint(target, List.of("JAVA", "XLA"))));
          return Optional.empty();
        }
      }
    }
    return read(name, parts[0], parts.length > 1 ? parts[1] : "", targets, manner.get(), complaint);
  }

  private static Optional<ModelConfig> read(
      String name,
      String sizes,
      String mesh,
      Set<Backend> targets,
      Manner manner,
      Complaint complaint) {
    if (!SourceVersion.isIdentifier(name)) {
      complaint.error(
          Diagnostic.CONFIG_NAME,
          "config name '%s'; expected a Java identifier such as Tiny".formatted(name));
      return Optional.empty();
    }
    MeshShape shape = null;
    try {
      shape = MeshShape.parse(mesh);
      shape.devices();
    } catch (IllegalArgumentException | ArithmeticException e) {
      complaint.error(Diagnostic.MESH, e.getMessage());
    }
    try {
      ModelConfig config =
          new ModelConfig(
              name,
              ModelConfig.parseSizes(sizes),
              shape == null ? MeshShape.SINGLE : shape,
              targets,
              manner.rematerialize(),
              manner.activations());
      return shape == null ? Optional.empty() : Optional.of(config);
    } catch (IllegalArgumentException e) {
      complaint.error(Diagnostic.SIZES, e.getMessage());
      return Optional.empty();
    }
  }
}
