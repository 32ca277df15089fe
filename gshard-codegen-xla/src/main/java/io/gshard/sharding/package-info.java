/**
 * Propagation: from the user's annotations to a sharding of every instruction, by one rule for each
 * op. No program is changed here; see {@link io.gshard.spmd}.
 */
package io.gshard.sharding;
