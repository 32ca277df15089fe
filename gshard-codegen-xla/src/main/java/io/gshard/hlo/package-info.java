/**
 * The graph that all passes work on, its verifier and its rewriting. Immutable; no pass and no text
 * lives here.
 */
package io.gshard.hlo;
