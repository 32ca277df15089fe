package io.gshard.nmt.train;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.gshard.nmt.UserError;
import io.gshard.nmt.vocab.Vocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a run: {@code state.json}, which names the file of the parameters, two
 * vocabularies, and in the end {@code summary.json} and {@code loss.png}. A checkpoint counts from
 * the moment its state is moved into place, so a run that is killed while it writes one leaves the
 * one before.
 *
 * @param writes whether this process writes files; if not, what it is told to write is dropped
 */
public record RunFolder(Path path, boolean writes) {

  public RunFolder(Path path) {
    this(path, true);
  }

  /** The same for a process that leaves writing to another. */
  RunFolder readOnly() {
    return new RunFolder(path, false);
  }

  /**
   * For a run that starts anew.
   *
   * @throws UserError if the folder has files, or cannot be made
   */
  public void create() {
    if (Files.exists(state())) {
      throw new UserError(
          path + " has another run's files; add --resume to go on with it, or give another --out");
    }
    try {
      Files.createDirectories(path);
      try (Stream<Path> files = Files.list(path)) {
        if (files.findAny().isPresent()) {
          throw new UserError(path + " is not empty; give another --out");
        }
      }
    } catch (IOException e) {
      throw new UserError("cannot write to the folder " + path + "; give another --out", e);
    }
  }

  /**
   * The state of the run in this folder.
   *
   * @throws UserError if there is none
   */
  RunState resume() {
    if (!Files.exists(state())) {
      throw new UserError(
          path + " has no checkpoint; train one with `bin/nmt train --out " + path + "`");
    }
    return RunState.read(state());
  }

  Vocabulary sourceVocabulary() {
    return Vocabulary.load(path.resolve("source.vocab"));
  }

  Vocabulary targetVocabulary() {
    return Vocabulary.load(path.resolve("target.vocab"));
  }

  void vocabularies(Vocabulary source, Vocabulary target) {
    if (!writes) {
      return;
    }
    try {
      source.save(path.resolve("source.vocab"));
      target.save(path.resolve("target.vocab"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the vocabularies to " + path, e);
    }
  }

  /** The file of a state's parameters. */
  Path model(RunState state) {
    return path.resolve(state.model());
  }

  /** Writes parameters and state, then removes the parameters of the checkpoint before. */
  void checkpoint(Translator translator, RunState state) {
    translator.save(model(state));
    if (!writes) {
      return;
    }
    write("state.json", state.json());
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith("model-") && !name.equals(state.model())) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove an old checkpoint from " + path, e);
    }
  }

  /** Writes a text file all at once. */
  void write(String name, String text) {
    if (!writes) {
      return;
    }
    try {
      Path whole = Files.writeString(path.resolve(name + ".part"), text);
      Files.move(whole, path.resolve(name), ATOMIC_MOVE, REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path.resolve(name), e);
    }
  }

  void plot(List<Double> losses) {
    if (writes) {
      LossPlot.write(losses, path.resolve("loss.png"));
    }
  }

  private Path state() {
    return path.resolve("state.json");
  }
}
