/**
 * The made corpus: sentences in many languages whose translations are known to be right. Knows
 * nothing of training.
 */
package io.gshard.nmt.corpus;
