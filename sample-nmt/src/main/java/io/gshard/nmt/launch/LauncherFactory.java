package io.gshard.nmt.launch;

import static io.gshard.annotation.Backend.JAVA;
import static io.gshard.annotation.Backend.XLA;

import io.gshard.annotation.Config;
import io.gshard.mesh.MeshShape;
import io.gshard.mpi.MpiException;
import io.gshard.nmt.UserError;
import io.gshard.nmt.compile.CompiledConfig;
import io.gshard.nmt.compile.ConfigCompiler;
import io.gshard.nmt.compile.ConfigRequest;
import io.gshard.nmt.model.Nmt;
import io.gshard.nmt.train.Devices;
import io.gshard.nmt.train.Translator;
import io.gshard.nmt.train.TranslatorFactory;
import io.gshard.pjrt.PjrtException;
import io.gshard.pjrt.PjrtPlugins;
import io.gshard.runtime.Launcher;
import io.gshard.runtime.Mesh;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Opens the compiled model: what was compiled with the sample where the mesh is the config's own,
 * else compiled now.
 */
public final class LauncherFactory implements TranslatorFactory {

  @Override
  public List<String> configs() {
    return ConfigRequest.names().stream().filter(name -> runs(ConfigRequest.config(name))).toList();
  }

  @Override
  public MeshShape mesh(String config, Optional<MeshShape> mesh) {
    return request(config, mesh).mesh();
  }

  @Override
  public Translator open(String config, Optional<MeshShape> mesh, Devices devices) {
    ConfigRequest request = request(config, mesh);
    if (request.mesh().equals(MeshShape.parse(ConfigRequest.config(config).mesh()))) {
      return open(request, devices, Nmt.class, () -> {});
    }
    CompiledConfig compiled = ConfigCompiler.compile(request);
    try {
      return open(request, devices, compiled.model(), compiled::close);
    } catch (RuntimeException e) {
      compiled.close();
      throw e;
    }
  }

  private static Translator open(
      ConfigRequest request, Devices devices, Class<?> model, Runnable after) {
    Mesh mesh = mesh(request.mesh(), devices);
    try {
      Launcher launcher = Launcher.load(model, request.name(), mesh);
      return new LauncherTranslator(
          launcher,
          mesh,
          Sizes.parse(request.sizes()),
          () -> {
            launcher.close();
            mesh.close();
            after.run();
          });
    } catch (RuntimeException e) {
      mesh.close();
      throw e;
    }
  }

  private static Mesh mesh(MeshShape shape, Devices devices) {
    try {
      return switch (devices) {
        case LOCAL -> Mesh.local(shape);
        case PJRT -> Mesh.pjrt(PjrtPlugins.find("cpu"), shape.toString());
        case MPI -> Mesh.mpi(shape.toString());
      };
    } catch (PjrtException | MpiException e) {
      throw new UserError(e.getMessage());
    }
  }

  private ConfigRequest request(String name, Optional<MeshShape> mesh) {
    ConfigRequest request = ConfigRequest.of(name, mesh, OptionalInt.empty(), Set.of(JAVA, XLA));
    if (!runs(ConfigRequest.config(name))) {
      throw new UserError(
          "config %s is made for HLO only; write it with `bin/nmt compile`, or run %s"
              .formatted(name, String.join(" or ", configs())));
    }
    return request;
  }

  private static boolean runs(Config config) {
    return Arrays.asList(config.targets()).contains(JAVA);
  }
}
