package io.gshard.nmt;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.nmt.train.FakeFactory;
import io.gshard.nmt.train.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, on a fake model and few languages. */
class NmtTest {
  @TempDir Path folder;

  private record Outcome(int status, String out, String err) {}

  private static Outcome nmt(String... arguments) {
    return nmtReading("", arguments);
  }

  private static Outcome nmtReading(String input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Nmt.run(
            FakeFactory::new,
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            arguments);
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Outcome train(Path out, String... more) {
    List<String> arguments =
        Stream.concat(
                Stream.of("train", "--languages", "sw,de", "--out", out.toString()),
                Stream.of(more))
            .toList();
    return nmt(arguments.toArray(String[]::new));
  }

  private static void assertRefused(Outcome outcome, String message) {
    assertThat(outcome.err()).isEqualTo(message + System.lineSeparator());
    assertThat(outcome.status()).isEqualTo(2);
  }

  private static Map<String, Object> summary(Path run) throws IOException {
    return Json.read(Files.readString(run.resolve("summary.json")));
  }

  private static Map<String, String> contents(Path run) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(run)) {
      for (Path file : files.toList()) {
        contents.put(
            file.getFileName().toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  @Test
  void stepsTrainThatManyAndSkipTheEvaluation() throws IOException {
    Path run = folder.resolve("run");
    Outcome outcome = train(run, "--steps", "7", "--seed", "3", "--mesh", "expert=4");
    assertWithMessage(outcome.err()).that(outcome.status()).isEqualTo(0);
    Map<String, Object> summary = summary(run);
    assertThat(summary).containsEntry("steps", 7L);
    assertThat(summary).containsEntry("config", "Demo");
    assertThat(summary).containsEntry("mesh", "expert=4");
    assertThat(summary).containsEntry("seed", 3L);
    assertThat(summary).containsEntry("bleu_after", null);
    assertThat((List<?>) summary.get("losses")).hasSize(7);
    assertThat((Double) summary.get("tokens_per_s")).isGreaterThan(0.0);
    assertThat(ImageIO.read(run.resolve("loss.png").toFile()).getWidth()).isAtLeast(400);
    assertThat(contents(run).keySet())
        .containsExactly(
            "loss.png",
            "model-7.safetensors",
            "source.vocab",
            "state.json",
            "summary.json",
            "target.vocab");
  }

  @Test
  void minutesTrainAndEvaluate() throws IOException {
    Path run = folder.resolve("run");
    Outcome outcome = train(run, "--minutes", "0.01", "--eval-lines", "40");
    assertWithMessage(outcome.err()).that(outcome.status()).isEqualTo(0);
    Map<String, Object> summary = summary(run);
    assertThat(summary.get("bleu_before")).isInstanceOf(Double.class);
    assertThat(summary.get("bleu_after")).isInstanceOf(Double.class);
    assertThat(summary.get("exact_match")).isEqualTo(0.0);
    assertThat(((Map<?, ?>) summary.get("bleu_by_language")).keySet()).containsExactly("de", "sw");
    assertThat(outcome.out()).contains("reference");
    assertThat(outcome.out()).containsMatch("held out, 40 lines: BLEU [0-9.]+, exact match 0.0 %");
  }

  @Test
  void resumedRunGoesOnAsIfNeverStopped() throws IOException {
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    assertThat(train(whole, "--steps", "9").status()).isEqualTo(0);
    assertThat(train(parts, "--steps", "4").status()).isEqualTo(0);
    Outcome resumed = nmt("train", "--resume", "--steps", "5", "--out", parts.toString());
    assertWithMessage(resumed.err()).that(resumed.status()).isEqualTo(0);
    assertThat(summary(parts).get("losses")).isEqualTo(summary(whole).get("losses"));
  }

  @Test
  void anotherRunsFolderIsLeftAlone() throws IOException {
    Path run = folder.resolve("run");
    train(run, "--steps", "2");
    Map<String, String> before = contents(run);
    assertRefused(
        train(run, "--steps", "2"),
        run + " has another run's files; add --resume to go on with it, or give another --out");
    assertThat(contents(run)).isEqualTo(before);
  }

  @Test
  void aFolderOfOtherFilesIsLeftAlone() throws IOException {
    Files.writeString(folder.resolve("letter.txt"), "dear");
    assertRefused(train(folder, "--steps", "2"), folder + " is not empty; give another --out");
    assertThat(contents(folder)).containsExactly("letter.txt", "dear");
  }

  @Test
  void unknownLanguageNamesTheNearest() {
    assertRefused(
        nmt("train", "--languages", "de,swa", "--out", folder.resolve("x").toString()),
        "language 'swa' is unknown; did you mean 'sw'? `bin/nmt languages` lists all");
    assertThat(Files.exists(folder.resolve("x"))).isFalse();
  }

  @Test
  void unknownConfigAndBadMeshAreRefused() {
    assertRefused(
        train(folder.resolve("x"), "--config", "Dmo"), "config 'Dmo' is unknown; there is Demo");
    Outcome mesh = train(folder.resolve("x"), "--mesh", "expert");
    assertThat(mesh.status()).isEqualTo(2);
    assertThat(mesh.err()).contains("expected axes as name=size, such as \"data=2, expert=4\"");
    assertThat(mesh.err().lines().count()).isEqualTo(1);
    assertThat(Files.exists(folder.resolve("x"))).isFalse();
  }

  @Test
  void numbersMustBePositive() {
    assertRefused(
        train(folder.resolve("x"), "--minutes", "-1"), "--minutes is -1.0; give a number above 0");
    assertRefused(
        train(folder.resolve("x"), "--steps", "0"), "--steps is 0; give a number above 0");
  }

  @Test
  void resumeWithoutARunSaysHowToTrain() {
    Path none = folder.resolve("none");
    assertRefused(
        nmt("train", "--resume", "--out", none.toString()),
        none + " has no checkpoint; train one with `bin/nmt train --out " + none + "`");
  }

  @Test
  void resumeKeepsTheRunsSettings() {
    Path run = folder.resolve("run");
    train(run, "--steps", "2");
    assertRefused(
        nmt("train", "--resume", "--seed", "9", "--out", run.toString()),
        "the run in " + run + " has --seed 1, not 9; leave the option out, or give another --out");
  }

  @Test
  void damagedStateIsRefused() throws IOException {
    Path run = folder.resolve("run");
    train(run, "--steps", "2");
    Path state = run.resolve("state.json");
    String text = Files.readString(state);
    for (String damaged : List.of("", "{}", "[1]", text.substring(0, text.length() / 2))) {
      Files.writeString(state, damaged);
      assertRefused(
          nmt("train", "--resume", "--out", run.toString()),
          "the checkpoint "
              + state
              + " is damaged; restore the file or train again into a new folder");
    }
  }

  @Test
  void translatesAFileAndStandardInput() throws IOException {
    Path run = folder.resolve("run");
    train(run, "--steps", "2");
    Path lines = Files.writeString(folder.resolve("lines.txt"), "in 5 Tagen\nvor 3 Wochen\n");
    Outcome ofFile = nmt("translate", "--from", run.toString(), lines.toString());
    assertWithMessage(ofFile.err()).that(ofFile.status()).isEqualTo(0);
    assertThat(ofFile.out().lines().count()).isEqualTo(2);
    Outcome ofInput =
        nmtReading("in 5 Tagen\nvor 3 Wochen\n", "translate", "--from", run.toString());
    assertThat(ofInput.out()).isEqualTo(ofFile.out());
    Path missing = folder.resolve("missing.txt");
    assertRefused(
        nmt("translate", "--from", run.toString(), missing.toString()),
        "cannot read " + missing + "; give a text file in UTF-8");
  }

  @Test
  void corpusWritesWhatTrainingSees() throws IOException {
    Path out = folder.resolve("text");
    Outcome outcome = nmt("corpus", "--languages", "de", "--out", out.toString());
    assertWithMessage(outcome.err()).that(outcome.status()).isEqualTo(0);
    for (String name : List.of("train.tsv", "test.tsv")) {
      for (String line : Files.readAllLines(out.resolve(name))) {
        assertThat(line.split("\t", -1)).hasLength(4);
      }
    }
    assertRefused(
        nmt("corpus", "--languages", "de", "--out", out.toString()),
        out.resolve("train.tsv") + " exists; give another --out");
  }

  @Test
  void compileRefusesWhatDoesNotFit() {
    String out = folder.resolve("hlo").toString();
    assertRefused(
        nmt("compile", "--config", "Tiny", "--out", out),
        "config 'Tiny' is unknown; there are Demo, Gshard12B, Gshard37B, Gshard50B, Gshard150B,"
            + " Gshard200B, Gshard600B, Gshard1T");
    assertRefused(
        nmt("compile", "--config", "Demo", "--mesh", "data=2", "--out", out),
        "config Demo has no mesh axis 'data'; give --mesh with the axes of 'expert=8'");
    assertRefused(
        nmt("compile", "--config", "Demo", "--layers", "6", "--out", out),
        "--layers is 6; give a multiple of 4: encoder and decoder have pairs of layers");
  }

  @Test
  void unknownOptionsAndCommandsAreOneSentence() {
    for (List<String> arguments :
        List.of(List.<String>of(), List.of("learn"), List.of("train", "--minuts", "3"))) {
      Outcome outcome = nmt(arguments.toArray(String[]::new));
      assertThat(outcome.status()).isEqualTo(2);
      assertThat(outcome.err().lines().count()).isEqualTo(1);
      assertThat(outcome.err()).contains("`bin/nmt --help` lists");
    }
    assertThat(nmt("--help").status()).isEqualTo(0);
  }
}
