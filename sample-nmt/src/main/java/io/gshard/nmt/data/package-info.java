/** From sentences to batches of packed rows. Knows token ids, no text and no model. */
package io.gshard.nmt.data;
