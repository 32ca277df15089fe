package io.gshard.processor.program;

import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;

/**
 * A tensor that lives as long as the launcher.
 *
 * @param path as in {@code encoder.layers.wi}, optimizer state as in {@code encoder.layers.wi#vr}
 * @param shape the global shape
 * @param parameter false for optimizer state
 */
public record Variable(String path, Shape shape, Sharding sharding, boolean parameter) {}
