package io.gshard.nmt.data;

/** A pair as ids, without beginning and end. */
public record EncodedPair(int[] source, int[] target) {}
