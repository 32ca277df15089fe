/**
 * How devices of one process exchange data: each collective as copies and folds between arenas.
 * When they meet is {@link io.gshard.runtime.Spmd}'s business.
 */
package io.gshard.collective;
