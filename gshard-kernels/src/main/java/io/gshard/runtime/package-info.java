/**
 * What generated programs run in. A {@link io.gshard.runtime.Device} has one arena for each storage
 * class; a buffer is an offset in it, a multiple of 16. Parameters and state lie in front, at the
 * same offsets for all programs of a launcher; behind them each program does as it likes. One
 * driver calls segments on all devices and collectives between them. Uneven shards are padded with
 * zeros on the way in, which are dropped on the way out.
 */
package io.gshard.runtime;
