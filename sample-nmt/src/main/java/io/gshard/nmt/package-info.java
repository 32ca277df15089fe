/** The sample: translation into many languages by one model, trained on one machine. */
package io.gshard.nmt;
