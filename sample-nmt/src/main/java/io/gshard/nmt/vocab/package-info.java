/** Subword vocabularies, learned from the corpus. Knows nothing of models. */
package io.gshard.nmt.vocab;
