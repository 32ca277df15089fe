/**
 * Training and its folder of checkpoints, losses and translations. Knows the model only by the
 * interface {@link io.gshard.nmt.train.Translator}.
 */
package io.gshard.nmt.train;
