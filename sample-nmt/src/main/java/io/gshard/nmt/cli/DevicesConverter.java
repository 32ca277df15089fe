package io.gshard.nmt.cli;

import static java.util.stream.Collectors.joining;

import io.gshard.nmt.UserError;
import io.gshard.nmt.train.Devices;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;

/** Reads what a mesh is made of. */
final class DevicesConverter implements ITypeConverter<Devices> {
  @Override
  public Devices convert(String text) {
    return Arrays.stream(Devices.values())
        .filter(d -> name(d).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new UserError(
                    "--backend is '%s'; give %s"
                        .formatted(
                            text,
                            Arrays.stream(Devices.values())
                                .map(DevicesConverter::name)
                                .collect(joining(" or ")))));
  }

  private static String name(Devices devices) {
    return devices.name().toLowerCase(Locale.ROOT);
  }
}
