package io.gshard.processor.java;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.util.List;

/** Methods that HotSpot leaves to its interpreter for their size, so that they never get fast. */
final class MethodSizes {
  /** Bytes of bytecode: HotSpot's HugeMethodLimit, beyond which DontCompileHugeMethods holds. */
  private static final int LIMIT = 8000;

  private MethodSizes() {}

  /** The methods of a class file that are too large, each with its name and size. */
  static List<String> tooLarge(byte[] classFile) {
    ClassModel model = ClassFile.of().parse(classFile);
    return model.methods().stream()
        .flatMap(
            method ->
                method.findAttribute(Attributes.code()).stream()
                    .filter(code -> code.codeLength() > LIMIT)
                    .map(
                        code ->
                            "%s.%s has %d bytes of bytecode, HotSpot compiles at most %d"
                                .formatted(
                                    model.thisClass().asInternalName(),
                                    method.methodName().stringValue(),
                                    code.codeLength(),
                                    LIMIT)))
        .toList();
  }
}
