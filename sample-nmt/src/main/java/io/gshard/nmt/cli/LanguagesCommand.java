package io.gshard.nmt.cli;

import com.ibm.icu.util.ULocale;
import io.gshard.nmt.corpus.Corpus;
import java.io.PrintStream;
import picocli.CommandLine.Command;

/** {@code bin/nmt languages}. */
@Command(
    name = "languages",
    description = "Lists the languages that can be translated from.",
    mixinStandardHelpOptions = true)
public final class LanguagesCommand implements Runnable {
  private final PrintStream out;

  public LanguagesCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public void run() {
    for (String language : Corpus.available()) {
      out.printf("%-4s %s%n", language, new ULocale(language).getDisplayName(ULocale.ENGLISH));
    }
  }
}
