package io.gshard.pjrt;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without a plugin, or with a wrong one, there is one clear sentence. */
class PjrtErrorsTest {
  @TempDir Path folder;

  private static void refused(Path library, String message) {
    PjrtException e = assertThrows(PjrtException.class, () -> PjrtPlugin.load(library));
    assertThat(e).hasMessageThat().isEqualTo(message.formatted(library.toAbsolutePath()));
  }

  @Test
  void aMissingLibrary() {
    refused(
        folder.resolve("none.so"),
        "no PJRT plugin at %s: give the path of a plugin's library (.so)");
  }

  @Test
  void whatIsNoLibrary() throws Exception {
    Path text = Files.writeString(folder.resolve("text.so"), "no library");
    refused(
        text,
        "%s cannot be loaded: it is no shared library of this system, or one that it needs is missing");
  }

  @Test
  void aLibraryThatIsNoPlugin() {
    Path java = Path.of(System.getProperty("java.home"), "lib", "libjava.so");
    if (Files.isRegularFile(java)) {
      refused(java, "%s has no function GetPjrtApi: it is no PJRT plugin");
    }
  }

  @Test
  void anUnknownPlatform() {
    PjrtException e = assertThrows(PjrtException.class, () -> PjrtPlugins.find("abacus"));
    assertThat(e)
        .hasMessageThat()
        .isEqualTo("no PJRT platform is called 'abacus'; there are [cpu, cuda, tpu]");
  }

  @Test
  void functionsHaveTheirCNames() {
    assertThat(PjrtFunction.COMPILE.cName()).isEqualTo("PJRT_Compile");
    assertThat(PjrtFunction.LOADED_EXECUTABLE_EXECUTE.cName())
        .isEqualTo("PJRT_LoadedExecutable_Execute");
    assertThat(PjrtFunction.TOPOLOGY_DESCRIPTION_CREATE.cName())
        .isEqualTo("PJRT_TopologyDescription_Create");
    assertThat(PjrtFunction.CLIENT_BUFFER_FROM_HOST_BUFFER.cName())
        .isEqualTo("PJRT_Client_BufferFromHostBuffer");
  }

  /** As Python's protobuf wire format has it: -1 in ten bytes, packed device ids. */
  @Test
  void compileOptionsAreProtocolBuffers() {
    assertThat(java.util.HexFormat.of().formatHex(new CompileOptions(2).serialize()))
        .isEqualTo("1a2108ffffffffffffffffff012001280230014a0e080110021a030a01001a030a0101");
  }
}
