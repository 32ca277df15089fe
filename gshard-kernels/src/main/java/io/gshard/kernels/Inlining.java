package io.gshard.kernels;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Keeps HotSpot's C2 from compiling a kernel's loop again into each generated method that calls it.
 * A method of many kernel calls comes to C2's limits otherwise: what is left out of it are single
 * vector operations, which then make an object each, and a loop over rows took three times as long.
 * A program has some hundred of these methods, so they are compiled sooner as well. A call costs
 * nanoseconds, a block's loop a hundred.
 */
final class Inlining {
  private static final String DIRECTIVES =
      """
      [{ match: "*$Kernels*.*", c2: { inline: "-io/gshard/kernels/*.*" } }]
      """;

  private Inlining() {}

  /** Beside what else is going on: to reach the JVM's commands takes a while. */
  static void limit() {
    Thread.ofPlatform().daemon().name("gshard-inlining").start(Inlining::tell);
  }

  private static void tell() {
    try {
      Path file = Files.createTempFile("gshard", ".json");
      try {
        Files.writeString(file, DIRECTIVES);
        command("compilerDirectivesAdd", file.toString());
      } finally {
        Files.delete(file);
      }
    } catch (IOException | JMException e) {
      // Another JVM, or one without java.management: programs are warm later, and long loops are
      // slow.
      System.getLogger("io.gshard.kernels")
          .log(System.Logger.Level.DEBUG, "no compiler directives", e);
    }
  }

  /** What a diagnostic command of this JVM prints. */
  static String command(String name, String... arguments) throws JMException {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    return (String)
        server.invoke(
            new ObjectName("com.sun.management:type=DiagnosticCommand"),
            name,
            arguments.length == 0 ? new Object[0] : new Object[] {arguments},
            arguments.length == 0 ? new String[0] : new String[] {String[].class.getName()});
  }
}
