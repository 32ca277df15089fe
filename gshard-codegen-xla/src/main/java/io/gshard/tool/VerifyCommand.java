package io.gshard.tool;

import io.gshard.hlo.HloModule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine.Command;

/** {@code gshard-hlo verify}. */
@Command(
    name = "verify",
    description = "Reads a module and checks it.",
    mixinStandardHelpOptions = true)
final class VerifyCommand extends ToolCommand {
  @Override
  Answer answer(Document document) {
    HloModule module = document.module(OptionalInt.empty());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", module.name());
    fields.put("computations", module.computations().size());
    fields.put("instructions", module.size());
    fields.put("devices", module.mesh().devices());
    fields.put("mesh", module.mesh().toString());
    fields.put("partitioned", module.partitioned());
    String text =
        "%s is well formed: %d instructions, %d computation%s, %s%s\n"
            .formatted(
                document.file(),
                module.size(),
                module.computations().size(),
                module.computations().size() == 1 ? "" : "s",
                module.mesh().devices() == 1
                    ? "one device"
                    : "%d devices (mesh '%s')".formatted(module.mesh().devices(), module.mesh()),
                module.partitioned() ? ", partitioned" : "");
    return new Answer(fields, text);
  }
}
