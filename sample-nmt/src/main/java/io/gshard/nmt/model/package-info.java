/** The model, as a user of GShard writes one: nothing but annotations, ops and layers. */
package io.gshard.nmt.model;
