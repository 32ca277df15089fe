package io.gshard.processor;

import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import io.gshard.processor.check.Diagnostic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import javax.annotation.processing.Messager;
import javax.annotation.processing.ProcessingEnvironment;

/**
 * Writes files that javac itself does not read while it goes on with the Java, on a thread of its
 * own, and has written them all when the compilation ends.
 */
final class LateWriter implements TaskListener {
  private final Messager messager;
  private final List<FutureTask<Void>> waiting = new ArrayList<>();
  private final List<FutureTask<Void>> started = new ArrayList<>();

  LateWriter(ProcessingEnvironment environment) {
    messager = environment.getMessager();
    JavacTask.instance(Unwrap.environment(environment)).addTaskListener(this);
  }

  /**
   * @param writer is closed afterwards
   * @param text is asked for once, on another thread
   */
  void add(Writer writer, Supplier<String> text) {
    waiting.add(
        new FutureTask<>(
            () -> {
              try (writer) {
                writer.write(text.get());
              }
              return null;
            }));
  }

  /** Begins to write what was added. */
  void start() {
    List<FutureTask<Void>> tasks = List.copyOf(waiting);
    waiting.clear();
    started.addAll(tasks);
    Thread.ofPlatform().name("gshard-writer").start(() -> tasks.forEach(FutureTask::run));
  }

  @Override
  public void finished(TaskEvent event) {
    if (event.getKind() != TaskEvent.Kind.COMPILATION) {
      return;
    }
    // Javac has nothing else to do: what no thread has begun is written here, from the end.
    for (FutureTask<Void> task : started.reversed()) {
      task.run();
    }
    started.forEach(this::join);
    started.clear();
  }

  private void join(FutureTask<Void> task) {
    try {
      task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      messager.printError(
          switch (e.getCause()) {
            case IOException io -> unwritable(io);
            case UncheckedIOException io -> unwritable(io.getCause());
            case RuntimeException fault -> Diagnostic.FAULT.text(Fault.text(fault));
            default -> Diagnostic.FAULT.text(e.getCause().toString());
          });
    }
  }

  private static String unwritable(IOException cause) {
    return Diagnostic.BACKEND.text(
        "what was compiled cannot be written: %s; is there room on the disk?"
            .formatted(cause.getMessage()));
  }
}
