/**
 * What generated programs compute with. Facades named as HLO's opcodes ({@code Vec}, {@code
 * Compare}, {@code Select}, {@code Convert}, {@code Move}, {@code Fold}, {@code Indexed}, {@code
 * Matmul}), each over a provider chosen once: the Vector API or its scalar twin. All work on dense
 * row-major parts of arrays, given by array and offset; what is unsigned has a name of its own
 * ({@code divideUnsigned}), and bf16 is converted to f32 to be computed with. Nothing here knows
 * devices or meshes.
 */
package io.gshard.kernels;
