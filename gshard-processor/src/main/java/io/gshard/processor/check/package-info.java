/** The messages, each with its code and its page in docs/errors, and how they are printed. */
package io.gshard.processor.check;
