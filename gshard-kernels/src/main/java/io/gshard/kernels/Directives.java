package io.gshard.kernels;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * What HotSpot is told of the kernels, so that a program is fast and is so soon.
 *
 * <p>C2 does not compile a kernel's loop again into each generated method that calls it. A method
 * of many kernel calls comes to C2's limits otherwise: what is left out of it are single vector
 * operations, which then make an object each, and a loop over rows took three times as long. A call
 * costs nanoseconds, a block's loop a hundred.
 *
 * <p>Who calls a kernel that is to be compiled waits for it. Interpreted, vector operations are
 * some hundred times as slow as compiled, and take the core's time from the compiler.
 */
final class Directives {
  private static final String TEXT =
      """
      [{ match: "*$Kernels*.*", c2: { inline: "-io/gshard/kernels/*.*" } },
       { match: "io/gshard/kernels/*.*", BackgroundCompilation: false }]
      """;

  private Directives() {}

  /** Beside what else is going on: to reach the JVM's commands takes a while. */
  static void give() {
    Thread.ofPlatform().daemon().name("gshard-directives").start(Directives::tell);
  }

  private static void tell() {
    try {
      Path file = Files.createTempFile("gshard", ".json");
      try {
        Files.writeString(file, TEXT);
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
