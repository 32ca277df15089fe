package io.gshard.memory;

/**
 * A piece of memory for elements of some types.
 *
 * @param common whether the process holds it once, for values that are the same on all devices;
 *     else each device has one
 */
public record Arena(Storage storage, boolean common) {}
