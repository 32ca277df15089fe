package io.gshard.nmt.compile;

import static java.util.stream.Collectors.joining;

import io.gshard.annotation.Backend;
import io.gshard.annotation.Config;
import io.gshard.mesh.MeshShape;
import io.gshard.nmt.UserError;
import io.gshard.nmt.model.Nmt;
import io.gshard.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A config of the translation model that is compiled when it is asked for.
 *
 * @param name the name of the {@code @Config} it comes from
 * @param sizes the sizes of the dims
 * @param mesh the mesh
 * @param targets what is generated
 * @param rematerialize whether the backward pass computes layers again
 * @param activations the element type of activations
 */
public record ConfigRequest(
    String name,
    String sizes,
    MeshShape mesh,
    Set<Backend> targets,
    boolean rematerialize,
    DType activations) {

  /** Layers in a stacked pair: one dense and one of experts, in encoder and decoder. */
  private static final int LAYERS_A_PAIR = 4;

  /**
   * A config on another mesh or of another depth.
   *
   * @param layers layers in all, a multiple of 4
   * @throws UserError if there is no such config, or mesh or layers do not fit it
   */
  public static ConfigRequest of(
      String name, Optional<MeshShape> mesh, OptionalInt layers, Set<Backend> targets) {
    Config config = config(name);
    MeshShape own = MeshShape.parse(config.mesh());
    MeshShape wanted = mesh.orElse(own);
    wanted
        .axes()
        .forEach(
            axis -> {
              if (!own.has(axis.name())) {
                throw new UserError(
                    "config %s has no mesh axis '%s'; give --mesh with the axes of '%s'"
                        .formatted(name, axis.name(), own));
              }
            });
    String sizes = config.sizes();
    if (layers.isPresent()) {
      int count = layers.getAsInt();
      if (count < LAYERS_A_PAIR || count % LAYERS_A_PAIR != 0) {
        throw new UserError(
            "--layers is %d; give a multiple of %d: encoder and decoder have pairs of layers"
                .formatted(count, LAYERS_A_PAIR));
      }
      sizes = sizes.replaceAll("\\bP=\\d+", "P=" + count / LAYERS_A_PAIR);
    }
    return new ConfigRequest(
        name, sizes, wanted, targets, config.rematerialize(), config.activations());
  }

  /** The same with another element type of activations. */
  public ConfigRequest withActivations(DType type) {
    return new ConfigRequest(name, sizes, mesh, targets, rematerialize, type);
  }

  /** The names of all configs. */
  public static List<String> names() {
    return configs().map(Config::name).toList();
  }

  /**
   * The annotation of a config.
   *
   * @throws UserError if there is none of that name
   */
  public static Config config(String name) {
    return configs()
        .filter(config -> config.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserError(
                    "config '%s' is unknown; there are %s"
                        .formatted(name, names().stream().collect(joining(", ")))));
  }

  private static Stream<Config> configs() {
    return Arrays.stream(Nmt.class.getAnnotationsByType(Config.class));
  }

  /** The value of the processor's option {@code gshard.config}. */
  String option() {
    return "Nmt/%s: %s; %s; %s; %sactivations=%s"
        .formatted(
            name,
            sizes,
            mesh,
            targets.stream().map(Backend::name).sorted().collect(joining(" ")),
            rematerialize ? "rematerialize " : "",
            activations.hloName());
  }
}
