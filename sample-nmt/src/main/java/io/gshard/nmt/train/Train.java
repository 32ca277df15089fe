package io.gshard.nmt.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gshard.mesh.MeshShape;
import io.gshard.nmt.UserError;
import io.gshard.nmt.corpus.Corpus;
import io.gshard.nmt.corpus.Pair;
import io.gshard.nmt.data.Batch;
import io.gshard.nmt.data.Packer;
import io.gshard.nmt.eval.Scores;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A training run: text, vocabularies, a look at the untrained model, training against the clock,
 * held-out scores, and a folder with all that is left of it. A checkpoint is written each minute,
 * at the end and on Ctrl-C.
 */
public final class Train {
  private static final String DEFAULT_CONFIG = "Demo";
  private static final double DEFAULT_MINUTES = 6.5;
  private static final double CHECKPOINT_SECONDS = 60;
  private static final int UNTRAINED_LINES = 120;
  private static final int SHOWN_LINES = 10;

  private final TrainOptions options;
  private final TranslatorFactory factory;
  private PrintStream out;
  private RunFolder folder;
  private final long start = System.nanoTime();

  public Train(TrainOptions options, TranslatorFactory factory, PrintStream out) {
    this.options = options;
    this.factory = factory;
    this.out = out;
    folder = new RunFolder(options.out());
  }

  /**
   * Trains.
   *
   * @throws UserError if the options do not work; nothing is written then
   */
  public void run() {
    RunState state = options.resume() ? resumed() : fresh();
    Optional<MeshShape> mesh = Optional.of(MeshShape.parse(state.mesh()));
    if (!options.resume()) {
      folder.create();
    }
    Corpus corpus = Corpus.generate(state.languages(), state.seed());
    try (StopSignal signal = new StopSignal();
        Translator translator = factory.open(state.config(), mesh, options.devices())) {
      if (translator.rank() != 0) {
        out = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
        folder = folder.readOnly();
      }
      Text text = text(corpus, translator, state);
      Translation translation = new Translation(translator, text.source(), text.target());
      boolean evaluate = options.steps().isEmpty();
      if (evaluate && Double.isNaN(state.bleuBefore())) {
        double bleu = score(translation, text.heldOut(UNTRAINED_LINES)).bleu();
        say("before training: BLEU %.1f", bleu);
        state = withBleuBefore(state, bleu);
      }
      state = train(translator, text, state, signal);
      folder.plot(state.losses());
      Optional<Scores> scores = Optional.empty();
      if (Moment.now(translator, signal, 0).stopped()) {
        say("stopped; `bin/nmt train --resume --out %s` goes on", folder.path());
      } else if (evaluate) {
        scores = Optional.of(score(translation, text.heldOut(options.evaluationLines())));
        report(scores.get());
      }
      folder.write("summary.json", summary(state, scores));
      say("%s has the checkpoint, loss.png and summary.json", folder.path());
    }
  }

  private RunState fresh() {
    options.languages().ifPresent(Corpus::check);
    List<String> languages = options.languages().orElseGet(Corpus::available);
    String config = options.config().orElse(DEFAULT_CONFIG);
    return new RunState(
        config,
        factory.mesh(config, options.mesh()).toString(),
        options.seed().orElse(1L),
        List.copyOf(languages),
        0,
        0,
        60 * options.minutes().orElse(DEFAULT_MINUTES),
        0,
        Double.NaN,
        "model-0.safetensors",
        List.of());
  }

  private RunState resumed() {
    RunState state = folder.resume();
    same("--config", options.config(), state.config());
    same("--seed", options.seed(), state.seed());
    same("--languages", options.languages(), state.languages());
    double left = state.planned() - state.seconds();
    double more = 60 * options.minutes().orElse(left > 1 ? left / 60 : DEFAULT_MINUTES);
    return new RunState(
        state.config(),
        options
            .mesh()
            .map(mesh -> factory.mesh(state.config(), Optional.of(mesh)).toString())
            .orElse(state.mesh()),
        state.seed(),
        state.languages(),
        state.step(),
        state.seconds(),
        state.seconds() + more,
        state.tokens(),
        state.bleuBefore(),
        state.model(),
        state.losses());
  }

  private <T> void same(String option, Optional<T> asked, T found) {
    if (asked.isPresent() && !asked.get().equals(found)) {
      throw new UserError(
          "the run in %s has %s %s, not %s; leave the option out, or give another --out"
              .formatted(folder.path(), option, found, asked.get()));
    }
  }

  private Text text(Corpus corpus, Translator translator, RunState state) {
    Text text;
    if (options.resume()) {
      text = new Text(corpus, folder.sourceVocabulary(), folder.targetVocabulary());
      translator.load(folder.model(state));
    } else {
      text = Text.learn(corpus, translator);
      folder.vocabularies(text.source(), text.target());
      translator.init(state.seed());
    }
    say(
        "%,d pairs of %d languages, %,d source and %,d target pieces; %s on the mesh '%s'",
        corpus.train().size(),
        corpus.languages().size(),
        text.source().size(),
        text.target().size(),
        state.config(),
        state.mesh());
    return text;
  }

  private RunState train(Translator translator, Text text, RunState first, StopSignal signal) {
    Packer packer = new Packer(text.encoded(), translator.shape(), first.seed());
    packer.skip(first.step());
    int lastStep = options.steps().isPresent() ? first.step() + options.steps().getAsInt() : -1;
    Progress progress = new Progress(out);
    List<Double> losses = new ArrayList<>(first.losses());
    long tokens = first.tokens();
    double fill = 0;
    int step = first.step();
    double seconds = first.seconds();
    double saved = seconds;
    long begun = System.nanoTime();
    boolean stopped = Moment.now(translator, signal, seconds).stopped();
    while (!stopped && (lastStep >= 0 ? step < lastStep : seconds < first.planned())) {
      double done = lastStep >= 0 ? (double) step / lastStep : seconds / first.planned();
      Batch batch = packer.next();
      StepResult result = translator.trainStep(batch, step, (float) done);
      checkLoss(result, step);
      step++;
      losses.add((double) result.loss());
      tokens += batch.tokens();
      fill += batch.fill();
      Moment now =
          Moment.now(translator, signal, first.seconds() + (System.nanoTime() - begun) / 1e9);
      seconds = now.seconds();
      stopped = now.stopped();
      String left =
          lastStep >= 0
              ? (lastStep - step) + " steps left"
              : clock(first.planned() - seconds) + " left";
      progress.step(step, result, tokens / seconds, seconds, left);
      if (seconds - saved >= CHECKPOINT_SECONDS) {
        saved = seconds;
        folder.checkpoint(translator, state(first, step, seconds, tokens, losses));
      }
    }
    progress.done();
    RunState state = state(first, step, seconds, tokens, losses);
    folder.checkpoint(translator, state);
    say(
        "%d steps in %s, %,.0f tokens/s, rows %.0f %% full",
        step - first.step(),
        clock(seconds - first.seconds()),
        tokens / Math.max(seconds, 1e-9),
        100 * fill / Math.max(1, step - first.step()));
    return state;
  }

  private static void checkLoss(StepResult result, int step) {
    if (!Float.isFinite(result.loss())) {
      throw new UserError(
          "the loss is %s after %d steps; resume from the last checkpoint with --resume"
              .formatted(result.loss(), step + 1));
    }
  }

  private static RunState state(
      RunState first, int step, double seconds, long tokens, List<Double> losses) {
    return new RunState(
        first.config(),
        first.mesh(),
        first.seed(),
        first.languages(),
        step,
        seconds,
        first.planned(),
        tokens,
        first.bleuBefore(),
        "model-" + step + ".safetensors",
        List.copyOf(losses));
  }

  private static RunState withBleuBefore(RunState s, double bleu) {
    return new RunState(
        s.config(),
        s.mesh(),
        s.seed(),
        s.languages(),
        s.step(),
        s.seconds(),
        s.planned(),
        s.tokens(),
        bleu,
        s.model(),
        s.losses());
  }

  private static Scores score(Translation translation, List<Pair> pairs) {
    return Scores.of(pairs, translation.of(pairs.stream().map(Pair::source).toList()));
  }

  private void report(Scores scores) {
    out.println();
    out.print(scores.table(SHOWN_LINES));
    out.println();
    StringBuilder languages = new StringBuilder();
    scores
        .bleuByLanguage()
        .forEach((l, bleu) -> languages.append(String.format(Locale.ROOT, "%s %.0f  ", l, bleu)));
    say("BLEU by language: %s", languages.toString().strip());
    say(
        "held out, %,d lines: BLEU %.1f, exact match %.1f %%",
        scores.pairs().size(), scores.bleu(), scores.exactMatch());
  }

  private String summary(RunState state, Optional<Scores> scores) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("steps", state.step());
    fields.put("tokens_per_s", state.tokens() / Math.max(state.seconds(), 1e-9));
    fields.put("bleu_before", state.bleuBefore());
    fields.put("bleu_after", scores.map(Scores::bleu).orElse(null));
    fields.put("exact_match", scores.map(Scores::exactMatch).orElse(null));
    fields.put("bleu_by_language", scores.map(Scores::bleuByLanguage).orElse(Map.of()));
    fields.put("config", state.config());
    fields.put("mesh", state.mesh());
    fields.put("seed", state.seed());
    fields.put("seconds", (System.nanoTime() - start) / 1e9);
    fields.put("losses", state.losses());
    return Json.write(fields);
  }

  private static String clock(double seconds) {
    long whole = Math.max(0, Math.round(seconds));
    return "%d:%02d".formatted(whole / 60, whole % 60);
  }

  private void say(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }
}
