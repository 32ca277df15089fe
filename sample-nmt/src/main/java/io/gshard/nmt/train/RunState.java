package io.gshard.nmt.train;

import io.gshard.nmt.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a run stands: what a later one needs, besides the parameters and vocabularies, to go on.
 *
 * @param config the config's name
 * @param mesh the mesh, as {@code expert=8}
 * @param seed of text, parameters and order
 * @param languages the languages' codes
 * @param step steps done
 * @param seconds of training done
 * @param planned seconds of training meant; 0 if the run is limited by steps
 * @param tokens trained on
 * @param bleuBefore BLEU of the untrained model; NaN if not known
 * @param model the name of the file with the parameters
 * @param losses each step's
 */
record RunState(
    String config,
    String mesh,
    long seed,
    List<String> languages,
    int step,
    double seconds,
    double planned,
    long tokens,
    double bleuBefore,
    String model,
    List<Double> losses) {

  String json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("config", config);
    fields.put("mesh", mesh);
    fields.put("seed", seed);
    fields.put("languages", languages);
    fields.put("step", step);
    fields.put("seconds", seconds);
    fields.put("planned", planned);
    fields.put("tokens", tokens);
    fields.put("bleuBefore", bleuBefore);
    fields.put("model", model);
    fields.put("losses", losses);
    return Json.write(fields);
  }

  static RunState read(Path file) {
    try {
      Map<String, Object> fields = Json.read(Files.readString(file));
      return new RunState(
          (String) fields.get("config"),
          (String) fields.get("mesh"),
          number(fields, "seed").longValue(),
          ((List<?>) fields.get("languages")).stream().map(String.class::cast).toList(),
          number(fields, "step").intValue(),
          number(fields, "seconds").doubleValue(),
          number(fields, "planned").doubleValue(),
          number(fields, "tokens").longValue(),
          fields.get("bleuBefore") instanceof Number bleu ? bleu.doubleValue() : Double.NaN,
          Path.of((String) fields.get("model")).getFileName().toString(),
          ((List<?>) fields.get("losses"))
              .stream()
                  .map(loss -> loss instanceof Number n ? n.doubleValue() : Double.NaN)
                  .toList());
    } catch (IOException | ClassCastException | NullPointerException e) {
      throw new UserError(
          "the checkpoint "
              + file
              + " is damaged; restore the file or train again into a new folder",
          e);
    }
  }

  private static Number number(Map<String, Object> fields, String name) {
    return (Number) fields.get(name);
  }
}
