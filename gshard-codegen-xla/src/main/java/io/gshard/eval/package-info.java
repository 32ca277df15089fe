/**
 * The reference evaluator: every op as its definition reads, for whole programs and for partitioned
 * ones with all their devices. It judges the other ways to run a program, so it shares no kernel
 * with them and is never made fast.
 */
package io.gshard.eval;
