/**
 * StableHLO: the program format that every PJRT plugin compiles. Written only; reading is XLA's.
 */
package io.gshard.stablehlo;
